import assert from "node:assert/strict";
import type { SignedCall } from "../../../app/aws/signed-fetch";
import type { Environment, OtherCell } from "../../../app/environment";
import { createDetours } from "../../../app/replication/detours";
import { openInboxes } from "../../../app/replication/inboxes";
import { openNeighbours } from "../../../app/replication/neighbours";

const place = (region: string) => ({
    region,
    url: `https://${region}.example/live`,
    queueUrl: `https://sqs.${region}.amazonaws.com/1/eu-from-us`,
});
const eu: OtherCell = {
    name: "eu",
    number: 2,
    weight: 1,
    ...place("eu-west-1"),
    peer: place("eu-west-2"),
};
const environment: Environment = {
    cellName: "us",
    cellNumber: 1,
    region: "us-east-1",
    databaseEndpoint: "abc.dsql.us-east-1.on.aws",
    databaseRole: "shop_orders",
    credentials: { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" },
    cellWeight: 1,
    otherCells: [eu],
    relayQueueUrl: undefined,
    queueEndpoint: undefined,
};
const timedOut = () =>
    Promise.reject(new DOMException("The operation was aborted due to timeout", "TimeoutError"));

describe("detours around places that have failed", () => {
    const [home, peer] = [{ region: "eu-west-1" }, { region: "eu-west-2" }];
    const stage = () => {
        const time = { now: 0 };
        return { time, detours: createDetours(() => time.now) };
    };

    it("are none while nothing fails", () => {
        assert.deepEqual(stage().detours.among([home, peer]), [home, peer]);
    });

    it("leave a place out for half a minute while there is another one", () => {
        const { time, detours } = stage();
        detours.failed(home);
        time.now = 29_999;
        assert.deepEqual(detours.among([home, peer]), [peer]);
        time.now = 30_000;
        assert.deepEqual(detours.among([home, peer]), [home, peer]);
    });

    it("try all of them after a second when all have failed", () => {
        const { time, detours } = stage();
        detours.failed(home);
        detours.failed(peer);
        assert.deepEqual(detours.among([home, peer]), []);
        time.now = 1_000;
        assert.deepEqual(detours.among([home, peer]), [home, peer]);
    });

    it("leave the only place out for a second", () => {
        const { time, detours } = stage();
        detours.failed(home);
        assert.deepEqual(detours.among([home]), []);
        time.now = 1_000;
        assert.deepEqual(detours.among([home]), [home]);
    });
});

describe("the way to a cell with two Regions", () => {
    const stage = (answer: (call: SignedCall) => Promise<{ status: number }>) => {
        const time = { now: 0 };
        const calls: SignedCall[] = [];
        const opened = openNeighbours(environment, {
            clock: () => time.now,
            log: () => undefined,
            async signedFetch(call) {
                calls.push(call);
                return { headers: {}, body: "{}", ...(await answer(call)) };
            },
        });
        const regions = () => calls.map(({ region }) => region);
        return { time, opened, calls, regions };
    };
    const read = { method: "GET", path: "/internal/ping", timeoutMilliseconds: 8_000 } as const;
    const write = { ...read, method: "POST", path: "/internal/orders" } as const;
    const homeFails = (fail: () => Promise<{ status: number }>) => (call: SignedCall) =>
        call.region === "eu-west-1" ? fail() : Promise.resolve({ status: 200 });

    for (const [what, fail] of [
        ["does not answer", timedOut],
        ["answers 503", async () => ({ status: 503 })],
    ] as const) {
        it(`leads a read to the other one where the home ${what}, and the next one at once`, async () => {
            const { opened, regions } = stage(homeFails(fail));
            assert.equal((await opened.call(2, read)).status, 200);
            assert.equal((await opened.call(2, read)).status, 200);
            assert.deepEqual(regions(), ["eu-west-1", "eu-west-2", "eu-west-2"]);
        });
    }

    it("leaves the other one time to answer", async () => {
        const { time, opened, calls } = stage((call) => {
            time.now += call.region === "eu-west-1" ? call.timeoutMilliseconds : 0;
            return homeFails(timedOut)(call);
        });
        await opened.call(2, read);
        assert.deepEqual(
            calls.map(({ timeoutMilliseconds }) => timeoutMilliseconds),
            [1_500, 6_500],
        );
    });

    it("repeats no write that may have been done, and sends the next one to the other Region", async () => {
        const { opened, regions } = stage(homeFails(timedOut));
        await assert.rejects(opened.call(2, write), { code: "cell_unreachable" });
        assert.equal((await opened.call(2, write)).status, 200);
        assert.deepEqual(regions(), ["eu-west-1", "eu-west-2"]);
    });

    it("repeats a write that may be repeated", async () => {
        const { opened, regions } = stage(homeFails(timedOut));
        await opened.call(2, { ...write, isRepeatable: true });
        assert.deepEqual(regions(), ["eu-west-1", "eu-west-2"]);
    });

    it("gives up when both are lost", async () => {
        const { opened, regions } = stage(timedOut);
        await assert.rejects(opened.call(2, read), { code: "cell_unreachable" });
        assert.deepEqual(regions(), ["eu-west-1", "eu-west-2"]);
    });
});

describe("the inboxes of a cell with two Regions", () => {
    it("take messages at home, or in the other Region while home does not", async () => {
        const urls: string[] = [];
        let isHomeLost = false;
        const inboxes = openInboxes(
            {
                async send(url, texts) {
                    urls.push(new URL(url).hostname.split(".")[1] ?? "");
                    return isHomeLost && url === eu.queueUrl
                        ? Promise.reject(new Error("No answer."))
                        : texts.map(() => true);
                },
            },
            () => 0,
        );
        await inboxes.send(eu, ["one"]);
        isHomeLost = true;
        assert.deepEqual(await inboxes.send(eu, ["two"]), [true]);
        await inboxes.send(eu, ["three"]);
        assert.deepEqual(urls, ["eu-west-1", "eu-west-1", "eu-west-2", "eu-west-2"]);
    });

    it("are tried once each when none takes anything", async () => {
        let calls = 0;
        const inboxes = openInboxes({
            send: () => {
                calls += 1;
                return Promise.reject(new Error("No answer."));
            },
        });
        await assert.rejects(inboxes.send(eu, ["one"]), /No answer/);
        await assert.rejects(inboxes.send(eu, ["one"]), /No answer/);
        assert.equal(calls, 4);
    });
});
