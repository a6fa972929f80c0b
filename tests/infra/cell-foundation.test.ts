import assert from "node:assert/strict";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { alone, apCell, euCell, usCell } from "../support/stacks";

describe("the foundations of cells", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("dev", {
            cells: [{ ...usCell, weight: 2 }, alone(euCell), apCell],
        });
    });

    const queueNames = (run: RegisteredProgram) =>
        run.ofType("aws:sqs/queue:Queue").map(({ name }) => name);

    it("have a queue for each other cell and one for the relay, each with one for dead letters", () => {
        const queues = { ap: ["us", "eu"], eu: ["us", "ap"], us: ["eu", "ap"] };
        const expected = Object.entries(queues).flatMap(([cell, others]) =>
            [...others.map((other) => `${cell}-from-${other}`), `${cell}-wake-up`].flatMap(
                (name) => [name, `${name}-dead-letters`],
            ),
        );
        assert.deepEqual(queueNames(program), expected.sort());
    });

    for (const [name, region, seconds] of [
        ["eu-from-us", "eu-west-1", 60],
        ["us-wake-up", "us-east-1", 360],
    ] as const) {
        it(`keep what ${name} holds, encrypted, until six time-outs and ten receives have passed`, () => {
            const kept = { region, messageRetentionSeconds: 1_209_600, sqsManagedSseEnabled: true };
            assert.deepEqual(program.named(name).inputs, {
                ...kept,
                visibilityTimeoutSeconds: seconds,
                redrivePolicy: JSON.stringify({
                    deadLetterTargetArn: `arn:aws:sqs:${region}:123456789012:${name}-dead-letters`,
                    maxReceiveCount: 10,
                }),
            });
            assert.deepEqual(program.named(`${name}-dead-letters`).inputs, kept);
        });

        it(`admit to the dead letters of ${name} nothing else, and sound an alarm about them`, () => {
            const { redriveAllowPolicy, ...redrive } = program.named(`${name}-redrive`).inputs;
            assert.deepEqual(redrive, {
                region,
                queueUrl: `https://queues.example/${name}-dead-letters`,
            });
            assert.deepEqual(JSON.parse(String(redriveAllowPolicy)), {
                redrivePermission: "byQueue",
                sourceQueueArns: [`arn:aws:sqs:${region}:123456789012:${name}`],
            });
            const { alarmDescription, ...alarm } = program.named(
                `${name}-dead-letters-alarm`,
            ).inputs;
            assert.ok(alarmDescription);
            assert.deepEqual(alarm, {
                region,
                namespace: "AWS/SQS",
                metricName: "ApproximateNumberOfMessagesVisible",
                dimensions: { QueueName: `${name}-dead-letters` },
                statistic: "Maximum",
                period: 60,
                evaluationPeriods: 1,
                comparisonOperator: "GreaterThanThreshold",
                threshold: 0,
                treatMissingData: "notBreaching",
            });
        });
    }

    it("wait for nothing that names another cell, so that every cell can name them", () => {
        const parts = program.resources.filter(({ type }) =>
            /:(Queue|RestApi|RedriveAllowPolicy)$/.test(type),
        );
        assert.ok(parts.length > 0);
        for (const { name, dependencies } of parts) {
            const cell = name.slice(0, 2);
            assert.deepEqual(
                dependencies.filter((dependency) => !dependency.startsWith(`${cell}-`)),
                [],
                name,
            );
            assert.deepEqual(
                dependencies.filter((dependency) => /-(relay|apply|orders)-/.test(dependency)),
                [],
                name,
            );
        }
    });

    it("tell every function of a cell, in the stack's order, where the others are", () => {
        for (const name of ["eu-orders-eu-west-1", "eu-relay-eu-west-1"]) {
            const variables = variablesOf(program, name);
            assert.deepEqual(JSON.parse(variables["OTHER_CELLS"] ?? ""), [
                neighbour("us", 1, 2, "us-east-1"),
                neighbour("ap", 3, 1, "ap-northeast-1"),
            ]);
            assert.equal(variables["RELAY_QUEUE_URL"], "https://queues.example/eu-wake-up");
            assert.equal(variables["CELL_WEIGHT"], "1");
        }
        assert.equal(variablesOf(program, "us-status-us-east-1")["CELL_WEIGHT"], "2");
    });

    it("tell the migrator nothing of all that", () => {
        const variables = variablesOf(program, "eu-schema-migrate");
        assert.equal("OTHER_CELLS" in variables, false);
        assert.equal("RELAY_QUEUE_URL" in variables, false);
    });

    it("of two cells are one another's", async () => {
        const two = await registered("dev", { cells: [alone(usCell), alone(euCell)] });
        assert.deepEqual(
            queueNames(two).filter((name) => !name.endsWith("-dead-letters")),
            ["eu-from-us", "eu-wake-up", "us-from-eu", "us-wake-up"],
        );
        assert.deepEqual(JSON.parse(variablesOf(two, "us-apply-us-east-1")["OTHER_CELLS"] ?? ""), [
            neighbour("eu", 2, 1, "eu-west-1"),
        ]);
    });

    it("of a cell alone have no queue, and its functions know of no other", async () => {
        const one = await registered("dev", { cells: [alone(euCell)] });
        assert.deepEqual(queueNames(one), []);
        const variables = variablesOf(one, "eu-orders-eu-west-1");
        assert.equal(variables["OTHER_CELLS"], "[]");
        assert.equal("RELAY_QUEUE_URL" in variables, false);
    });

    /** What eu is told of another cell. */
    function neighbour(name: string, number: number, weight: number, region: string) {
        const from = name === "eu" ? "us" : "eu";
        return {
            name,
            number,
            weight,
            region,
            url: `https://${name}-api-${region}-id.execute-api.${region}.amazonaws.com/live`,
            queueUrl: `https://queues.example/${name}-from-${from}`,
        };
    }
});

function variablesOf(program: RegisteredProgram, name: string): Record<string, string> {
    const { environment } = program.named(name).inputs;
    return (environment as { variables: Record<string, string> }).variables;
}
