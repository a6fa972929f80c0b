import assert from "node:assert/strict";
import type { DistributionInputs } from "../../../../infra/local/edge/distribution";
import {
    chooseOrigins,
    type OriginCall,
    sendWithFailover,
} from "../../../../infra/local/edge/origin-choice";
import type {
    OriginAnswer,
    OriginClient,
    OriginFailure,
} from "../../../../infra/local/edge/origin-client";

const distribution: DistributionInputs = {
    origins: [
        { originId: "us", domainName: "us.example.com", originPath: "/live" },
        {
            originId: "eu",
            domainName: "eu.example.com",
            customHeaders: [{ name: "x-secret", value: "1" }],
        },
    ],
    originGroups: [
        {
            originId: "both",
            failoverCriteria: { statusCodes: [500] },
            members: [{ originId: "us" }, { originId: "eu" }],
        },
    ],
    defaultCacheBehavior: { targetOriginId: "us", allowedMethods: ["GET"] },
};

describe("chooseOrigins", () => {
    const cases: [what: string, target: string, calls: OriginCall[], origins: string[]][] = [
        ["the behavior's origin", "us", [], ["us us.example.com/live"]],
        ["both members of a group", "both", [], ["us us.example.com/live", "eu eu.example.com"]],
        ["the selected origin", "us", [{ kind: "select", originId: "eu" }], ["eu eu.example.com"]],
        [
            "the updated origin",
            "both",
            [{ kind: "update", properties: { domainName: "x.example.com", originPath: "/v2" } }],
            ["us x.example.com/v2", "eu eu.example.com"],
        ],
        [
            "a group made for the request",
            "us",
            [{ kind: "group", originIds: ["eu", "us"], statusCodes: [503] }],
            ["eu eu.example.com", "us us.example.com/live"],
        ],
    ];
    for (const [what, target, calls, origins] of cases) {
        it(`takes ${what}`, () => {
            const choice = chooseOrigins(distribution, target, calls);
            assert.deepEqual(
                choice.origins.map(
                    ({ originId, hostHeader, path }) => `${originId} ${hostHeader}${path}`,
                ),
                origins,
            );
        });
    }

    it("refuses an origin that the distribution does not have", () => {
        const calls: OriginCall[] = [{ kind: "select", originId: "mars" }];
        assert.throws(() => chooseOrigins(distribution, "us", calls), /"mars"; it has us, eu/);
    });
});

describe("sendWithFailover", () => {
    const answer = (originId: string, status: number): OriginAnswer => ({
        status,
        headers: new Map(),
        body: Buffer.alloc(0),
        originId,
    });
    const failure = (cause: OriginFailure["cause"]): OriginFailure => ({ cause, originId: "us" });
    const cases: [
        method: string,
        first: OriginAnswer | OriginFailure,
        statuses: number[],
        answeredBy: string,
    ][] = [
        ["GET", answer("us", 500), [500], "eu"],
        ["HEAD", answer("us", 500), [500], "eu"],
        ["GET", answer("us", 500), [503], "us"],
        ["POST", answer("us", 500), [500], "us"],
        ["GET", failure("refused"), [503], "eu"],
        ["GET", failure("refused"), [500, 502, 504], "us"],
        ["GET", failure("read-timeout"), [504], "eu"],
        ["GET", failure("read-timeout"), [503], "us"],
    ];
    for (const [method, first, statuses, answeredBy] of cases) {
        const what = "cause" in first ? first.cause : first.status;
        it(`lets ${answeredBy} answer ${method} after ${what} with [${statuses}]`, async () => {
            const client: OriginClient = {
                send: async ({ originId }) => (originId === "us" ? first : answer("eu", 200)),
                close: () => undefined,
            };
            const choice = chooseOrigins(distribution, "us", [
                { kind: "group", originIds: ["us", "eu"], statusCodes: statuses },
            ]);
            const request = { method, path: "/", headers: [], body: Buffer.alloc(0) };
            assert.equal((await sendWithFailover(client, choice, request)).originId, answeredBy);
        });
    }
});
