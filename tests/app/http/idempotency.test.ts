import assert from "node:assert/strict";
import { keyIdOf } from "../../../app/database/idempotency-store";
import type { Row } from "../../../app/database/session";
import { isFault } from "../../../app/fault";
import { createOnce, idempotencyKey } from "../../../app/http/idempotency";
import type { Request } from "../../../app/http/operation";
import { type Answer, scriptedSession, uniqueViolation } from "../../support/scripted-session";

const insert = { name: "insert-thing", text: "INSERT", values: [] };

function requestWith(key: string | undefined): Request {
    return {
        tenantId: "main",
        fingerprint: "f1",
        headers: key === undefined ? {} : { "idempotency-key": key },
    } as unknown as Request;
}

async function create(options: {
    key?: string;
    claim?: Answer;
    insert?: Answer;
    found?: readonly Row[];
    deleted?: boolean;
}) {
    const session = scriptedSession({
        "claim-key": () => options.claim ?? [],
        "find-key": () => options.found ?? [],
        "insert-thing": () => options.insert ?? [{ thing: 1 }],
    });
    const reply = await createOnce(session, {
        request: requestWith(options.key),
        resourceId: "own",
        askedAt: "2026-11-23T09:30:00.000Z",
        idConstraint: "thing_pkey",
        statements: [insert],
        answer: (rows) => ({ status: 201, body: { id: "own", rows } }),
        read: async (id) =>
            options.deleted ? undefined : { status: 201, headers: { ETag: "1" }, body: { id } },
    });
    return { reply, session };
}

function failsWith(code: string) {
    return (error: unknown) => isFault(error) && error.code === code;
}

describe("createOnce", () => {
    it("creates in one transaction and answers from its rows", async () => {
        const { reply, session } = await create({});
        assert.deepEqual(reply, { status: 201, body: { id: "own", rows: [[{ thing: 1 }]] } });
        assert.deepEqual(session.calls, [[insert]]);
    });

    it("claims the key first, in the same transaction", async () => {
        const { reply, session } = await create({ key: "k" });
        assert.deepEqual(reply.body, { id: "own", rows: [[{ thing: 1 }]] });
        assert.equal(session.calls.length, 1);
        const askedAt = "2026-11-23T09:30:00.000Z";
        const claim = ["main", keyIdOf("k"), "f1", "own", askedAt];
        assert.deepEqual(session.calls[0]?.[0]?.values, claim);
        assert.equal(session.calls[0]?.[1], insert);
    });

    const taken = uniqueViolation("idempotency_pkey");

    it("answers the same again, and says so, when the key was used for the same", async () => {
        const found = [{ fingerprint: "f1", resource_id: "other" }];
        const { reply } = await create({ key: "k", claim: taken, found });
        const headers = { ETag: "1", "Idempotent-Replayed": "true" };
        assert.deepEqual(reply, { status: 201, headers, body: { id: "other" } });
    });

    it("recognises its own first attempt, whose answer was lost, by the key", async () => {
        const found = [{ fingerprint: "f1", resource_id: "own" }];
        const { reply } = await create({ key: "k", claim: taken, found });
        assert.deepEqual(reply, { status: 201, headers: { ETag: "1" }, body: { id: "own" } });
    });

    it("recognises its own first attempt by the id when there is no key", async () => {
        const { reply } = await create({ insert: uniqueViolation("thing_pkey") });
        assert.deepEqual(reply, { status: 201, headers: { ETag: "1" }, body: { id: "own" } });
    });

    it("refuses a key that was used for something else", async () => {
        const found = [{ fingerprint: "f2", resource_id: "other" }];
        await assert.rejects(
            create({ key: "k", claim: taken, found }),
            failsWith("idempotency_key_reused"),
        );
    });

    it("asks to repeat when the key vanished in between", async () => {
        await assert.rejects(
            create({ key: "k", claim: taken, found: [] }),
            failsWith("request_in_progress"),
        );
    });

    it("answers not found when what the key created was deleted since", async () => {
        const found = [{ fingerprint: "f1", resource_id: "other" }];
        await assert.rejects(
            create({ key: "k", claim: taken, found, deleted: true }),
            failsWith("not_found"),
        );
    });

    it("passes every other error on", async () => {
        const error = uniqueViolation("thing_name_unique");
        await assert.rejects(create({ key: "k", insert: error }), error);
    });
});

describe("Idempotency-Key", () => {
    for (const key of ["", " ", "a b", "é", "a\u0000", "x".repeat(256)]) {
        it(`is refused when it is ${JSON.stringify(key.slice(0, 9))}`, () => {
            assert.throws(() => idempotencyKey(requestWith(key)), failsWith("invalid_request"));
        });
    }
    for (const key of [undefined, "k", "x".repeat(255)]) {
        it(`is taken when it is ${key?.slice(0, 9)}`, () => {
            assert.equal(idempotencyKey(requestWith(key)), key);
        });
    }
});
