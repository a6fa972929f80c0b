import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createSignedFetch } from "../../../app/aws/signed-fetch";

const credentials = {
    accessKeyId: "AKIDEXAMPLE",
    secretAccessKey: "secret",
    sessionToken: "token",
};

describe("a signed request", () => {
    const seen: { headers: Record<string, unknown>; url: string; body: string }[] = [];
    const server = createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
            const body = Buffer.concat(chunks).toString();
            seen.push({ headers: request.headers, url: request.url ?? "", body });
            if (request.url !== "/silent") {
                response.writeHead(201, { "x-cell": "eu" }).end("answer");
            }
        });
    });
    let origin = "";

    before(async () => {
        await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
        origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });

    const call = (path: string, timeoutMilliseconds = 5_000) =>
        createSignedFetch(credentials)({
            service: "execute-api",
            region: "eu-west-1",
            method: "POST",
            url: `${origin}${path}`,
            headers: { "content-type": "application/json" },
            body: "{}",
            timeoutMilliseconds,
        });

    it("carries a signature of its body, host and token, for service and Region", async () => {
        const answer = await call("/live/internal/borrow?a=1");
        assert.deepEqual(
            [answer.status, answer.headers["x-cell"], answer.body],
            [201, "eu", "answer"],
        );
        const { headers, url, body } = seen.at(-1) ?? { headers: {}, url: "", body: "" };
        assert.deepEqual([url, body], ["/live/internal/borrow?a=1", "{}"]);
        assert.match(
            String(headers["authorization"]),
            /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/execute-api\/aws4_request, SignedHeaders=content-type;host;.*x-amz-security-token, Signature=[0-9a-f]{64}$/,
        );
        assert.equal(headers["x-amz-security-token"], "token");
    });

    it("may take a fraction of a millisecond more, as what is left of a budget is", async () => {
        assert.equal((await call("/", 399.75)).status, 201);
    });

    it("is given up when nobody answers in time", async () => {
        await assert.rejects(call("/silent", 50), { name: "TimeoutError" });
    });
});
