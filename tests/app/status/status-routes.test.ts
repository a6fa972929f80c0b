import assert from "node:assert/strict";
import { fault } from "../../../app/fault";
import { createApi } from "../../../app/http/api";
import { publishedContract } from "../../../app/http/contract";
import { noNeighbours } from "../../../app/replication/neighbours";
import { statusRoutes } from "../../../app/status/status-routes";
import { assertInContract } from "../../support/contract-answers";
import { context, proxyEvent } from "../../support/proxy-event";
import { type Answer, scriptedSession } from "../../support/scripted-session";

async function call(operationId: string, path: string, answer: Answer = []) {
    const session = scriptedSession({ "beat-heart": () => answer });
    const services = { session, cell: { name: "ap", number: 3 }, neighbours: noNeighbours };
    const api = createApi(services, statusRoutes("ap-northeast-1"), () => undefined);
    const result = await api(proxyEvent({ path }), context);
    assertInContract(operationId, result);
    return { result, session, document: JSON.parse(result.body) };
}

describe("GET /health", () => {
    it("is ok once the database has answered", async () => {
        const { document, session } = await call("getHealth", "/health");
        const { milliseconds, status } = document.database;
        assert.equal(session.calls.length, 1);
        assert.ok(Number.isInteger(milliseconds));
        assert.deepEqual(
            [document.status, document.cell, document.region, status],
            ["ok", "ap", "ap-northeast-1", "ok"],
        );
    });

    const failures: readonly [Error, string][] = [
        [new Error("password authentication failed"), "database_unavailable"],
        [fault("database_unavailable", "Away."), "database_unavailable"],
        [fault("overloaded", "Busy."), "overloaded"],
    ];
    for (const [error, code] of failures) {
        it(`is ${code} when the database answers "${error.message}"`, async () => {
            const { result, document } = await call("getHealth", "/health", error as Answer);
            assert.equal(result.statusCode, 503);
            assert.equal(document.code, code);
            assert.ok(result.headers?.["Retry-After"]);
            assert.doesNotMatch(result.body, /password/);
        });
    }
});

describe("GET /openapi.json", () => {
    it("answers the published contract without asking the database", async () => {
        const { document, session, result } = await call("getOpenApi", "/openapi.json");
        assert.deepEqual(document, JSON.parse(JSON.stringify(publishedContract)));
        assert.deepEqual(session.calls, []);
        assert.equal(result.headers?.["Content-Type"], "application/json");
    });
});
