import assert from "node:assert/strict";
import { type RegisteredProgram, registered } from "../support/registered-program";

const secretType = "random:index/randomPassword:RandomPassword";

function variablesOf(program: RegisteredProgram, name: string): Record<string, string> {
    const { variables } = program.named(name).inputs["environment"] as {
        variables: Record<string, string>;
    };
    return variables;
}

describe("the origin secret", function () {
    this.timeout(30_000);
    let program: RegisteredProgram;
    before(async () => {
        program = await registered("dev", { originSecretNumber: 5 });
    });

    it("is sent by number, while the one before it still counts", () => {
        assert.deepEqual(
            program.ofType(secretType).map(({ name }) => name),
            ["origin-secret-4", "origin-secret-5"],
        );
        const [origin] = program.named("edge").inputs["origins"] as {
            customHeaders: { value: string }[];
        }[];
        assert.equal(origin?.customHeaders[0]?.value, "origin-secret-5-result");
        for (const name of ["catalog", "customers", "orders", "status"]) {
            const { ORIGIN_SECRETS } = variablesOf(program, `us-${name}-us-east-1`);
            assert.equal(ORIGIN_SECRETS, "origin-secret-5-result,origin-secret-4-result");
        }
    });

    it("is nothing that a function without viewers knows", () => {
        const names = program
            .ofType("aws:lambda/function:Function")
            .filter(({ inputs }) => JSON.stringify(inputs).includes("origin-secret"))
            .map(({ name }) => name.split("-")[1]);
        assert.deepEqual([...new Set(names)].sort(), ["catalog", "customers", "orders", "status"]);
    });

    it("reaches the edge after every function accepts it", () => {
        const { dependencies } = program.named("edge");
        const missing = program
            .ofType("aws:lambda/function:Function")
            .map(({ name }) => name)
            .filter((name) => !name.startsWith("monitor-") && !dependencies.includes(name));
        assert.deepEqual(missing, []);
    });

    it("is a secret of the state wherever it stands", () => {
        const holders = program.resources.filter(({ inputs }) =>
            JSON.stringify(inputs).includes("origin-secret-5-result"),
        );
        assert.equal(holders.length, 1 + 3 * 4);
        for (const { name, secretInputs } of holders) {
            assert.notDeepEqual(secretInputs, [], name);
        }
    });
});
