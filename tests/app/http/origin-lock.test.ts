import assert from "node:assert/strict";
import { readOriginSecrets } from "../../../app/environment";
import { createApi } from "../../../app/http/api";
import { admitFromEdge } from "../../../app/http/origin-lock";
import type { LogFields } from "../../../app/log";
import { noNeighbours } from "../../../app/replication/neighbours";
import { type Call, context, proxyEvent } from "../../support/proxy-event";
import { scriptedSession } from "../../support/scripted-session";

const current = "a".repeat(32);
const former = "b".repeat(32);
const admits = admitFromEdge([current, former]);
const from = (secret: string, path = "/products"): Call => ({
    path,
    headers: { "X-Origin-Verify": secret },
});

describe("an API that stands behind the edge", () => {
    const admitted: [string, Call][] = [
        ["the secret that is sent now", from(current)],
        ["the one before it", from(former)],
        ["no secret on /health", { path: "/health" }],
        ["a cell's signed request", { method: "POST", path: "/internal/orders" }],
    ];
    for (const [what, call] of admitted) {
        it(`admits ${what}`, () => {
            assert.equal(admits(proxyEvent(call)), true);
        });
    }

    const refused: [string, Call][] = [
        ["no secret", { path: "/products" }],
        ["an empty one", from("")],
        ["another one", from("c".repeat(32))],
        ["the beginning of one", from(current.slice(0, -1))],
        ["both at once", from(`${current},${former}`)],
        ["no secret on a path below /health", { path: "/health/database" }],
        ["no secret on a path that begins like the internal ones", { path: "/internals" }],
        ["no secret on a preflight request", { method: "OPTIONS", path: "/orders" }],
    ];
    for (const [what, call] of refused) {
        it(`refuses ${what}`, () => {
            assert.equal(admits(proxyEvent(call)), false);
        });
    }

    it("answers 403 before it looks at anything, and logs no secret", async () => {
        const lines: LogFields[] = [];
        const session = scriptedSession();
        const handle = () => Promise.reject(new Error("It has been reached."));
        const api = createApi(
            { session, cell: { name: "us", number: 1 }, neighbours: noNeighbours },
            [{ operationId: "createOrder", handle }],
            (_, message, fields) => lines.push({ message, ...fields }),
            admits,
        );
        const call = { ...from("d".repeat(32), "/orders"), method: "POST", body: "{" };
        const { statusCode, body, headers } = await api(proxyEvent(call), context);
        assert.equal(statusCode, 403);
        assert.equal(headers?.["Cache-Control"], "no-store");
        const { code, detail } = JSON.parse(body);
        assert.deepEqual(
            [code, detail],
            ["forbidden", "This API answers only what comes through the shop's edge."],
        );
        assert.deepEqual(session.calls, []);
        assert.equal(lines.length, 1);
        assert.doesNotMatch(JSON.stringify(lines), /aaaa|bbbb|dddd/);
    });
});

describe("readOriginSecrets", () => {
    it("reads one or two", () => {
        assert.deepEqual(readOriginSecrets({ ORIGIN_SECRETS: current }), [current]);
        const both = { ORIGIN_SECRETS: `${current},${former}` };
        assert.deepEqual(readOriginSecrets(both), [current, former]);
    });

    for (const text of [undefined, "", "short", `${current},`]) {
        it(`leaves no door open with ${JSON.stringify(text)}`, () => {
            assert.throws(() => readOriginSecrets({ ORIGIN_SECRETS: text }), /ORIGIN_SECRETS/);
        });
    }
});
