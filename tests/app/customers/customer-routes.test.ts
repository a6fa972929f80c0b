import assert from "node:assert/strict";
import { customerRoutes } from "../../../app/customers/customer-routes";
import type { Row, Statement } from "../../../app/database/session";
import { createApi } from "../../../app/http/api";
import type { LogFields } from "../../../app/log";
import { noNeighbours } from "../../../app/replication/neighbours";
import { homeOf } from "../../../app/values/ids";
import { assertInContract } from "../../support/contract-answers";
import { type Call, context, proxyEvent } from "../../support/proxy-event";
import { type Answer, scriptedSession, uniqueViolation } from "../../support/scripted-session";

const id = "7c9e6679-7425-80de-944b-e07fc1f90a02";
const draft = { email: " Ada@Example.com ", first_name: "Ada", last_name: "Lovelace" };
const post: Call = { method: "POST", path: "/customers", body: draft };

const row: Row = {
    customer_id: id,
    email: "Ada@Example.com",
    first_name: "Ada",
    last_name: "Lovelace",
    home: 2,
    version: "1",
    created_at: new Date("2026-11-22T09:30:00.123Z"),
};

async function call(
    operationId: string,
    request: Call,
    script: Readonly<Record<string, (statement: Statement) => Answer>> = {},
) {
    const session = scriptedSession(script);
    const services = { session, cell: { name: "eu", number: 2 }, neighbours: noNeighbours };
    const lines: LogFields[] = [];
    const api = createApi(services, customerRoutes, (_, message, fields) =>
        lines.push({ message, ...fields }),
    );
    const result = await api(proxyEvent(request), context);
    assertInContract(operationId, result);
    return { result, session, lines, document: JSON.parse(result.body) };
}

describe("POST /customers", () => {
    it("creates a customer at home in this cell", async () => {
        const { result, document, session } = await call("createCustomer", post);
        const { customer_id, created_at, ...rest } = document;
        assert.equal(result.statusCode, 201);
        assert.equal(result.headers?.["Location"], `/customers/${customer_id}`);
        assert.equal(homeOf(customer_id), 2);
        assert.match(created_at, /^\d{4}-.*\.\d{3}Z$/);
        assert.deepEqual(rest, {
            email: "Ada@Example.com",
            first_name: "Ada",
            last_name: "Lovelace",
            version: 1,
            home: 2,
        });
        assert.ok(session.calls[0]?.[0]?.values.includes("ada@example.com"));
    });

    const taken = () => uniqueViolation("customer_email_unique");

    it("answers 409 when somebody else has the address", async () => {
        const { document, lines } = await call("createCustomer", post, {
            "insert-customer": taken,
            "find-email-holder": () => [{ customer_id: id }],
        });
        assert.equal(document.code, "email_taken");
        assert.deepEqual(document.errors, [{ pointer: "/email", detail: "is taken" }]);
        assert.doesNotMatch(JSON.stringify(lines), /ada|lovelace/i);
    });

    it("recognises its own row when the answer of the first attempt was lost", async () => {
        let own = "";
        const { result, document } = await call("createCustomer", post, {
            "insert-customer": ({ values }) => {
                own = String(values[1]);
                return taken();
            },
            "find-email-holder": () => [{ customer_id: own }],
        });
        assert.equal(result.statusCode, 201);
        assert.equal(document.customer_id, own);
    });

    it("answers 400 to an address that is none, and writes nothing", async () => {
        const { document, session } = await call("createCustomer", {
            ...post,
            body: { ...draft, email: "ada@localhost" },
        });
        assert.equal(document.code, "invalid_request");
        assert.deepEqual(session.calls, []);
    });

    it("answers an unknown violation as internal", async () => {
        const { result } = await call("createCustomer", post, {
            "insert-customer": () => uniqueViolation("customer_other"),
        });
        assert.equal(result.statusCode, 500);
    });
});

describe("GET /customers/{customer_id}", () => {
    it("answers the customer", async () => {
        const { document, result } = await call(
            "getCustomer",
            { path: `/customers/${id}` },
            { "find-customer": () => [row] },
        );
        assert.equal(document.customer_id, id);
        assert.equal(document.created_at, "2026-11-22T09:30:00.123Z");
        assert.equal(result.headers?.["Cache-Control"], "no-store");
    });

    it("answers 404 when there is none", async () => {
        const { result } = await call("getCustomer", { path: `/customers/${id}` });
        assert.equal(result.statusCode, 404);
    });
});
