import assert from "node:assert/strict";
import type { SignedCall } from "../../../app/aws/signed-fetch";
import type { Environment } from "../../../app/environment";
import { openNeighbours, otherCellAsked } from "../../../app/replication/neighbours";

const environment: Environment = {
    cellName: "us",
    cellNumber: 1,
    region: "us-east-1",
    databaseEndpoint: "abc.dsql.us-east-1.on.aws",
    databaseRole: "shop_orders",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    cellWeight: 2,
    otherCells: [
        {
            name: "eu",
            number: 2,
            weight: 1,
            region: "eu-west-1",
            url: "https://api.example/live",
            queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/eu-from-us",
        },
    ],
    relayQueueUrl: "https://sqs.us-east-1.amazonaws.com/1/us-relay",
    queueEndpoint: undefined,
};

function neighbours(answer: (call: SignedCall) => Promise<{ status: number }>) {
    let now = 0;
    const calls: SignedCall[] = [];
    const lines: string[] = [];
    const opened = openNeighbours(environment, {
        clock: () => now,
        log: (_, message) => lines.push(message),
        async signedFetch(call) {
            calls.push(call);
            return { headers: {}, body: "{}", ...(await answer(call)) };
        },
    });
    const pass = (milliseconds: number) => {
        now += milliseconds;
    };
    return { opened, calls, lines, pass };
}

const ping = { method: "GET", path: "/internal/ping", timeoutMilliseconds: 100 } as const;
const down = () => Promise.reject(new Error("timed out"));

describe("the way to another cell", () => {
    it("leads to its API with a signature for its Region", async () => {
        const { opened, calls } = neighbours(async () => ({ status: 200 }));
        assert.equal((await opened.call(2, ping)).status, 200);
        const [call] = calls;
        assert.deepEqual(
            [call?.url, call?.region, call?.service],
            ["https://api.example/live/internal/ping", "eu-west-1", "execute-api"],
        );
    });

    it("is logged whenever it is taken, whatever comes of it", async () => {
        const { opened, lines } = neighbours(async () => ({ status: 200 }));
        await opened.call(2, ping);
        const broken = neighbours(down);
        await assert.rejects(broken.opened.call(2, ping));
        assert.deepEqual([lines, broken.lines], [[otherCellAsked], [otherCellAsked]]);
    });

    it("is not tried for a second after it has failed", async () => {
        const { opened, calls, pass } = neighbours(down);
        await assert.rejects(opened.call(2, ping), { code: "cell_unreachable" });
        await assert.rejects(opened.call(2, ping), { code: "cell_unreachable" });
        assert.equal(calls.length, 1);
        pass(1_000);
        await assert.rejects(opened.call(2, ping), { code: "cell_unreachable" });
        assert.equal(calls.length, 2);
    });

    it("is tried again at once when there was too little time left to answer", async () => {
        const { opened, calls } = neighbours(async () => {
            throw new DOMException("The operation was aborted due to timeout", "TimeoutError");
        });
        await assert.rejects(opened.call(2, ping));
        await assert.rejects(opened.call(2, { ...ping, timeoutMilliseconds: 300 }));
        await assert.rejects(opened.call(2, { ...ping, timeoutMilliseconds: 300 }));
        assert.deepEqual(
            calls.map(({ timeoutMilliseconds }) => timeoutMilliseconds),
            [100, 300],
        );
    });

    it("does not exist for a cell that does not", async () => {
        const { opened } = neighbours(async () => ({ status: 200 }));
        await assert.rejects(opened.call(9, ping), { code: "cell_unreachable" });
    });
});
