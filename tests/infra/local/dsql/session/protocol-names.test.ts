import assert from "node:assert/strict";
import { startTestDoor, type TestCluster, type TestDoor } from "../../../../support/front-door";
import type { WireClient } from "../../../../support/wire-client";
import {
    bind,
    brief,
    close,
    exchange,
    execute,
    flush,
    parse,
    query,
    sendTogether,
    sync,
} from "./protocol-messages";

const conflict = "E 40001 change conflicts with another transaction (OC000)";

describe("the names of statements and portals", () => {
    let door: TestDoor;
    let cluster: TestCluster;
    let client: WireClient;
    let other: WireClient;

    before(async () => {
        door = await startTestDoor();
        cluster = await door.cluster();
        client = await door.connect({ cluster });
        await client.simple("CREATE TABLE item (id int PRIMARY KEY, amount int)");
    });

    after(() => door.door.removeCluster(cluster.identifier));

    beforeEach(async () => {
        client.destroy();
        [client, other] = await Promise.all([door.connect({ cluster }), door.connect({ cluster })]);
        await other.simple("DELETE FROM item");
        await other.simple("INSERT INTO item SELECT id, 0 FROM generate_series(1, 9) AS id");
    });

    afterEach(() => Promise.all([client.close(), other.close()]));

    const send = async (...messages: readonly Buffer[]): Promise<readonly string[]> =>
        brief(await sendTogether(client, messages));
    const update = "UPDATE item SET amount = amount + 1 WHERE id = $1";

    for (const name of ["", "named"]) {
        const label = name === "" ? "the unnamed statement" : "a named statement";

        it(`${label} outlives transactions`, async () => {
            await send(parse(update, name), sync);
            const run = [bind(["1"], name), execute(), sync];
            await send(...run);
            await client.simple("ROLLBACK");
            const kept = name === "" ? [parse(update), sync] : [];
            assert.deepEqual(await send(...kept, ...run), [
                ...(name === "" ? ["1", "Z I"] : []),
                "2",
                "C UPDATE 1",
                "Z I",
            ]);
        });

        it(`${label} outlives a statement that lost a conflict`, async () => {
            await send(...exchange("BEGIN"));
            await send(...exchange("SELECT count(*) FROM item"));
            await other.simple("UPDATE item SET amount = 5 WHERE id = 1");
            const run = (id: string) => [bind([id], name), execute(), sync];
            assert.deepEqual(await send(parse(update, name), ...run("1")), [
                "1",
                "2",
                "C UPDATE 1",
                "Z T",
            ]);
            assert.deepEqual(await send(...run("2")), ["2", "C UPDATE 1", "Z T"]);
            assert.deepEqual(await send(bind(["3"], name), execute(), sync), [
                "2",
                "C UPDATE 1",
                "Z T",
            ]);
            assert.deepEqual(await send(query("COMMIT")), [conflict, "Z I"]);
        });

        it(`${label} outlives the transaction's step back`, async () => {
            await send(...exchange("BEGIN"));
            const run = (id: string) => [bind([id], name), execute(), sync];
            await send(parse(update, name), ...run("1"));
            assert.deepEqual(
                (await other.simple("UPDATE item SET amount = 5 WHERE id = 1")).results[0]?.tag,
                "UPDATE 1",
            );
            assert.deepEqual(await send(...run("2")), ["2", "C UPDATE 1", "Z T"]);
            assert.deepEqual(await send(query("COMMIT")), [conflict, "Z I"]);
        });
    }

    it("an unnamed statement of a replayed transaction is the client's own", async () => {
        await send(...exchange("BEGIN"));
        await send(...exchange(update, "1"));
        await send(parse("SELECT 'mine'"), sync);
        const waiting = other.simple("BEGIN; UPDATE item SET amount = 5 WHERE id = 1");
        await waiting;
        await other.simple("ROLLBACK");
        assert.deepEqual(await send(bind(), execute(), sync), ["2", "D mine", "C SELECT 1", "Z T"]);
        assert.deepEqual(await send(query("COMMIT")), ["C COMMIT", "Z I"]);
        assert.deepEqual(await send(query("SELECT amount FROM item WHERE id = 1")), [
            "T",
            "D 1",
            "C SELECT 1",
            "Z I",
        ]);
    });

    it("a closed statement is not there any more", async () => {
        await send(parse("SELECT 1", "closed"), close("statement", "closed"), sync);
        assert.deepEqual(await send(bind([], "closed"), sync), [
            'E 26000 prepared statement "closed" does not exist',
            "Z I",
        ]);
    });

    it("a name is taken until it is closed", async () => {
        await send(parse("SELECT 1", "taken"), sync);
        assert.deepEqual(await send(parse("SELECT 2", "taken"), sync), [
            'E 42P05 prepared statement "taken" already exists',
            "Z I",
        ]);
        assert.deepEqual(await send(bind([], "taken"), execute(), sync), [
            "2",
            "D 1",
            "C SELECT 1",
            "Z I",
        ]);
    });

    it("a refused statement takes no name", async () => {
        assert.deepEqual(await send(parse("TRUNCATE item", "refused"), sync), [
            "E 0A000 unsupported statement: Truncate",
            "Z I",
        ]);
        assert.deepEqual(
            await send(parse("SELECT 1", "refused"), bind([], "refused"), execute(), sync),
            ["1", "2", "D 1", "C SELECT 1", "Z I"],
        );
    });

    for (const text of ["DEALLOCATE ALL", "DISCARD ALL", "DISCARD PLANS"]) {
        it(`transactions go on after ${text}`, async () => {
            await client.simple(text);
            await send(...exchange("BEGIN"));
            await send(...exchange(update, "1"));
            assert.equal((await other.simple("SELECT 1")).failure, undefined);
            assert.deepEqual(await send(query("COMMIT")), ["C COMMIT", "Z I"]);
        });
    }

    it("a portal is fetched in portions while the client does other things", async () => {
        await send(...exchange("BEGIN"));
        await send(parse("SELECT id FROM item ORDER BY id"), bind([], "", "rows"), sync);
        assert.deepEqual(await send(execute("rows", 2), sync), ["D 1", "D 2", "s", "Z T"]);
        await send(...exchange("DELETE FROM item WHERE id > 3"));
        assert.deepEqual(await send(execute("rows", 2), sync), ["D 3", "D 4", "s", "Z T"]);
        client.send(execute("rows", 4), flush);
        const seen = [];
        for (let left = 5; left > 0; left -= 1) {
            seen.push(await client.receive());
        }
        assert.deepEqual(brief(seen), ["D 5", "D 6", "D 7", "D 8", "s"]);
        assert.deepEqual(await send(execute("rows", 4), sync), ["D 9", "C SELECT 1", "Z T"]);
        assert.deepEqual(await send(query("COMMIT")), ["C COMMIT", "Z I"]);
    });

    it("a portal of a transaction that read only is not lost when others write", async () => {
        await send(...exchange("BEGIN"));
        await send(parse("SELECT id FROM item ORDER BY id"), bind([], "", "rows"), sync);
        await send(execute("rows", 2), sync);
        await other.simple("DELETE FROM item");
        assert.deepEqual(await send(execute("rows"), close("portal", "rows"), sync), [
            ...["3", "4", "5", "6", "7", "8", "9"].map((id) => `D ${id}`),
            "C SELECT 7",
            "3",
            "Z T",
        ]);
    });

    // PostgreSQL drops it together with the savepoint; the transaction has lost in any case.
    it("a portal that is lost with a step back is told of as a conflict", async () => {
        await send(...exchange("BEGIN"));
        await send(...exchange(update, "1"));
        await send(parse("SELECT id FROM item ORDER BY id"), bind([], "", "rows"), sync);
        await send(execute("rows", 2), sync);
        await other.simple("UPDATE item SET amount = 5 WHERE id = 1");
        assert.deepEqual(await send(execute("rows", 2), sync), [conflict, "Z E"]);
    });
});
