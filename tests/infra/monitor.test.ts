import assert from "node:assert/strict";
import { monitorRegions } from "../../infra/topology";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { alone, apCell, euCell, usCell } from "../support/stacks";

describe("where monitors run", () => {
    const places: [string, Parameters<typeof monitorRegions>[0], string[]][] = [
        ["three cells", [usCell, euCell, apCell], ["us-east-1", "eu-west-1"]],
        ["two cells", [alone(apCell), euCell], ["ap-northeast-1", "eu-west-1"]],
        ["a pair that serves", [{ ...usCell, peerServes: true }], ["us-east-1", "us-east-2"]],
        ["a pair of which one serves", [usCell], []],
        ["a lone Region", [alone(euCell)], []],
    ];
    for (const [what, cells, regions] of places) {
        it(`is ${regions.join(" and ") || "nowhere"} with ${what}`, () => {
            assert.deepEqual(monitorRegions(cells), regions);
        });
    }
});

describe("a monitor", function () {
    this.timeout(30_000);
    const storeArn = "arn:aws:cloudfront:global:123456789012:edge-flags";
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod");
    });

    it("watches every serving Region from its own, one run at a time", () => {
        for (const region of ["us-east-1", "eu-west-1"]) {
            const { inputs } = program.named(`monitor-${region}`);
            assert.equal(inputs["region"], region);
            assert.equal(inputs["reservedConcurrentExecutions"], 1);
            const { variables } = inputs["environment"] as { variables: Record<string, string> };
            const origins = JSON.parse(variables["MONITORED_ORIGINS"] ?? "[]");
            assert.deepEqual(
                origins.map((origin: { region: string }) => origin.region),
                program.outputs["servingRegions"],
            );
            assert.match(origins[1].url, /^https:.*us-api-us-east-2.*\/live$/);
            assert.equal(variables["MONITOR_REGIONS"], "us-east-1,eu-west-1");
            assert.equal(variables["KEY_VALUE_STORE_ARN"], storeArn);
            assert.equal(variables["DATABASE_ENDPOINT"], undefined);
        }
    });

    it("is started every minute, and ends before the next one starts", () => {
        const { inputs } = program.named("monitor-eu-west-1-schedule");
        assert.equal(inputs["scheduleExpression"], "rate(1 minute)");
        const { input } = inputs["target"] as { input: string };
        const { loopSeconds, everySeconds } = JSON.parse(input);
        assert.ok(loopSeconds < 60 && everySeconds <= 2);
    });

    it("may write its log and change the edge's store, and nothing else", () => {
        const { Statement } = program.named("monitor-us-east-1-policy").inputs["policy"] as {
            Statement: { Action: string[]; Resource: string[] }[];
        };
        const allowed = Statement.map(({ Action, Resource }) => [Action, Resource]);
        assert.deepEqual(allowed, [
            [
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                ["arn:aws:cloudwatch:us-east-1:123456789012:monitor-us-east-1-logs:*"],
            ],
            [
                [
                    "cloudfront-keyvaluestore:DescribeKeyValueStore",
                    "cloudfront-keyvaluestore:GetKey",
                    "cloudfront-keyvaluestore:UpdateKeys",
                ],
                [storeArn],
            ],
        ]);
    });
});
