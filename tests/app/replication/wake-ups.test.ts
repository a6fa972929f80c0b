import assert from "node:assert/strict";
import type { QueueClient } from "../../../app/aws/queue-client";
import { openWakeUps } from "../../../app/replication/wake-ups";

const queueUrl = "https://sqs.us-east-1.amazonaws.com/1/us-relay";

function wakeUps(answer: () => Promise<readonly boolean[]> = async () => [true]) {
    let now = 0;
    const sent: (readonly [url: string, delaySeconds: number | undefined])[] = [];
    const lines: string[] = [];
    const queueClient: QueueClient = {
        send(url, _, delaySeconds) {
            sent.push([url, delaySeconds]);
            return answer();
        },
    };
    const opened = openWakeUps(queueUrl, {
        queueClient,
        clock: () => now,
        log: (_, message) => lines.push(message),
    });
    const pass = (milliseconds: number) => {
        now += milliseconds;
    };
    return { opened, sent, lines, pass };
}

describe("a wake-up of the relay", () => {
    it("is a message to the relay's queue, each time", async () => {
        const { opened, sent } = wakeUps();
        await opened.wakeRelay();
        await opened.wakeRelay();
        assert.deepEqual(sent, [
            [queueUrl, 0],
            [queueUrl, 0],
        ]);
    });

    it("that is asked for soon arrives after the transaction it is asked for beside", async () => {
        const { opened, sent } = wakeUps();
        await opened.wakeRelaySoon();
        assert.deepEqual(sent, [[queueUrl, 4]]);
    });

    it("serves whoever has two seconds left until it arrives", async () => {
        const { opened, sent, pass } = wakeUps();
        await opened.wakeRelaySoon();
        pass(1_999);
        await opened.wakeRelaySoon();
        assert.equal(sent.length, 1);
        pass(1);
        await opened.wakeRelaySoon();
        assert.equal(sent.length, 2);
    });

    it("now is not left out because one is on its way", async () => {
        const { opened, sent } = wakeUps();
        await opened.wakeRelaySoon();
        await opened.wakeRelay();
        assert.equal(sent.length, 2);
    });

    for (const [name, answer] of [
        ["cannot be sent", () => Promise.reject(new Error("timed out"))],
        ["is not accepted", async () => [false]],
    ] as const) {
        it(`that ${name} is logged, fails nothing, and nobody relies on it`, async () => {
            const { opened, sent, lines } = wakeUps(answer);
            await opened.wakeRelaySoon();
            await opened.wakeRelaySoon();
            await opened.wakeRelay();
            assert.equal(sent.length, 3);
            assert.deepEqual(
                lines,
                Array(3).fill("The relay was not woken; it looks again within a minute."),
            );
        });
    }

    it("goes nowhere where the cell is alone", async () => {
        const failing: QueueClient = { send: () => Promise.reject(new Error("must not be asked")) };
        const lines: string[] = [];
        const opened = openWakeUps(undefined, {
            queueClient: failing,
            clock: () => 0,
            log: (_, message) => lines.push(message),
        });
        await opened.wakeRelay();
        await opened.wakeRelaySoon();
        assert.deepEqual(lines, []);
    });
});
