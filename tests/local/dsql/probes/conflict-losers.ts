import { conflict, type Expected, type Probe, rows, userGuide } from "../probe";

const documented = userGuide("working-with-concurrency-control");
const foreignKeys = userGuide("working-with-foreign-key-constraints");
const lamps = [
    "CREATE TABLE lamp (id int PRIMARY KEY, n int)",
    "INSERT INTO lamp VALUES (1, 1), (2, 2)",
    "CREATE TABLE lamp_part (id int PRIMARY KEY, lamp_id int REFERENCES lamp (id))",
];

/** A reads; B commits a change; A acts as if it had not been made, and its COMMIT fails. */
function loser(change: string, text: string, expected: Expected, source = documented): Probe {
    return {
        name: `${text}, after ${change} was committed`,
        source,
        setup: lamps,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SELECT n FROM lamp ORDER BY id", rows("1", "2")],
            ["B", change, `${change.slice(0, 6)} ${change.includes("WHERE") ? 1 : 2}`],
            ["A", text, expected],
            ["A", "SELECT count(*) FROM lamp", rows("2")],
            ["A", "COMMIT", conflict],
        ],
    };
}

const updated = "UPDATE lamp SET n = 5 WHERE id = 1";
const deleted = "DELETE FROM lamp WHERE id = 1";

/** What transactions are answered that have lost already. */
export const conflictLosers: readonly Probe[] = [
    loser(updated, "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"),
    loser(updated, "UPDATE lamp SET n = n + 1", "UPDATE 2"),
    loser(updated, "UPDATE lamp SET n = n + 1 WHERE n < 3", "UPDATE 2"),
    loser(updated, "UPDATE lamp SET n = n + 1 WHERE id = 1 RETURNING n", rows("2")),
    loser(updated, "DELETE FROM lamp WHERE id = 1", "DELETE 1"),
    loser(updated, "DELETE FROM lamp WHERE id = 1 RETURNING id, n", rows("1|1")),
    loser(updated, "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")),
    loser(updated, "SELECT n FROM lamp ORDER BY id FOR UPDATE", rows("1", "2")),
    loser("UPDATE lamp SET n = 5", "UPDATE lamp SET n = 7 WHERE id = 2", "UPDATE 1"),
    loser(deleted, "UPDATE lamp SET n = n + 1 WHERE id = 1", "UPDATE 1"),
    loser(deleted, "DELETE FROM lamp WHERE id = 1", "DELETE 1"),
    loser(deleted, "SELECT n FROM lamp WHERE id = 1 FOR UPDATE", rows("1")),
    loser(deleted, "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")),
    loser(deleted, "INSERT INTO lamp_part VALUES (7, 1)", "INSERT 0 1", foreignKeys),
    {
        name: "FOR KEY SHARE, after another column was changed",
        source: documented,
        setup: lamps,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SELECT n FROM lamp ORDER BY id", rows("1", "2")],
            ["B", updated, "UPDATE 1"],
            ["A", "SELECT n FROM lamp WHERE id = 1 FOR KEY SHARE", rows("1")],
            ["A", "COMMIT", "COMMIT"],
        ],
    },
    {
        name: "a row that was inserted meanwhile is not seen, changed or missed",
        source: documented,
        setup: lamps,
        steps: [
            ["A", "BEGIN", "BEGIN"],
            ["A", "SELECT n FROM lamp ORDER BY id", rows("1", "2")],
            ["B", "INSERT INTO lamp VALUES (3, 3)", "INSERT 0 1"],
            ["A", "UPDATE lamp SET n = n + 1", "UPDATE 2"],
            ["A", "COMMIT", "COMMIT"],
            ["A", "SELECT n FROM lamp ORDER BY id", rows("2", "3", "3")],
        ],
    },
];
