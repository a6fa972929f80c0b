import assert from "node:assert/strict";
import { createIam, matchesWildcard } from "../../../infra/local/iam";

const roleArn = "arn:aws:iam::000000000000:role/orders";
const cluster = "arn:aws:dsql:eu-west-1:000000000000:cluster/abc";

function roleWith(...statements: object[]) {
    const iam = createIam();
    iam.createRole(roleArn, "orders", {
        Statement: [
            {
                Effect: "Allow",
                Action: "sts:AssumeRole",
                Principal: { Service: "lambda.amazonaws.com" },
            },
        ],
    });
    iam.addPolicy("orders", JSON.stringify({ Statement: statements }));
    return iam;
}

describe("the local IAM", () => {
    const allow = { Effect: "Allow", Action: "dsql:DbConnect", Resource: cluster };
    const cases: [string, object[], boolean][] = [
        ["denies what no statement mentions", [], false],
        ["allows what a statement allows", [allow], true],
        ["lets a Deny win", [allow, { Effect: "Deny", Action: "*", Resource: "*" }], false],
        [
            "ignores letter case in actions",
            [{ Effect: "Allow", Action: "DSQL:dbconnect", Resource: cluster }],
            true,
        ],
        [
            "heeds letter case in resources",
            [{ Effect: "Allow", Action: "dsql:DbConnect", Resource: cluster.toUpperCase() }],
            false,
        ],
        [
            "does not take DbConnectAdmin for DbConnect",
            [{ Effect: "Allow", Action: "dsql:DbConnectAdmin", Resource: cluster }],
            false,
        ],
        [
            "does not take another cluster's ARN for this one's",
            [{ Effect: "Allow", Action: "dsql:DbConnect", Resource: `${cluster}d` }],
            false,
        ],
        [
            "expands wildcards in lists",
            [{ Effect: "Allow", Action: ["s3:*", "dsql:DbC?nnect"], Resource: ["*:cluster/*"] }],
            true,
        ],
    ];
    for (const [fact, statements, expected] of cases) {
        it(fact, () => {
            const iam = roleWith(...statements);
            assert.equal(iam.isAllowed(roleArn, "dsql:DbConnect", cluster), expected);
        });
    }

    it("lets only the trusted service assume a role", () => {
        const iam = roleWith();
        assert.equal(iam.isAssumableBy(roleArn, "lambda.amazonaws.com"), true);
        assert.equal(iam.isAssumableBy(roleArn, "edgelambda.amazonaws.com"), false);
        assert.equal(iam.isAssumableBy(`${roleArn}-other`, "lambda.amazonaws.com"), false);
    });

    it("refuses what it cannot evaluate, naming the element", () => {
        assert.throws(() => roleWith({ ...allow, Condition: {} }), /"Condition".*role orders/);
        assert.throws(() => roleWith({ ...allow, Effect: "allow" }), /"Effect".*"allow"/);
    });

    it("refuses a policy for a role that does not exist", () => {
        assert.throws(() => createIam().addPolicy("nobody", "{}"), /role "nobody"/);
    });
});

describe("matchesWildcard", () => {
    const cases: [string, string, boolean][] = [
        ["a*c", "abbc", true],
        ["a?c", "abbc", false],
        ["a.c", "abc", false],
        ["arn:*:api/*", "arn:x:api/live/GET/products", true],
        ["abc", "abcd", false],
    ];
    for (const [pattern, text, expected] of cases) {
        it(`says ${expected} for ${pattern} and ${text}`, () => {
            assert.equal(matchesWildcard(pattern, text), expected);
        });
    }
});
