import assert from "node:assert/strict";
import { createSignedFetch } from "../../../../app/aws/signed-fetch";
import { type CallersOptions, createCallers } from "../../../../infra/local/api-gateway/caller";
import { createCredentialStore } from "../../../../infra/local/credentials";
import { createStageStarter } from "./stage-starter";

const principalArn = "arn:aws:iam::123456789012:role/orders";
const methodArn = "arn:aws:execute-api:eu-west-1:123456789012:abc123/live/POST/internal/borrow";
const document = {
    openapi: "3.0.3",
    paths: {
        "/internal/{kind}": {
            post: {
                security: [{ sigv4: [] }],
                "x-amazon-apigateway-integration": {
                    type: "aws_proxy",
                    httpMethod: "POST",
                    uri: "arn:function",
                },
            },
        },
    },
    components: {
        securitySchemes: {
            sigv4: {
                type: "apiKey",
                name: "Authorization",
                in: "header",
                "x-amazon-apigateway-authtype": "awsSigv4",
            },
        },
    },
};

interface Signing {
    readonly service?: string;
    readonly region?: string;
    readonly secretAccessKey?: string;
    readonly sessionToken?: string;
    /** In place of the body that was signed. */
    readonly sent?: string;
}

type Deciding = Pick<CallersOptions, "isAllowed" | "now">;

describe("a method with AWS_IAM", () => {
    const credentials = createCredentialStore();
    const issued = credentials.issue(principalArn);
    const starter = createStageStarter();
    afterEach(() => starter.closeAll());

    function start({ isAllowed = () => true, now = () => new Date() }: Partial<Deciding> = {}) {
        const authorizeCaller = createCallers({ credentials, isAllowed, now });
        return starter.start({ document, authorizeCaller });
    }
    /** Signs as the app does. */
    function call(url: string, signing: Signing = {}) {
        const { service = "execute-api", region = "eu-west-1", sent = "{}", ...others } = signing;
        const send: typeof fetch = (target, init) => fetch(target, { ...init, body: sent });
        const signedFetch = createSignedFetch({ ...issued, ...others }, send);
        return signedFetch({
            service,
            region,
            method: "POST",
            url: `${url}/live/internal/borrow`,
            body: "{}",
            timeoutMilliseconds: 10_000,
        });
    }

    it("calls the function for a signed request and says who signed", async () => {
        const { url, events } = await start();
        const response = await call(url);
        assert.equal(response.status, 200);
        const { accessKey, accountId, userArn } = events[0]?.requestContext.identity ?? {};
        assert.deepEqual(
            { accessKey, accountId, userArn },
            {
                accessKey: issued.accessKeyId,
                accountId: "123456789012",
                userArn: "arn:aws:sts::123456789012:assumed-role/orders/local",
            },
        );
        const names = Object.keys(events[0]?.headers ?? {}).map((name) => name.toLowerCase());
        assert.ok(!names.includes("authorization") && !names.includes("x-amz-security-token"));
    });

    it("asks the policies for the method, with the values of its path", async () => {
        const asked: unknown[] = [];
        const { url } = await start({ isAllowed: (...question) => asked.push(question) > 0 });
        await call(url);
        assert.deepEqual(asked, [[principalArn, "execute-api:Invoke", methodArn]]);
    });

    const refused: [what: string, signing: Signing, errorType: string, message: RegExp][] = [
        ["for another service", { service: "sqs" }, "InvalidSignature", /correct service/],
        ["for another Region", { region: "eu-west-2" }, "InvalidSignature", /valid Region/],
        ["with another secret", { secretAccessKey: "x" }, "InvalidSignature", /does not match/],
        ["with another body", { sent: '{"units":9}' }, "InvalidSignature", /does not match/],
        ["by another session", { sessionToken: "x" }, "UnrecognizedClient", /token.*is invalid/],
    ];
    for (const [how, signing, errorType, message] of refused) {
        it(`answers 403 to a request that was signed ${how}`, async () => {
            const { url, events } = await start();
            const response = await call(url, signing);
            assert.equal(response.status, 403);
            assert.equal(response.headers["x-amzn-errortype"], `${errorType}Exception`);
            assert.match(response.body, message);
            assert.deepEqual(events, []);
        });
    }

    for (const [when, minutes] of [
        ["six minutes ago", 6],
        ["in six minutes", -6],
    ] as const) {
        it(`answers 403 to a request that was signed ${when}`, async () => {
            const now = () => new Date(Date.now() + minutes * 60_000);
            const { url, events } = await start({ now });
            assert.equal((await call(url)).status, 403);
            assert.deepEqual(events, []);
        });
    }

    it("answers 403 to whoever did not sign", async () => {
        const { url, events } = await start();
        const response = await fetch(`${url}/live/internal/borrow`, { method: "POST" });
        assert.equal(response.status, 403);
        const errorType = response.headers.get("x-amzn-errortype");
        assert.equal(errorType, "MissingAuthenticationTokenException");
        assert.deepEqual(await response.json(), { message: "Missing Authentication Token" });
        assert.deepEqual(events, []);
    });

    it("answers 403 to a role whose policies do not allow it", async () => {
        const { url, events } = await start({ isAllowed: () => false });
        const response = await call(url);
        assert.equal(response.status, 403);
        assert.equal(response.headers["x-amzn-errortype"], "AccessDeniedException");
        assert.deepEqual(JSON.parse(response.body), {
            message:
                "User: arn:aws:sts::123456789012:assumed-role/orders/local is not authorized to " +
                "perform: execute-api:Invoke on resource: arn:aws:execute-api:eu-west-1:" +
                "********9012:abc123/live/POST/internal/borrow",
        });
        assert.deepEqual(events, []);
    });

    it("is nobody's where the API knows no callers", async () => {
        const { url } = await starter.start({ document });
        assert.equal((await call(url)).status, 403);
    });
});
