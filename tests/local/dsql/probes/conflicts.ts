import { conflict, type Probe, rows, type Step, userGuide } from "../probe";

const recorded = "occ_conflict, 2026-09-15";
const documented = userGuide("working-with-concurrency-control");
const lamps = [
    "CREATE TABLE lamp (id int PRIMARY KEY, n int)",
    "INSERT INTO lamp VALUES (1, 1), (2, 2)",
];
const families = [
    "CREATE TABLE lamp (id int PRIMARY KEY, code text UNIQUE, n int)",
    "CREATE TABLE lamp_part (id int PRIMARY KEY, lamp_id int REFERENCES lamp (id))",
    "INSERT INTO lamp VALUES (1, 'a', 1), (2, 'b', 2)",
];

const begin: readonly Step[] = [
    ["A", "BEGIN", "BEGIN"],
    ["B", "BEGIN", "BEGIN"],
];

/** Both begin, act, and commit; the first to commit wins, in either order. */
function bothOrders(name: string, source: string, setup: readonly string[], a: Step, b: Step) {
    return (["A", "B"] as const).map((first): Probe => {
        const second = first === "A" ? "B" : "A";
        return {
            name: `${name}, ${first} commits first`,
            source,
            setup,
            steps: [...begin, a, b, [first, "COMMIT", "COMMIT"], [second, "COMMIT", conflict]],
        };
    });
}

/** Both act and commit. */
function bothCommit(
    name: string,
    source: string,
    setup: readonly string[],
    a: Step,
    b: Step,
): Probe {
    const steps: readonly Step[] = [
        ...begin,
        a,
        b,
        ["A", "COMMIT", "COMMIT"],
        ["B", "COMMIT", "COMMIT"],
    ];
    return { name, source, setup, steps };
}

export const conflicts: readonly Probe[] = [
    ...bothOrders(
        "two write one row",
        recorded,
        lamps,
        ["A", "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"],
        ["B", "UPDATE lamp SET n = n + 10 WHERE id = 1", "UPDATE 1"],
    ),
    ...bothOrders(
        "one writes and one deletes a row",
        recorded,
        lamps,
        ["A", "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"],
        ["B", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
    ),
    ...bothOrders(
        "one locks FOR UPDATE what the other writes",
        recorded,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
        ["B", "UPDATE lamp SET n = 5 WHERE id = 1", "UPDATE 1"],
    ),
    ...bothOrders(
        "one locks FOR KEY SHARE what the other deletes",
        recorded,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
        ["B", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
    ),
    ...bothOrders(
        "a child is inserted while its parent is deleted",
        recorded,
        families,
        ["A", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
        ["B", "INSERT INTO lamp_part VALUES (1, 1)", "INSERT 0 1"],
    ),
    ...bothOrders(
        "one changes a key column of what the other locks FOR KEY SHARE",
        documented,
        families,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
        ["B", "UPDATE lamp SET code = 'z' WHERE id = 1", "UPDATE 1"],
    ),
    ...bothOrders(
        "two insert one key",
        documented,
        lamps,
        ["A", "INSERT INTO lamp VALUES (9, 1)", "INSERT 0 1"],
        ["B", "INSERT INTO lamp VALUES (9, 2)", "INSERT 0 1"],
    ),
    ...bothOrders(
        "FOR UPDATE prevents write skew",
        documented,
        lamps,
        ["A", "SELECT id FROM lamp ORDER BY id FOR UPDATE", rows("1", "2")],
        ["B", "SELECT id FROM lamp ORDER BY id FOR UPDATE", rows("1", "2")],
    ),
    bothCommit(
        "a child is inserted while other columns of its parent change",
        recorded,
        families,
        ["A", "UPDATE lamp SET n = 7 WHERE id = 1", "UPDATE 1"],
        ["B", "INSERT INTO lamp_part VALUES (1, 1)", "INSERT 0 1"],
    ),
    bothCommit(
        "two write different rows",
        recorded,
        lamps,
        ["A", "UPDATE lamp SET n = 7 WHERE id = 1", "UPDATE 1"],
        ["B", "UPDATE lamp SET n = 8 WHERE id = 2", "UPDATE 1"],
    ),
    bothCommit(
        "one reads what the other writes",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1", rows("1")],
        ["B", "UPDATE lamp SET n = 8 WHERE id = 1", "UPDATE 1"],
    ),
    bothCommit(
        "two lock FOR KEY SHARE",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
        ["B", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
    ),
    bothCommit(
        "write skew is possible without FOR UPDATE",
        documented,
        lamps,
        ["A", "UPDATE lamp SET n = (SELECT sum(n) FROM lamp) WHERE id = 1", "UPDATE 1"],
        ["B", "UPDATE lamp SET n = (SELECT sum(n) FROM lamp) WHERE id = 2", "UPDATE 1"],
    ),
    ...bothOrders(
        "two delete one row",
        documented,
        lamps,
        ["A", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
        ["B", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
    ),
    ...bothOrders(
        "two lock one row FOR UPDATE",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
        ["B", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
    ),
    ...bothOrders(
        "one locks FOR UPDATE what the other deletes",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
        ["B", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
    ),
    ...bothOrders(
        "one locks FOR UPDATE what the other locks FOR KEY SHARE",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
        ["B", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
    ),
    ...bothOrders(
        "two write several rows, one of them the same",
        documented,
        lamps,
        ["A", "UPDATE lamp SET n = 7", "UPDATE 2"],
        ["B", "UPDATE lamp SET n = 8 WHERE id = 2", "UPDATE 1"],
    ),
    ...bothOrders(
        "two insert one value of a unique column",
        documented,
        families,
        ["A", "INSERT INTO lamp VALUES (8, 'z', 1)", "INSERT 0 1"],
        ["B", "INSERT INTO lamp VALUES (9, 'z', 1)", "INSERT 0 1"],
    ),
    ...bothOrders(
        "a child moves to a parent that is deleted",
        documented,
        [...families, "INSERT INTO lamp_part VALUES (1, 2)"],
        ["A", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
        ["B", "UPDATE lamp_part SET lamp_id = 1 WHERE id = 1", "UPDATE 1"],
    ),
    ...bothOrders(
        "a child is inserted while a unique column of its parent changes",
        documented,
        families,
        ["A", "UPDATE lamp SET code = 'z' WHERE id = 1", "UPDATE 1"],
        ["B", "INSERT INTO lamp_part VALUES (1, 1)", "INSERT 0 1"],
    ),
    bothCommit(
        "one locks FOR KEY SHARE, and the other writes a column that is no key",
        documented,
        families,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
        ["B", "UPDATE lamp SET n = 8 WHERE id = 1", "UPDATE 1"],
    ),
    bothCommit(
        "two insert children of one parent",
        documented,
        families,
        ["A", "INSERT INTO lamp_part VALUES (1, 1)", "INSERT 0 1"],
        ["B", "INSERT INTO lamp_part VALUES (2, 1)", "INSERT 0 1"],
    ),
    bothCommit(
        "two insert different keys",
        documented,
        lamps,
        ["A", "INSERT INTO lamp VALUES (8, 1)", "INSERT 0 1"],
        ["B", "INSERT INTO lamp VALUES (9, 2)", "INSERT 0 1"],
    ),
    bothCommit(
        "two lock different rows FOR UPDATE",
        documented,
        lamps,
        ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
        ["B", "SELECT n FROM lamp WHERE id = 2 FOR UPDATE", rows("2")],
    ),
];
