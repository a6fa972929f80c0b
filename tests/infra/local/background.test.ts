import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { LocalEvent } from "../../../infra/local/cloud";
import { deployLocally, type LocalDeployment } from "../../../infra/local/deploy";
import { type Changes, receiving, shop } from "./background-program";

describe("functions that no request reaches", () => {
    let folder = "";
    let events: LocalEvent[] = [];
    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "background-"));
        events = [];
    });
    afterEach(() => rmSync(folder, { recursive: true, force: true }));

    const deploy = (changes: Changes): Promise<LocalDeployment> =>
        deployLocally({
            folder,
            durable: false,
            runsSchedules: false,
            program: () => shop(changes),
            report: (event) => events.push(event),
        });

    it("work off messages from another Region, leave poison to the dead, and run by the clock", async () => {
        const listener = await listen(2);
        const deployment = await deploy({ heardBy: listener.url });
        try {
            assert.equal(deployment.outputs["sent"], '{"accepted":3}');
            assert.deepEqual((await listener.heard).toSorted(), ["a", "b"]);
            const find = (name: string) => deployment.queues.find(String(deployment.outputs[name]));
            while (deployment.eventSources.list()[0]?.deleted !== 2) {
                await new Promise((resolve) => setTimeout(resolve, 10));
            }
            assert.deepEqual(find("queueUrl")?.counts(), { visible: 0, inFlight: 1, delayed: 0 });
            deployment.queues.redeliver();
            assert.deepEqual(find("queueUrl")?.counts(), { visible: 0, inFlight: 0, delayed: 0 });
            assert.equal(find("deadLettersUrl")?.counts().visible, 1);
            assert.deepEqual(await deployment.schedules.runNow("sweep"), {
                kind: "ok",
                payload: { batchItemFailures: [], event: { loopSeconds: 50 } },
            });
        } finally {
            await deployment.stop();
            listener.close();
        }
    });

    it("cannot send what their role may not send, which is told", async () => {
        const deployment = await deploy({ senderActions: [] });
        await deployment.stop();
        assert.equal(deployment.outputs["sent"], '{"refusal":"AccessDenied"}');
        const warnings = events.flatMap((event) =>
            event.kind === "warning" ? [event.message] : [],
        );
        assert.match(warnings.join(), /role\/sender-role.* does not allow sqs:SendMessage on arn:/);
    });

    const refused: [string, Changes, RegExp][] = [
        [
            "whose role may not receive",
            { workerActions: receiving.slice(1) },
            /mapping .*role does not have permissions to call ReceiveMessage on SQS/,
        ],
        [
            "whose role may not delete",
            { workerActions: receiving.toSpliced(1, 1) },
            /mapping .*permissions to call DeleteMessage on SQS/,
        ],
        [
            "that may run longer than messages are hidden",
            { visibilityTimeoutSeconds: 2 },
            /mapping .*Queue visibility timeout: 2 seconds is less than Function timeout: 3/,
        ],
        [
            "whose queue's dead letters go nowhere",
            { deadLetterTargetArn: "arn:aws:sqs:eu-west-1:000000000000:gone" },
            /inbound .*Dead letter target does not exist/,
        ],
        [
            "whose schedule's role is not the Scheduler's",
            { schedulerTrusts: "events.amazonaws.com" },
            /sweep .*must allow AWS EventBridge Scheduler to assume the role/,
        ],
        ["whose rate is none", { expression: "rate(1 fortnight)" }, /sweep .*Invalid Schedule/],
    ];
    for (const [what, changes, expected] of refused) {
        it(`are not deployed where there is one ${what}`, async () => {
            await assert.rejects(deploy(changes), expected);
        });
    }
});

/** Hears so many texts over HTTP. */
async function listen(count: number) {
    const texts: string[] = [];
    let finish: (texts: readonly string[]) => void = () => undefined;
    const heard = new Promise<readonly string[]>((resolve) => {
        finish = resolve;
    });
    const server = createServer(async (request, response) => {
        const chunks: Buffer[] = [];
        for await (const chunk of request) {
            chunks.push(chunk as Buffer);
        }
        texts.push(Buffer.concat(chunks).toString());
        response.end();
        if (texts.length === count) {
            finish(texts);
        }
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const close = (): void => {
        server.close();
        server.closeAllConnections();
    };
    return { url: `http://127.0.0.1:${port}`, heard, close };
}
