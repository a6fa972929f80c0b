import assert from "node:assert/strict";
import { contract } from "../../app/http/contract";
import { internalRoutes } from "../../infra/internal-routes";
import { type RegisteredProgram, registered, registerProgram } from "../support/registered-program";
import { alone, euCell } from "../support/stacks";

describe("RegionalApi", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod", { cells: [alone(euCell)] });
    });

    it("is a Regional REST API with a modern TLS policy that the edge can speak", () => {
        assert.deepEqual(program.named("eu-api-eu-west-1").inputs, {
            region: "eu-west-1",
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: "SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09",
            endpointAccessMode: "BASIC",
            minimumCompressionSize: "1024",
        });
    });

    it("takes in its document once its functions exist, under the name that it has", () => {
        const { body, ...inputs } = program.named("eu-api-eu-west-1-document").inputs;
        assert.deepEqual(inputs, {
            region: "eu-west-1",
            restApiId: "eu-api-eu-west-1-id",
            failOnWarnings: false,
        });
        assert.equal(JSON.parse(String(body)).info.title, "eu-api-eu-west-1");
        const { dependencies } = program.named("eu-api-eu-west-1-document");
        assert.ok(dependencies.includes("eu-exchange-eu-west-1"));
    });

    it("keeps, when its document overwrites it, what it was made with", () => {
        const { inputs } = program.named("eu-api-eu-west-1");
        const document = documentOf(program);
        assert.equal(document["x-amazon-apigateway-security-policy"], inputs["securityPolicy"]);
        assert.equal(
            document["x-amazon-apigateway-endpoint-access-mode"],
            inputs["endpointAccessMode"],
        );
        assert.equal(
            String(document["x-amazon-apigateway-minimum-compression-size"]),
            inputs["minimumCompressionSize"],
        );
    });

    it("deploys what it has taken in, not what was there before", () => {
        const { dependencies } = program.named("eu-api-eu-west-1-deployment");
        assert.ok(dependencies.includes("eu-api-eu-west-1-document"));
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
        const document = documentOf(program);
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

    it("sends each internal route to the function that answers it", () => {
        const { paths } = documentOf(program);
        for (const { path, method, functionName } of internalRoutes) {
            assert.equal(
                paths[path][method]["x-amazon-apigateway-integration"].uri,
                `invoke:arn:aws:lambda:eu-west-1:123456789012:eu-${functionName}-eu-west-1`,
                path,
            );
        }
    });

    it("may invoke each of its functions", () => {
        const invoked = program
            .ofType("aws:lambda/permission:Permission")
            .map(({ inputs }) => inputs["function"]);
        assert.deepEqual(
            invoked,
            ["catalog", "customers", "exchange", "orders", "status"].map(
                (name) => `eu-${name}-eu-west-1`,
            ),
        );
    });
});

function documentOf(program: RegisteredProgram) {
    return JSON.parse(String(program.named("eu-api-eu-west-1-document").inputs["body"]));
}
