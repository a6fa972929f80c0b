import assert from "node:assert/strict";
import { contract } from "../../app/http/contract";
import { type RegisteredProgram, registered, registerProgram } from "../support/registered-program";
import { alone, euCell } from "../support/stacks";

describe("RegionalApi", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod", { cells: [alone(euCell)] });
    });

    it("is a Regional REST API with a modern TLS policy that the edge can speak", () => {
        const { body, ...inputs } = program.named("eu-api-eu-west-1").inputs;
        assert.ok(body);
        assert.deepEqual(inputs, {
            region: "eu-west-1",
            putRestApiMode: "overwrite",
            failOnWarnings: false,
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            endpointAccessMode: "BASIC",
            minimumCompressionSize: "1024",
        });
    });

    it("deploys anew when its document changes", async () => {
        const triggersOf = (run: RegisteredProgram) =>
            run.named("eu-api-eu-west-1-deployment").inputs["triggers"];
        const again = await registerProgram("prod", { cells: [alone(euCell)] });
        const renamed = await registered("prod", {
            cells: [{ ...alone(euCell), name: "emea" }],
        });
        assert.deepEqual(triggersOf(again), triggersOf(program));
        assert.notDeepEqual(
            renamed.named("emea-api-eu-west-1-deployment").inputs["triggers"],
            triggersOf(program),
        );
    });

    it("opens its stage only after the tables and the log-writing role exist", () => {
        const { dependencies } = program.named("eu-api-eu-west-1-stage");
        assert.ok(dependencies.includes("eu-schema-migration"));
        assert.ok(dependencies.includes("api-gateway-logging-eu-west-1"));
    });

    it("writes one JSON line per request, without query strings", () => {
        const { stageName, accessLogSettings } = program.named("eu-api-eu-west-1-stage").inputs;
        assert.equal(stageName, "live");
        const { destinationArn, format } = accessLogSettings as Record<string, string>;
        assert.match(destinationArn ?? "", /eu-api-eu-west-1-access-logs$/);
        const fields = Object.values(JSON.parse(format ?? "")) as string[];
        // API Gateway refuses a format that names no request id.
        assert.ok(fields.includes("$context.requestId"));
        assert.doesNotMatch(format ?? "", /query|identity/i);
    });

    it("throttles every method as the stack says", () => {
        assert.deepEqual(program.named("eu-api-eu-west-1-throttling").inputs, {
            region: "eu-west-1",
            restApi: "eu-api-eu-west-1-id",
            stageName: "live",
            methodPath: "*/*",
            settings: {
                metricsEnabled: true,
                loggingLevel: "OFF",
                throttlingRateLimit: 5000,
                throttlingBurstLimit: 5000,
            },
        });
    });

    it("sends each operation to the function that the contract names", () => {
        const document = JSON.parse(String(program.named("eu-api-eu-west-1").inputs["body"]));
        for (const [path, item] of Object.entries(contract.paths)) {
            for (const [method, operation] of Object.entries(item)) {
                const name = operation["x-shop-function"];
                const gateway = document.paths[path][method];
                assert.equal(
                    gateway["x-amazon-apigateway-integration"].uri,
                    `invoke:arn:aws:lambda:eu-west-1:123456789012:eu-${name}-eu-west-1`,
                    `${method} ${path}`,
                );
            }
        }
    });
});
