import { type Probe, prepared, rows, userGuide } from "../probe";

const documented = userGuide("working-with-foreign-key-constraints");
const lamp = "CREATE TABLE lamp (id int PRIMARY KEY, code text UNIQUE)";
const filled = "INSERT INTO lamp VALUES (1, 'a'), (2, 'b')";

/** Parts of the first lamp, whose key has the given clauses. */
function parts(clauses: string, defaultLamp = "NULL"): readonly string[] {
    return [
        lamp,
        filled,
        `CREATE TABLE lamp_part (id int PRIMARY KEY, lamp_id int DEFAULT ${defaultLamp} CONSTRAINT of_lamp REFERENCES lamp (id) ${clauses})`,
        "INSERT INTO lamp_part VALUES (7, 1), (8, 1)",
    ];
}

const late = parts("DEFERRABLE INITIALLY DEFERRED");
const inserted =
    '23503 insert or update on table "lamp_part" violates foreign key constraint "of_lamp"';
const referenced =
    '23503 update or delete on table "lamp" violates foreign key constraint "of_lamp" on table "lamp_part"';
const remaining = "SELECT id, lamp_id FROM lamp_part ORDER BY id";

/** What an action does to the parts when their lamp is deleted. */
function action(clause: string, ...left: readonly string[]): Probe {
    return prepared(
        parts(clause, "2"),
        `deleting under ${clause}`,
        documented,
        ["DELETE FROM lamp WHERE id = 1", "DELETE 1"],
        [remaining, rows(...left)],
    );
}

/** An action that refuses. */
function restriction(clause: string): Probe {
    return prepared(
        parts(clause),
        `deleting under ${clause === "" ? "no clause" : clause}`,
        documented,
        ["DELETE FROM lamp WHERE id = 1", referenced],
        ["DELETE FROM lamp WHERE id = 2", "DELETE 1"],
        [remaining, rows("7|1", "8|1")],
    );
}

export const foreignKeys: readonly Probe[] = [
    restriction(""),
    restriction("ON DELETE NO ACTION"),
    restriction("ON DELETE RESTRICT"),
    action("ON DELETE CASCADE"),
    action("ON DELETE SET NULL", "7|", "8|"),
    action("ON DELETE SET DEFAULT", "7|2", "8|2"),
    prepared(
        parts("ON UPDATE CASCADE"),
        "changing a key under ON UPDATE CASCADE",
        documented,
        ["UPDATE lamp SET id = 5 WHERE id = 1", "UPDATE 1"],
        [remaining, rows("7|5", "8|5")],
    ),
    prepared(
        parts(""),
        "changing a key that is referenced",
        documented,
        ["UPDATE lamp SET id = 5 WHERE id = 1", referenced],
        ["UPDATE lamp SET code = 'z' WHERE id = 1", "UPDATE 1"],
    ),
    prepared(
        parts(""),
        "a row that is referenced may be inserted, one that is not may not",
        "supported, 2026-09-18",
        ["INSERT INTO lamp_part VALUES (9, 2)", "INSERT 0 1"],
        ["INSERT INTO lamp_part VALUES (10, 3)", inserted],
        ["UPDATE lamp_part SET lamp_id = 3 WHERE id = 9", inserted],
        ["INSERT INTO lamp_part VALUES (11, NULL)", "INSERT 0 1"],
    ),
    prepared(
        [
            "CREATE TABLE lamp (a int, b int, PRIMARY KEY (a, b))",
            "CREATE TABLE lamp_part (a int, b int, CONSTRAINT of_lamp FOREIGN KEY (a, b) REFERENCES lamp MATCH FULL)",
        ],
        "under MATCH FULL all columns are null or none",
        documented,
        ["INSERT INTO lamp_part VALUES (NULL, NULL)", "INSERT 0 1"],
        ["INSERT INTO lamp_part VALUES (1, NULL)", inserted],
    ),
    prepared(
        [
            "CREATE TABLE lamp (a int, b int, PRIMARY KEY (a, b))",
            "CREATE TABLE lamp_part (a int, b int, FOREIGN KEY (a, b) REFERENCES lamp MATCH SIMPLE)",
        ],
        "under MATCH SIMPLE one null is enough",
        documented,
        ["INSERT INTO lamp_part VALUES (1, NULL)", "INSERT 0 1"],
    ),
    prepared(
        late,
        "a deferred key is checked at COMMIT",
        "supported, 2026-09-18",
        ["BEGIN", "BEGIN"],
        ["INSERT INTO lamp_part VALUES (9, 3)", "INSERT 0 1"],
        ["COMMIT", inserted],
        [remaining, rows("7|1", "8|1")],
    ),
    prepared(
        late,
        "a deferred key may be satisfied before COMMIT",
        documented,
        ["BEGIN", "BEGIN"],
        ["INSERT INTO lamp_part VALUES (9, 3)", "INSERT 0 1"],
        ["INSERT INTO lamp VALUES (3, 'c')", "INSERT 0 1"],
        ["COMMIT", "COMMIT"],
    ),
    prepared(
        late,
        "a deferred key may be checked before COMMIT",
        documented,
        ["BEGIN", "BEGIN"],
        ["INSERT INTO lamp_part VALUES (9, 3)", "INSERT 0 1"],
        ["SET CONSTRAINTS ALL IMMEDIATE", inserted],
        ["ROLLBACK", "ROLLBACK"],
    ),
    prepared(
        late,
        "a deferred key is checked at once without BEGIN",
        documented,
        ["INSERT INTO lamp_part VALUES (9, 3)", inserted],
        ["DELETE FROM lamp WHERE id = 1", referenced],
    ),
    prepared(
        [
            "CREATE TABLE lamp (id int PRIMARY KEY, above int CONSTRAINT of_lamp REFERENCES lamp (id) ON DELETE CASCADE)",
            "INSERT INTO lamp VALUES (1, NULL), (2, 1), (3, 2)",
        ],
        "a table may reference itself",
        documented,
        ["DELETE FROM lamp WHERE id = 2", "DELETE 1"],
        ["SELECT id FROM lamp", rows("1")],
    ),
    prepared(
        [lamp, filled],
        "a unique column may be referenced, another may not",
        documented,
        ["CREATE TABLE lamp_part (code text REFERENCES lamp (code))", "CREATE TABLE"],
        [
            "CREATE TABLE lamp_other (code text REFERENCES lamp_part (code))",
            '42830 there is no unique constraint matching given keys for referenced table "lamp_part"',
        ],
    ),
];
