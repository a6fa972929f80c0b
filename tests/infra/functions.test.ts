import assert from "node:assert/strict";
import { type RegisteredProgram, registered } from "../support/registered-program";
import { usCell } from "../support/stacks";

const databaseRoles = {
    catalog: "shop_catalog",
    customers: "shop_customers",
    orders: "shop_orders",
    status: "shop_status",
    exchange: "shop_exchange",
};

describe("the functions of a cell", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("prod", { cells: [{ ...usCell, peerServes: true }] });
    });

    for (const [name, databaseRole] of Object.entries(databaseRoles)) {
        for (const region of ["us-east-1", "us-east-2"]) {
            it(`run ${name} in ${region}, connected to that Region's cluster`, () => {
                const { code, ...inputs } = program.named(`us-${name}-${region}`).inputs;
                assert.ok(code);
                assert.deepEqual(inputs, {
                    region,
                    runtime: "nodejs24.x",
                    architectures: ["arm64"],
                    handler: "index.handler",
                    role: `arn:aws:iam:global:123456789012:us-${name}-${region}-role`,
                    memorySize: 1024,
                    timeout: name === "status" ? 5 : 15,
                    environment: {
                        variables: {
                            CELL_NAME: "us",
                            CELL_NUMBER: "1",
                            CELL_WEIGHT: "1",
                            DATABASE_ENDPOINT: `us-database-${region}-identifier.dsql.${region}.on.aws`,
                            DATABASE_ROLE: databaseRole,
                            NODE_OPTIONS: "--enable-source-maps",
                            OTHER_CELLS: "[]",
                            ...(name === "exchange"
                                ? {}
                                : { ORIGIN_SECRETS: "origin-secret-1-result" }),
                        },
                    },
                    loggingConfig: {
                        logFormat: "JSON",
                        logGroup: `/shop/three-continent-shop/prod/us-${name}-${region}`,
                    },
                });
            });
        }
    }

    it("run the migrator in the home Region alone, as the administrator", () => {
        const { inputs } = program.named("us-schema-migrate");
        assert.equal(inputs["region"], "us-east-1");
        assert.equal(inputs["timeout"], 900);
        const { variables } = inputs["environment"] as { variables: Record<string, string> };
        assert.equal(variables["DATABASE_ROLE"], "admin");
    });

    it("carry the same code in every Region", () => {
        const codeOf = (name: string) => JSON.stringify(program.named(name).inputs["code"]);
        assert.equal(codeOf("us-orders-us-east-1"), codeOf("us-orders-us-east-2"));
        assert.notEqual(codeOf("us-orders-us-east-1"), codeOf("us-catalog-us-east-1"));
    });

    it("change only after the migrations that their code needs", () => {
        for (const { name, dependencies } of program.ofType("aws:lambda/function:Function")) {
            const hasTables = !/^monitor-|^us-schema-migrate$/.test(name);
            assert.equal(dependencies.includes("us-schema-migration"), hasTables, name);
        }
    });

    it("exist only after their log group and their permissions", () => {
        for (const { name, dependencies } of program.ofType("aws:lambda/function:Function")) {
            assert.ok(dependencies.includes(`${name}-logs`), name);
            assert.ok(dependencies.includes(`${name}-policy`), name);
        }
    });

    it("keep their logs as long as the stack says", () => {
        const days = program
            .ofType("aws:cloudwatch/logGroup:LogGroup")
            .map(({ inputs }) => inputs["retentionInDays"]);
        assert.deepEqual([...new Set(days)], [365]);
    });

    it("are given their database roles by the migration, with every migration", () => {
        const { inputs } = program.named("us-schema-migration");
        assert.equal(inputs["region"], "us-east-1");
        assert.equal(inputs["functionName"], "us-schema-migrate");
        const { migrations, grants } = JSON.parse(String(inputs["input"]));
        assert.ok(migrations.length > 10);
        assert.deepEqual(
            grants.map((grant: Record<string, string>) => Object.values(grant).join(" ")).sort(),
            Object.entries(databaseRoles)
                .flatMap(([name, databaseRole]) =>
                    ["us-east-1", "us-east-2"].map(
                        (region) =>
                            `${databaseRole} arn:aws:iam:global:123456789012:us-${name}-${region}-role`,
                    ),
                )
                .sort(),
        );
    });
});
