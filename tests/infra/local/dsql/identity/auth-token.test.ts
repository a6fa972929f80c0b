import assert from "node:assert/strict";
import { createCredentialStore } from "../../../../../infra/local/credentials";
import {
    type TokenExpectation,
    type TokenVerdict,
    verifyToken,
} from "../../../../../infra/local/dsql/identity/auth-token";
import { createToken } from "../../../../../infra/local/dsql/identity/sign-token";

const host = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws";
const region = "eu-west-1";
const store = createCredentialStore();
const credentials = store.issue("arn:aws:iam::000000000000:role/orders");
const stranger = createCredentialStore().issue("arn:aws:iam::000000000000:role/orders");

function verify(token: string, changes: Partial<TokenExpectation> = {}): TokenVerdict {
    return verifyToken(
        token,
        { host, region, now: new Date(), ...changes },
        (accessKeyId) => store.find(accessKeyId)?.credentials,
    );
}

const sign = (changes: Partial<Parameters<typeof createToken>[0]> = {}): Promise<string> =>
    createToken({
        host,
        region,
        credentials,
        action: "DbConnect",
        expiresInSeconds: 900,
        ...changes,
    });

function reasonOf(verdict: TokenVerdict): string {
    return verdict.kind === "denied" ? verdict.reason : verdict.kind;
}

/** Minutes from when a token is signed, which takes no time to speak of. */
const inMinutes = (minutes: number): Date => new Date(Date.now() + minutes * 60_000);

describe("an authentication token", () => {
    for (const action of ["DbConnect", "DbConnectAdmin"] as const) {
        it(`of AWS's signer is accepted with its action, ${action}`, async () => {
            assert.deepEqual(verify(await sign({ action })), {
                kind: "accepted",
                accessKeyId: credentials.accessKeyId,
                action,
            });
        });
    }

    it("is accepted without the slash, as some SDKs make it", async () => {
        const token = (await sign()).replace("/?", "?");
        assert.equal(verify(token).kind, "accepted");
    });

    it("is accepted with its parameters in another order", async () => {
        const [start = "", query = ""] = (await sign()).split("?");
        const token = `${start}?${query.split("&").reverse().join("&")}`;
        assert.equal(verify(token).kind, "accepted");
    });

    for (const [name, expiresInSeconds, minutes, expected] of [
        ["just before it expires", 900, 14.9, "accepted"],
        ["once it has expired", 900, 15.1, "denied"],
        ["for a week at most", 604_800, 7 * 24 * 60 - 1, "accepted"],
        ["after a week", 604_800, 7 * 24 * 60 + 1, "denied"],
        ["when its clock is 4 minutes ahead", 900, -4, "accepted"],
        ["when its clock is 6 minutes ahead", 900, -6, "denied"],
    ] as const) {
        it(`is ${expected} ${name}`, async () => {
            const verdict = verify(await sign({ expiresInSeconds }), { now: inMinutes(minutes) });
            assert.equal(verdict.kind, expected, reasonOf(verdict));
        });
    }
});

describe("an authentication token is denied", () => {
    const otherHost = host.replace("abc", "xyz");
    for (const [name, changes, expectation, reason] of [
        ["for another cluster", { host: otherHost }, {}, /^The token is for "xyz/],
        ["at another cluster", {}, { host: otherHost }, /not for this cluster, "xyz/],
        ["for another Region", { region: "us-east-1" }, {}, /Region "us-east-1", not "eu-west-1"/],
        ["of an unknown access key", { credentials: stranger }, {}, /^The access key .* is not/],
        [
            "of another secret",
            { credentials: { ...credentials, secretAccessKey: stranger.secretAccessKey } },
            {},
            /^X-Amz-Signature does not match/,
        ],
        [
            "of another session",
            { credentials: { ...credentials, sessionToken: stranger.sessionToken } },
            {},
            /^X-Amz-Security-Token is not the session token/,
        ],
        ["when it has expired", {}, { now: inMinutes(120) }, /^Signature expired: \d{8}T\d{6}Z is/],
        ["when it is of the future", {}, { now: inMinutes(-6) }, /^Signature not yet current: /],
    ] as const) {
        it(name, async () => {
            assert.match(reasonOf(verify(await sign(changes), expectation)), reason);
        });
    }
});

describe("an authentication token that was changed is denied", () => {
    const mismatch = /^X-Amz-Signature does not match/;
    const replacements: readonly [pattern: RegExp, replacement: string, reason: RegExp][] = [
        [/Action=DbConnect&/, "Action=DbConnectAdmin&", mismatch],
        [/Action=DbConnect&/, "Action=GetCluster&", /Action is neither/],
        [/Action=DbConnect&/, "", /Action is neither/],
        [/Action=DbConnect&/, "$&$&", /Action is neither/],
        [/HMAC-SHA256/, "ECDSA-P256-SHA256", /^X-Amz-Algorithm is not AWS4-HMAC-SHA256/],
        [/%2Fdsql%2F/, "%2Frds%2F", /^The signature is for the service "rds", not "dsql"/],
        [/%2Feu-west-1%2F/, "%2Feu-west-2%2F", /^The signature is for the Region "eu-west-2"/],
        [/%2Faws4_request/, "", /^X-Amz-Credential is not </],
        [/%2Faws4_request/, "%2Faws4_request%2Fmore", /^X-Amz-Credential is not </],
        [/Credential=\w+%2F\d/, "$&0", /^X-Amz-Date is .* of another day/],
        [/Credential=\w+/, "Credential=", /^X-Amz-Credential is not </],
        [/X-Amz-Date=\d+T/, "X-Amz-Date=20260231T", /^X-Amz-Date is "20260231T\d{6}Z", not a/],
        [/X-Amz-Date=\d+T/, "X-Amz-Date=20260228 ", /^X-Amz-Date is "20260228 \d{6}Z", not a/],
        [/X-Amz-Date=\d+T/, "X-Amz-Date=20260228T", /^Signature expired: /],
        [/Expires=900/, "Expires=901", mismatch],
        [/Expires=900/, "Expires=0", /^X-Amz-Expires is "0"; allowed are 1 to 604800/],
        [/Expires=900/, "Expires=604801", /^X-Amz-Expires is "604801"/],
        [/Expires=900/, "Expires=-900", /^X-Amz-Expires is "-900"/],
        [/Expires=900/, "Expires=9e2", /^X-Amz-Expires is "9e2"/],
        [/Expires=900/, "Expires=", /^X-Amz-Expires is missing/],
        [/X-Amz-Expires=900/, "$&&$&", /^X-Amz-Expires is given more than once/],
        [/Security-Token=LOCAL/, "Security-Token=local", /^X-Amz-Security-Token is not the/],
        [/&X-Amz-Security-Token=[^&]+/, "", /^X-Amz-Security-Token is missing/],
        [/SignedHeaders=host/, "SignedHeaders=date", /^X-Amz-SignedHeaders does not name "host"/],
        [/SignedHeaders=host/, "SignedHeaders=host%3Bdate", /names "date", which the request/],
        [/Signature=\w/, "Signature=x", mismatch],
        [/X-Amz-Signature=\w+/, "X-Amz-Signature=", /^X-Amz-Signature is missing/],
        [/$/, "&DBUser=admin", mismatch],
        [/\/\?/, "/path?", /^The token is not <endpoint>\/\?Action=/],
        [/^/, "https://", /^The token is not <endpoint>\/\?Action=/],
        [/Action=DbConnect/, "Action=%", /^The token is not <endpoint>\/\?Action=/],
        [/\?.*/, "", /^The token is not <endpoint>\/\?Action=/],
        [/.+/, "a password", /^The token is not <endpoint>\/\?Action=/],
        [/.+/, "", /^The token is not <endpoint>\/\?Action=/],
        [/$/, "x".repeat(9_000), /^The token is longer than 8192 characters/],
    ];
    for (const [pattern, replacement, reason] of replacements) {
        it(`${pattern} to "${replacement.slice(0, 40)}"`, async () => {
            const token = await sign();
            const changed = token.replace(pattern, replacement);
            assert.notEqual(changed, token);
            assert.match(reasonOf(verify(changed)), reason);
        });
    }

    it("to another second of its day", async () => {
        const token = await sign();
        const change = (digit: string): string => (digit === "0" ? "1" : "0");
        const changed = token.replace(/(?<=X-Amz-Date=\d+T\d{5})\d/, change);
        assert.match(reasonOf(verify(changed)), mismatch);
    });
});
