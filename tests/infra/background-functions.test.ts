import assert from "node:assert/strict";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { alone, apCell, euCell, usCell } from "../support/stacks";

const names = ["relay", "apply", "rebalance", "digest"];

describe("the background functions of a cell", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod", {
            cells: [{ ...usCell, peerServes: true }, alone(euCell), alone(apCell)],
        });
    });

    for (const [name, timeout, concurrency] of [
        ["relay", 60, 3],
        ["apply", 10, 10],
        ["rebalance", 60, 1],
        ["digest", 120, 1],
    ] as const) {
        it(`run ${name} for ${timeout} s at most, ${concurrency} at once, as its own role`, () => {
            const { inputs, dependencies } = program.named(`us-${name}-us-east-1`);
            assert.equal(inputs["timeout"], timeout);
            assert.equal(inputs["reservedConcurrentExecutions"], concurrency);
            assert.equal(inputs["memorySize"], 1024);
            const { variables } = inputs["environment"] as { variables: Record<string, string> };
            assert.equal(variables["DATABASE_ROLE"], `shop_${name}`);
            assert.equal(
                variables["DATABASE_ENDPOINT"],
                "us-database-us-east-1-identifier.dsql.us-east-1.on.aws",
            );
            assert.ok(dependencies.includes("us-schema-migration"));
        });
    }

    it("run at home, those that others wait for in the other serving Region, too", () => {
        const placed = program
            .ofType("aws:lambda/function:Function")
            .map(({ name }) => name)
            .filter((name) => names.some((each) => name.startsWith(`us-${each}-`)));
        const atHome = names.map((name) => `us-${name}-us-east-1`);
        assert.deepEqual(placed, [...atHome, "us-apply-us-east-2", "us-relay-us-east-2"].sort());
    });

    it("take messages from queues of their own Region", () => {
        const sources = program
            .ofType("aws:lambda/eventSourceMapping:EventSourceMapping")
            .filter(({ inputs }) => inputs["region"] === "us-east-2")
            .map(({ inputs }) => [inputs["functionName"], inputs["eventSourceArn"]]);
        const queue = "arn:aws:sqs:us-east-2:123456789012:us";
        assert.deepEqual(sources, [
            ["us-apply-us-east-2", `${queue}-from-ap-us-east-2`],
            ["us-apply-us-east-2", `${queue}-from-eu-us-east-2`],
            ["us-relay-us-east-2", `${queue}-wake-up-us-east-2`],
        ]);
    });

    it("are woken in the Region of the function that wakes them", () => {
        for (const [region, queue] of [
            ["us-east-1", "us-wake-up"],
            ["us-east-2", "us-wake-up-us-east-2"],
        ]) {
            const { environment } = program.named(`us-orders-${region}`).inputs as {
                environment: { variables: Record<string, string> };
            };
            const { RELAY_QUEUE_URL } = environment.variables;
            assert.equal(RELAY_QUEUE_URL, `https://queues.example/${queue}`);
        }
    });

    it("are told of both Regions of another cell that serves from both", () => {
        const { environment } = program.named("eu-relay-eu-west-1").inputs as {
            environment: { variables: Record<string, string> };
        };
        const [us, ap] = JSON.parse(environment.variables["OTHER_CELLS"] ?? "[]");
        assert.deepEqual(us.peer, {
            region: "us-east-2",
            url: "https://us-api-us-east-2-id.execute-api.us-east-2.amazonaws.com/live",
            queueUrl: "https://queues.example/us-from-eu-us-east-2",
        });
        assert.equal("peer" in ap, false);
    });

    it("are admitted to the database as their own roles", () => {
        const { grants } = JSON.parse(String(program.named("us-schema-migration").inputs["input"]));
        for (const name of [...names, "exchange"]) {
            const iamRoleArn = `arn:aws:iam:global:123456789012:us-${name}-us-east-1-role`;
            assert.deepEqual(
                grants.filter(
                    (grant: Record<string, string>) => grant["iamRoleArn"] === iamRoleArn,
                ),
                [{ databaseRole: `shop_${name}`, iamRoleArn }],
            );
        }
    });

    it("are woken by a message, up to two batches of ten at once", () => {
        assert.deepEqual(program.named("us-relay-us-east-1-takes-wake-up").inputs, {
            region: "us-east-1",
            eventSourceArn: "arn:aws:sqs:us-east-1:123456789012:us-wake-up",
            functionName: "us-relay-us-east-1",
            batchSize: 10,
            scalingConfig: { maximumConcurrency: 2 },
        });
    });

    for (const other of ["eu", "ap"]) {
        it(`take what ${other} sends, up to five batches at once, and say what they could not`, () => {
            assert.deepEqual(program.named(`us-apply-us-east-1-takes-from-${other}`).inputs, {
                region: "us-east-1",
                eventSourceArn: `arn:aws:sqs:us-east-1:123456789012:us-from-${other}`,
                functionName: "us-apply-us-east-1",
                batchSize: 10,
                scalingConfig: { maximumConcurrency: 5 },
                functionResponseTypes: ["ReportBatchItemFailures"],
            });
        });
    }

    it("reserve for apply no more than its queues can use", async () => {
        const two = await registered("dev", { cells: [alone(usCell), alone(euCell)] });
        const { inputs } = two.named("us-apply-us-east-1");
        assert.equal(inputs["reservedConcurrentExecutions"], 5);
    });

    for (const [name, rate, input] of [
        ["relay", "rate(1 minute)", {}],
        ["rebalance", "rate(1 minute)", { loopSeconds: 50, everySeconds: 5 }],
        ["digest", "rate(5 minutes)", {}],
    ] as const) {
        it(`run ${name} at ${rate}, and make up for no run that was missed`, () => {
            const schedule = program.named(`eu-${name}-eu-west-1-schedule`);
            assert.deepEqual(schedule.inputs, {
                region: "eu-west-1",
                scheduleExpression: rate,
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: `arn:aws:lambda:eu-west-1:123456789012:eu-${name}-eu-west-1`,
                    roleArn: `arn:aws:iam:global:123456789012:eu-${name}-eu-west-1-schedule-role`,
                    input: JSON.stringify(input),
                    retryPolicy: { maximumEventAgeInSeconds: 60, maximumRetryAttempts: 1 },
                },
            });
            assert.ok(schedule.dependencies.includes(`eu-${name}-eu-west-1-schedule-policy`));
            assert.deepEqual(program.named(`eu-${name}-eu-west-1-schedule-invocations`).inputs, {
                region: "eu-west-1",
                functionName: `eu-${name}-eu-west-1`,
                maximumEventAgeInSeconds: 60,
                maximumRetryAttempts: 0,
            });
        });
    }

    it("are not there in a cell that is alone", async () => {
        const one = await registered("dev", { cells: [alone(euCell)] });
        const found = one.resources.filter(({ name }) =>
            names.some((each) => name.includes(`-${each}-`)),
        );
        assert.deepEqual(
            found.map(({ name }) => name),
            [],
        );
    });
});
