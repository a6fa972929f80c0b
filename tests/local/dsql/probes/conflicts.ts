import { conflict, type Probe, rows, type Step } from "../probe";

const recorded = "occ_conflict, 2026-09-15";
const documented =
    "https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-concurrency-control.html";
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
    {
        name: "the loser's statements succeed after the winner's commit, and its COMMIT fails",
        source: recorded,
        setup: lamps,
        steps: [
            ...begin,
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("1")],
            ["B", "UPDATE lamp SET n = 5 WHERE id = 1", "UPDATE 1"],
            ["B", "COMMIT", "COMMIT"],
            ["A", "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"],
            ["A", "DELETE FROM lamp WHERE id = 1", "DELETE 1"],
            ["A", "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")],
            ["A", "COMMIT", conflict],
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("5")],
        ],
    },
    {
        name: "a loser may roll back and go on",
        source: recorded,
        setup: lamps,
        steps: [
            ...begin,
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 1", "UPDATE 1"],
            ["B", "COMMIT", "COMMIT"],
            ["A", "ROLLBACK", "ROLLBACK"],
            ["A", "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"],
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("5")],
        ],
    },
    {
        name: "a transaction that rolls back costs nobody anything",
        source: documented,
        setup: lamps,
        steps: [
            ...begin,
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"],
            ["A", "ROLLBACK", "ROLLBACK"],
            ["B", "COMMIT", "COMMIT"],
            ["B", "SELECT n FROM lamp WHERE id = 1", rows("2")],
        ],
    },
    {
        name: "without BEGIN a statement does not wait for an idle transaction either",
        source: documented,
        setup: lamps,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 1", "UPDATE 1"],
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("1")],
            ["A", "COMMIT", conflict],
        ],
    },
    {
        name: "a transaction sees its own changes after another one passed it",
        source: documented,
        setup: lamps,
        steps: [
            ...begin,
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 1", "UPDATE 1"],
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("3")],
            ["B", "SELECT n FROM lamp WHERE id = 1", rows("4")],
            ["A", "COMMIT", "COMMIT"],
            ["B", "COMMIT", conflict],
        ],
    },
    {
        name: "of three that write one row the first to commit wins",
        source: documented,
        setup: lamps,
        steps: [
            ...begin,
            ["C", "BEGIN", "BEGIN"],
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 1", "UPDATE 1"],
            ["C", "UPDATE lamp SET n = 5 WHERE id = 1", "UPDATE 1"],
            ["B", "COMMIT", "COMMIT"],
            ["A", "COMMIT", conflict],
            ["C", "COMMIT", conflict],
            ["A", "SELECT n FROM lamp WHERE id = 1", rows("4")],
        ],
    },
    {
        name: "two that write the same rows in opposite order do not deadlock",
        source: documented,
        setup: lamps,
        steps: [
            ...begin,
            ["A", "UPDATE lamp SET n = 3 WHERE id = 1", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 2", "UPDATE 1"],
            ["A", "UPDATE lamp SET n = 3 WHERE id = 2", "UPDATE 1"],
            ["B", "UPDATE lamp SET n = 4 WHERE id = 1", "UPDATE 1"],
            ["A", "COMMIT", "COMMIT"],
            ["B", "COMMIT", conflict],
        ],
    },
];
