import assert from "node:assert/strict";
import * as fs from "node:fs";
import {
    type RegisteredProgram,
    type RegisteredResource,
    registered,
} from "../support/registered-program";
import { alone, apCell, euCell, usCell } from "../support/stacks";

/** How many resources of each type a stack registers. */
function census(program: RegisteredProgram): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { type } of program.resources) {
        counts[type] = (counts[type] ?? 0) + 1;
    }
    return counts;
}

/** The types whose arguments have a `region`, told from the provider's own code. */
function takesRegion({ type }: RegisteredResource): boolean {
    const [, modulePath] = type.split(":");
    const file = require.resolve(`@pulumi/aws/${modulePath}.js`);
    return fs.readFileSync(file, "utf8").includes('resourceInputs["region"] = args?.region');
}

const awsResources = (program: RegisteredProgram) =>
    program.resources.filter(({ type }) => type.startsWith("aws:"));

describe("the program", function () {
    this.timeout(30_000);
    // The functions behind an API in one Region: 5. Each with a role, a policy, logs and a permission.
    // Those of a cell that has others: 4, three of them with a schedule. A queue for each pair of
    // cells and one for each relay.
    const shapes: [string, string, Record<string, unknown>, Shape][] = [
        ["dev, three peered cells", "dev", {}, { clusters: 6, peerings: 6, apis: 3, cells: 3 }],
        ["prod, whose peers serve", "prod", {}, { clusters: 6, peerings: 6, apis: 6, cells: 3 }],
        [
            "one cell without a peer",
            "dev",
            { cells: [alone(euCell)] },
            { clusters: 1, peerings: 0, apis: 1, cells: 1 },
        ],
        [
            "two cells, one peered",
            "dev",
            { cells: [alone(usCell), apCell] },
            { clusters: 3, peerings: 2, apis: 2, cells: 2 },
        ],
    ];
    for (const [what, stack, overrides, { clusters, peerings, apis, cells }] of shapes) {
        it(`registers exactly what ${what} need`, async () => {
            // Relay and apply, with their queues, are in every serving Region, the others at home.
            const peers = cells > 1 ? apis - cells : 0;
            const background = cells > 1 ? cells * 4 + peers * 2 : 0;
            const monitors = apis > 1 ? 2 : 0;
            const schedules = (cells > 1 ? cells * 3 + peers : 0) + monitors;
            const queues = cells > 1 ? (cells + peers) * cells : 0;
            const functions = apis * 5 + background + cells + monitors;
            const expected: Record<string, number> = {
                "pulumi:providers:aws": 1,
                "random:index/randomPassword:RandomPassword": 1,
                "shop:infra:ApiGatewayLogging": 1,
                "shop:infra:AuditTrail": 1,
                "shop:infra:BackgroundFunction": background,
                "shop:infra:Cell": cells,
                "shop:infra:CellFoundation": cells,
                "shop:infra:Database": cells,
                "shop:infra:Edge": 1,
                "shop:infra:FunctionRole": functions,
                "shop:infra:MessageQueue": queues,
                "shop:infra:Monitor": monitors,
                "shop:infra:OriginSecret": 1,
                "shop:infra:RegionalApi": apis,
                "shop:infra:Schedule": schedules,
                "shop:infra:Schema": cells,
                "shop:infra:ServiceFunction": functions,
                "aws:apigateway/account:Account": apis,
                "aws:apigateway/deployment:Deployment": apis,
                "aws:apigateway/methodSettings:MethodSettings": apis,
                "aws:apigateway/restApi:RestApi": apis,
                "aws:apigateway/restApiPut:RestApiPut": apis,
                "aws:apigateway/stage:Stage": apis,
                "aws:cloudfront/cachePolicy:CachePolicy": 1,
                "aws:cloudfront/distribution:Distribution": 1,
                "aws:cloudfront/function:Function": 1,
                "aws:cloudfront/keyValueStore:KeyValueStore": 1,
                "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": 1,
                "aws:cloudwatch/logGroup:LogGroup": functions + apis,
                "aws:cloudwatch/metricAlarm:MetricAlarm": queues,
                "aws:dsql/cluster:Cluster": clusters,
                "aws:dsql/clusterPeering:ClusterPeering": peerings,
                "aws:iam/role:Role": functions + schedules + 1,
                "aws:iam/rolePolicy:RolePolicy": functions + schedules,
                "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 1,
                "aws:lambda/eventSourceMapping:EventSourceMapping": queues,
                "aws:lambda/function:Function": functions,
                "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": schedules,
                "aws:lambda/invocation:Invocation": cells,
                "aws:lambda/permission:Permission": apis * 5,
                "aws:scheduler/schedule:Schedule": schedules,
                "aws:sqs/queue:Queue": queues * 2,
                "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": queues,
                "awsx:cloudtrail:Trail": stack === "prod" ? 1 : 0,
            };
            const present = Object.entries(expected).filter(([, count]) => count > 0);
            assert.deepEqual(
                census(await registered(stack, overrides)),
                Object.fromEntries(present),
            );
        });
    }

    for (const stack of ["dev", "staging", "prod"]) {
        it(`names a Region on every ${stack} resource that takes one`, async () => {
            const nameless = awsResources(await registered(stack))
                .filter((resource) => takesRegion(resource) && !resource.inputs["region"])
                .map(({ type, name }) => `${type} ${name}`);
            assert.deepEqual(nameless, []);
        });

        it(`gives every ${stack} resource of AWS the one explicit provider`, async () => {
            const { resources } = await registered(stack);
            const providers = resources
                .filter(({ isCustom, type }) => isCustom && /^awsx?:/.test(type))
                .map(({ provider }) => provider.split("::").at(-2));
            assert.deepEqual([...new Set(providers)], ["aws"]);
        });

        it(`gives every ${stack} resource a parent, except the parts of index.ts`, async () => {
            const orphans = (await registered(stack)).resources
                .filter(({ parent }) => parent === "")
                .map(({ name }) => name);
            assert.deepEqual(
                orphans.sort(),
                [
                    "ap ap-foundation api-gateway-logging audit aws edge eu eu-foundation",
                    "monitor-eu-west-1 monitor-us-east-1 origin-secret us us-foundation",
                ]
                    .join(" ")
                    .split(" "),
            );
        });
    }

    it("tags everything with project, stack and environment", async () => {
        assert.deepEqual(
            JSON.parse(String((await registered("prod")).named("aws").inputs["defaultTags"])),
            {
                tags: { project: "three-continent-shop", stack: "prod", environment: "prod" },
            },
        );
    });

    it("manages CloudFront and IAM from the one Region that CloudFront allows", async () => {
        assert.equal((await registered("dev")).named("aws").inputs["region"], "us-east-1");
    });

    it("leaves API Gateway's account setting to another stack where told so", async () => {
        const program = await registered("staging");
        assert.deepEqual(program.ofType("aws:apigateway/account:Account"), []);
    });

    it("keeps a validated trail of all Regions in prod, with its database sessions", async () => {
        const { inputs } = (await registered("prod")).named("audit-trail");
        assert.equal(inputs["isMultiRegionTrail"], true);
        assert.equal(inputs["enableLogFileValidation"], true);
        assert.match(JSON.stringify(inputs["advancedEventSelectors"]), /AWS::DSQL::Cluster/);
    });

    it("exports where everything is", async () => {
        const { outputs } = await registered("dev", { cells: [usCell, alone(euCell)] });
        assert.deepEqual(outputs["edgeUrl"], "https://edge.cloudfront.example");
        assert.deepEqual(outputs["apiUrls"], {
            us: { "us-east-1": "https://us-api-us-east-1-stage.example/live" },
            eu: { "eu-west-1": "https://eu-api-eu-west-1-stage.example/live" },
        });
        assert.deepEqual(outputs["clusterEndpoints"], {
            us: {
                "us-east-1": "us-database-us-east-1-identifier.dsql.us-east-1.on.aws",
                "us-east-2": "us-database-us-east-2-identifier.dsql.us-east-2.on.aws",
            },
            eu: { "eu-west-1": "eu-database-eu-west-1-identifier.dsql.eu-west-1.on.aws" },
        });
        assert.deepEqual(Object.keys(outputs["dashboard"] as object).sort(), [
            "apiNames",
            "auditBucket",
            "clusterIdentifiers",
            "deadLetterQueueNames",
            "distributionId",
            "functionNames",
            "monitorNames",
            "queueNames",
        ]);
        const { queueNames, deadLetterQueueNames } = outputs["dashboard"] as Record<string, object>;
        assert.deepEqual(queueNames, {
            us: ["us-wake-up", "us-from-eu"],
            eu: ["eu-wake-up", "eu-from-us"],
        });
        assert.deepEqual(deadLetterQueueNames, {
            us: ["us-wake-up-dead-letters", "us-from-eu-dead-letters"],
            eu: ["eu-wake-up-dead-letters", "eu-from-us-dead-letters"],
        });
    });
});

interface Shape {
    readonly clusters: number;
    readonly peerings: number;
    readonly apis: number;
    readonly cells: number;
}
