import assert from "node:assert/strict";
import { createHash, createHmac } from "node:crypto";
import { SignatureV4 } from "@smithy/signature-v4";
import { createCredentialStore } from "../../../infra/local/credentials";
import { type SignedRequest, verifySignedRequest } from "../../../infra/local/signed-request";

const region = "eu-west-1";
const host = "abc.execute-api.eu-west-1.amazonaws.com";
const principalArn = "arn:aws:iam::000000000000:role/orders";
const store = createCredentialStore();
const credentials = store.issue(principalArn);
const now = new Date("2026-11-23T04:30:00Z");

type HashInput = string | ArrayBuffer | ArrayBufferView;

/** What AWS's signer asks of a hash. */
function Sha256(this: unknown, secret?: HashInput) {
    const hash =
        secret === undefined
            ? createHash("sha256")
            : createHmac("sha256", Buffer.from(secret as Uint8Array));
    return {
        update: (data: HashInput) => void hash.update(data as Uint8Array),
        digest: async () => new Uint8Array(hash.digest()),
        reset: () => undefined,
    };
}

interface Signing {
    readonly path?: string;
    readonly query?: Record<string, string>;
    readonly body?: string;
    readonly service?: string;
    readonly region?: string;
    readonly signingDate?: Date;
    readonly secretAccessKey?: string;
    readonly sessionToken?: string;
}

/** Signs with AWS's own signer, as the app does. */
async function sign(changes: Signing = {}): Promise<SignedRequest> {
    const { path = "/live/internal/borrow", query = {}, body = '{"a":1}' } = changes;
    const signer = new SignatureV4({
        service: changes.service ?? "execute-api",
        region: changes.region ?? region,
        credentials: {
            ...credentials,
            secretAccessKey: changes.secretAccessKey ?? credentials.secretAccessKey,
            sessionToken: changes.sessionToken ?? credentials.sessionToken,
        },
        sha256: Sha256 as never,
    });
    const { headers } = await signer.sign(
        {
            method: "POST",
            protocol: "https:",
            hostname: host,
            path,
            query,
            headers: { host, "content-type": "application/json" },
            body,
        },
        { signingDate: changes.signingDate ?? now },
    );
    return {
        method: "POST",
        path,
        query: Object.entries(query)
            .map((pair) => pair.map(encodeURIComponent).join("="))
            .join("&"),
        headers,
        body: Buffer.from(body),
    };
}

const verify = (request: SignedRequest) =>
    verifySignedRequest(request, { service: "execute-api", region, credentials: store, now });

function refusalOf(request: SignedRequest): string {
    const verification = verify(request);
    return "refusal" in verification
        ? `${verification.code}: ${verification.refusal}`
        : "it is accepted";
}

describe("a request signed by AWS's signer", () => {
    const accepted: [string, Signing][] = [
        ["with a body", {}],
        ["without a body", { body: "" }],
        ["with a query", { query: { b: "2 3", a: "ü=&", "a-b": "" } }],
        ["with a path of encoded characters", { path: "/live/a%20b/ü/(c)" }],
        ["4 minutes ago", { signingDate: new Date(now.getTime() - 4 * 60_000) }],
        ["4 minutes from now", { signingDate: new Date(now.getTime() + 4 * 60_000) }],
    ];
    for (const [how, signing] of accepted) {
        it(`${how} tells who signed it`, async () => {
            assert.deepEqual(verify(await sign(signing)), { principalArn });
        });
    }

    it("is accepted whatever the letter case of its headers' names", async () => {
        const request = await sign();
        const headers = Object.fromEntries(
            Object.entries(request.headers).map(([name, value]) => [name.toUpperCase(), value]),
        );
        assert.deepEqual(verify({ ...request, headers }), { principalArn });
    });
});

describe("a signed request is refused", () => {
    const wrong: [string, Signing, RegExp][] = [
        ["6 minutes later", { signingDate: new Date(now.getTime() - 6 * 60_000) }, /expired/],
        ["6 minutes early", { signingDate: new Date(now.getTime() + 6 * 60_000) }, /not yet/],
        ["in another Region", { region: "us-east-1" }, /valid Region, not 'us-east-1'/],
        ["by another service", { service: "sqs" }, /correct service: 'execute-api', not 'sqs'/],
        ["with another secret", { secretAccessKey: "secret" }, /^InvalidSignature.*does not match/],
        ["with another session token", { sessionToken: "x" }, /^UnrecognizedClient.*is invalid/],
    ];
    for (const [how, signing, expected] of wrong) {
        it(how, async () => {
            assert.match(refusalOf(await sign(signing)), expected);
        });
    }

    const changed: [string, (request: SignedRequest) => Partial<SignedRequest>, RegExp][] = [
        ["whose body was changed", () => ({ body: Buffer.from("{}") }), /does not match/],
        ["whose method was changed", () => ({ method: "PUT" }), /does not match/],
        ["whose path was changed", () => ({ path: "/live/internal/orders" }), /does not match/],
        ["whose query was changed", () => ({ query: "a=1" }), /does not match/],
        ["whose query is malformed", () => ({ query: "a=%" }), /does not match/],
        [
            "whose host was changed",
            ({ headers }) => ({ headers: { ...headers, host: "xyz" } }),
            /does not match/,
        ],
        [
            "without Authorization",
            ({ headers }) => ({ headers: { ...headers, authorization: "" } }),
            /^Missing/,
        ],
        [
            "of another algorithm",
            ({ headers }) => ({ headers: { ...headers, authorization: "Bearer abc" } }),
            /^Incomplete.*'Bearer'/,
        ],
        [
            "without a signature",
            ({ headers }) => ({
                headers: {
                    ...headers,
                    authorization: String(headers["authorization"]).replace(/, Signature=.*/, ""),
                },
            }),
            /requires 'Signature' parameter/,
        ],
        [
            "without a date",
            ({ headers }) => ({ headers: { ...headers, "x-amz-date": "yesterday" } }),
            /'X-Amz-Date' header/,
        ],
        [
            "that does not sign its host",
            ({ headers }) => ({
                headers: {
                    ...headers,
                    authorization: String(headers["authorization"]).replace(/;host;/, ";"),
                },
            }),
            /'Host' must be/,
        ],
        [
            "whose credential is of another day",
            ({ headers }) => ({
                headers: {
                    ...headers,
                    authorization: String(headers["authorization"]).replace(
                        "20261123/",
                        "20261122/",
                    ),
                },
            }),
            /'20261122' != '20261123'/,
        ],
    ];
    for (const [what, change, expected] of changed) {
        it(what, async () => {
            const request = await sign();
            assert.match(refusalOf({ ...request, ...change(request) }), expected);
        });
    }

    it("by credentials of another store", async () => {
        const request = await sign();
        const verification = verifySignedRequest(request, {
            service: "execute-api",
            region,
            credentials: createCredentialStore(),
            now,
        });
        assert.ok("refusal" in verification && verification.code === "UnrecognizedClientException");
    });
});
