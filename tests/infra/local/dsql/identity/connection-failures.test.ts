import assert from "node:assert/strict";
import { sqlFailure } from "../../../../../app/database/sqlstate";
import type { Failure } from "../../../../../infra/local/dsql/failure";
import * as failures from "../../../../../infra/local/dsql/identity/connection-failures";

describe("a refused connection", () => {
    const meanings: readonly [name: string, failure: Failure, meaning: string | undefined][] = [
        ["access denied", failures.accessDenied, "access_denied"],
        ["a denied token", failures.tokenDenied("Signature expired: 1"), "access_denied"],
        ["a token for another role", failures.wrongAction("admin", "DbConnect"), "access_denied"],
        ["a role that is not granted", failures.roleNotGranted, "access_denied"],
        ["no token", failures.tokenMissing, "access_denied"],
        ["no encryption", failures.tlsRequired, "access_denied"],
        ["no server name", failures.serverNameMissing, "lost_connection"],
        ["too many connections", failures.tooManyConnections, "connection_limit"],
        ["too many new connections", failures.tooManyNewConnections, "connection_limit"],
        ["an unknown database", failures.unknownDatabase("shop"), undefined],
    ];
    for (const [name, failure, meaning] of meanings) {
        it(`because of ${name} is ${meaning ?? "nothing the shop knows"}`, () => {
            assert.equal(sqlFailure(failure), meaning);
            assert.match(failure.code, /^[0-9A-Z]{5}$/);
        });
    }

    it("names the user and the action where they do not match", () => {
        assert.equal(
            failures.wrongAction("orders", "DbConnectAdmin").hint,
            "Wrong user to action mapping. user: orders, action: DbConnectAdmin",
        );
    });
});
