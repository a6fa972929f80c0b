import assert from "node:assert/strict";
import { MessageChannel, type MessagePort } from "node:worker_threads";
import { connectCalls } from "../../../../infra/local/dsql/calls";

interface Remote {
    double(value: number): Promise<number>;
    fail(error: unknown): Promise<void>;
    note(text: string): void;
}

describe("calls between threads", () => {
    let ports: readonly MessagePort[] = [];
    const connect = (offered: Partial<Remote>) => {
        const { port1, port2 } = new MessageChannel();
        ports = [port1, port2];
        connectCalls(port2, { ...offered });
        return connectCalls<Remote>(port1, {});
    };

    afterEach(() => {
        for (const port of ports) {
            port.close();
        }
    });

    it("give each call its own answer, in whatever order answers come", async () => {
        const releases: (() => void)[] = [];
        const { call } = connect({
            double: (value) =>
                new Promise((resolve) => {
                    releases.unshift(() => resolve(2 * value));
                    if (releases.length === 3) {
                        for (const release of releases) {
                            release();
                        }
                    }
                }),
        });
        const answers = await Promise.all([
            call("double", 1),
            call("double", 2),
            call("double", 3),
        ]);
        assert.deepEqual(answers, [2, 4, 6]);
    });

    it("expect no answer where they only tell something", async () => {
        const noted: string[] = [];
        const { call, tell } = connect({
            note: (text) => {
                noted.push(text);
                throw new Error("nobody hears this");
            },
            double: async (value) => 2 * value,
        });
        tell("note", "a");
        tell("note", "b");
        await call("double", 1);
        assert.deepEqual(noted, ["a", "b"]);
    });

    const errors: readonly [string, () => unknown, object][] = [
        ["a code", () => Object.assign(new Error("m"), { code: "E1" }), { code: "E1" }],
        ["a name", () => new TypeError("m"), { name: "TypeError", message: "m" }],
        ["what cannot be cloned", () => Object.assign(new Error("m"), { code: () => 1 }), /m/],
        ["text", () => "broken", { message: "broken" }],
    ];
    for (const [what, make, expected] of errors) {
        it(`carry an error with ${what} over`, async () => {
            const { call } = connect({
                fail: () => {
                    throw make();
                },
            });
            await assert.rejects(call("fail", undefined), expected);
        });
    }

    it("of what is not offered fail", async () => {
        const { call } = connect({});
        await assert.rejects(call("double", 1), /Nothing is called double here\.$/);
        await assert.rejects(call("toString" as "double", 1), /Nothing is called toString here/);
    });

    it("that wait are limited in number", async () => {
        const { call, fail } = connect({ double: () => new Promise(() => undefined) });
        const waiting = Promise.allSettled(Array.from({ length: 10_000 }, () => call("double", 1)));
        await assert.rejects(call("double", 1), /call 10001 that waits for the other thread/);
        fail(new Error("over"));
        const outcomes = await waiting;
        assert.ok(outcomes.every(({ status }) => status === "rejected"));
    });

    it("fail for the first reason that was given, also later ones", async () => {
        const { call, tell, fail } = connect({ double: () => new Promise(() => undefined) });
        const waiting = assert.rejects(call("double", 1), /first/);
        fail(new Error("first"));
        fail(new Error("second"));
        await waiting;
        await assert.rejects(call("double", 1), /first/);
        tell("note", "into the void");
    });
});
