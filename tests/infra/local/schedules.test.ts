import assert from "node:assert/strict";
import { createIam } from "../../../infra/local/iam";
import type { FunctionRegistration, InvocationResult } from "../../../infra/local/lambda";
import {
    createScheduleService,
    readRate,
    type ScheduleRegistration,
} from "../../../infra/local/schedules";
import { createFakeClock } from "../../support/fake-clock";

const targetArn = "arn:aws:lambda:eu-west-1:000000000000:function:digest";
const roleArn = "arn:aws:iam::000000000000:role/scheduler";
const minute = 60_000;

const registration: ScheduleRegistration = {
    logicalName: "digest-schedule",
    name: "digest-schedule-abc1234",
    region: "eu-west-1",
    expression: "rate(5 minutes)",
    targetArn,
    roleArn,
    input: { loopSeconds: 50 },
    maxRetryAttempts: 2,
    maxEventAgeSeconds: 60,
    isEnabled: true,
};

interface Scene {
    readonly trusted?: string;
    readonly allowed?: string;
    /** What the function answers, one after another; then it answers that all went well. */
    readonly answers?: readonly InvocationResult[];
}

function schedulesOf(changes: Partial<ScheduleRegistration>, scene: Scene = {}) {
    const clock = createFakeClock();
    const iam = createIam();
    const Service = scene.trusted ?? "scheduler.amazonaws.com";
    iam.createRole(roleArn, "scheduler", {
        Statement: { Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service } },
    });
    const Action = scene.allowed ?? "lambda:InvokeFunction";
    iam.addPolicy("scheduler", { Statement: { Effect: "Allow", Action, Resource: targetArn } });
    const answers = [...(scene.answers ?? [])];
    const began = clock.nowMilliseconds();
    const calls: { at: number; target: unknown; event: unknown }[] = [];
    const warnings: string[] = [];
    const schedules = createScheduleService({
        iam,
        clock,
        warn: (message) => warnings.push(message),
        functions: {
            describe(target) {
                if (target !== targetArn) {
                    throw new Error("ResourceNotFoundException");
                }
                return { timeoutSeconds: 60 } as FunctionRegistration;
            },
            async invoke(target, event) {
                calls.push({ at: clock.nowMilliseconds() - began, target, event });
                return answers.shift() ?? { kind: "ok", payload: null };
            },
        },
    });
    schedules.create({ ...registration, ...changes });
    return { schedules, clock, calls, warnings, times: () => calls.map(({ at }) => at) };
}

describe("a schedule", () => {
    it("runs soon after it is opened, and then at its rate, with its input", async () => {
        const { schedules, clock, calls, times } = schedulesOf({});
        await clock.pass(60 * minute);
        assert.equal(calls.length, 0);
        schedules.open();
        await clock.pass(11 * minute);
        assert.deepEqual(
            times(),
            [2_000, 302_000, 602_000].map((at) => at + 60 * minute),
        );
        assert.deepEqual(calls[0]?.event, { loopSeconds: 50 });
        assert.equal(calls[0]?.target, targetArn);
        assert.deepEqual(schedules.list()[0]?.runs, 3);
    });

    it("does not run while it is disabled, unless it is asked to", async () => {
        const { schedules, clock, calls } = schedulesOf({ isEnabled: false });
        schedules.open();
        await clock.pass(60 * minute);
        assert.equal(calls.length, 0);
        await schedules.runNow("digest-schedule");
        assert.equal(calls.length, 1);
    });

    for (const name of [registration.logicalName, registration.name]) {
        it(`runs when it is asked to by the name ${name}, and tells what came of it`, async () => {
            const answer = { kind: "ok", payload: 42 } as const;
            const { schedules } = schedulesOf({}, { answers: [answer] });
            assert.deepEqual(await schedules.runNow(name), answer);
        });
    }

    it("is not found by another name", async () => {
        const { schedules } = schedulesOf({});
        await assert.rejects(schedules.runNow("relay"), /0 schedules.*"relay"; there are digest-/);
    });

    const throttled = { kind: "throttled" } as const;
    it("is tried again when its function has no room, as often as its policy says", async () => {
        const { schedules, clock, times } = schedulesOf({}, { answers: Array(9).fill(throttled) });
        schedules.open();
        await clock.pass(4 * minute);
        assert.deepEqual(times(), [2_000, 3_000, 5_000]);
    });

    it("is not tried again once it is too old", async () => {
        const { schedules, clock, times } = schedulesOf(
            { maxRetryAttempts: 185 },
            { answers: Array(99).fill(throttled) },
        );
        schedules.open();
        await clock.pass(4 * minute);
        assert.deepEqual(
            times(),
            [2, 3, 5, 9, 17, 33].map((seconds) => seconds * 1_000),
        );
    });

    it("is not tried again when its function failed, which is told", async () => {
        const failed = { kind: "error", message: "Error: no" } as const;
        const { schedules, clock, calls, warnings } = schedulesOf({}, { answers: [failed] });
        schedules.open();
        await clock.pass(4 * minute);
        assert.equal(calls.length, 1);
        assert.deepEqual(warnings, ["Schedule digest-schedule-abc1234: Error: no"]);
        assert.equal(schedules.list()[0]?.failures, 1);
    });

    it("tells nothing of a run that ended with the local cloud", async () => {
        const failed = { kind: "error", message: "The environment was given up." } as const;
        const { schedules, warnings } = schedulesOf({}, { answers: [failed] });
        const running = schedules.runNow("digest-schedule");
        schedules.stop();
        await running;
        assert.deepEqual(warnings, []);
    });

    it("does not invoke what its role may not invoke", async () => {
        const { schedules, calls, warnings } = schedulesOf({}, { allowed: "lambda:GetFunction" });
        await schedules.runNow("digest-schedule");
        assert.equal(calls.length, 0);
        assert.match(warnings[0] ?? "", /AccessDenied: .* does not allow lambda:InvokeFunction on/);
    });

    it("leaves no timer behind when it is stopped", async () => {
        const { schedules, clock } = schedulesOf({}, { answers: [throttled] });
        schedules.open();
        await clock.pass(2_500);
        assert.equal(clock.timers, 2);
        schedules.stop();
        assert.equal(clock.timers, 0);
    });

    const refused: [string, Partial<ScheduleRegistration>, Scene, RegExp][] = [
        ["with a role it may not assume", {}, { trusted: "lambda.amazonaws.com" }, /to assume/],
        ["of a function that is not there", { targetArn: "x" }, {}, /ResourceNotFound/],
        ["with a cron expression", { expression: "cron(0 * * * ? *)" }, {}, /Invalid Schedule/],
    ];
    for (const [what, changes, scene, expected] of refused) {
        it(`${what} is refused`, () => {
            assert.throws(() => schedulesOf(changes, scene), expected);
        });
    }
});

describe("a rate", () => {
    for (const [expression, milliseconds] of [
        ["rate(1 minute)", minute],
        ["rate(5 minutes)", 5 * minute],
        ["rate(2 hours)", 120 * minute],
        ["rate(1 day)", 1_440 * minute],
    ] as const) {
        it(`${expression} is ${milliseconds} ms`, () => {
            assert.equal(readRate(expression), milliseconds);
        });
    }

    for (const expression of [
        "rate(0 minutes)",
        "rate(1 second)",
        "rate(-1 minutes)",
        "1 minute",
    ]) {
        it(`${expression} is refused`, () => {
            assert.throws(() => readRate(expression), /Invalid Schedule Expression/);
        });
    }
});
