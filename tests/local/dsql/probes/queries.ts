import { columns, type Expected, type Probe, prepared, rows, single, userGuide } from "../probe";

const recorded = "queries, 2026-09-18";
const lamps = [
    "CREATE TABLE lamp (id int PRIMARY KEY, n int, name text)",
    "INSERT INTO lamp VALUES (1, 10, 'a'), (2, 20, 'b'), (3, 20, NULL)",
];
const parts = [
    "CREATE TABLE lamp_part (id int PRIMARY KEY, lamp_id int)",
    "INSERT INTO lamp_part VALUES (7, 1), (8, 1)",
];

/** A query without a table, and its rows. */
function plain(text: string, ...expected: readonly string[]): Probe {
    return single(text, recorded, [text, rows(...expected)]);
}

/** A query on three lamps and, if it asks for them, two parts of the first; and its rows. */
function query(text: string, ...expected: readonly string[]): Probe {
    return answer(text, recorded, rows(...expected));
}

function answer(text: string, source: string, expected: Expected): Probe {
    const setup = text.includes("lamp_part") ? [...lamps, ...parts] : lamps;
    return prepared(setup, text, source, [text, expected]);
}

/** Queries that a real cluster answers as PostgreSQL does. */
export const queries: readonly Probe[] = [
    plain("SELECT ROW(1, 'a')", "(1,a)"),
    plain("SELECT string_to_array('1,2,3', ',')", "{1,2,3}"),
    plain("SELECT CASE WHEN 2 > 1 THEN 'more' ELSE 'less' END", "more"),
    plain("SELECT coalesce(NULL, 'x'), nullif(1, 2), nullif(1, 1)", "x|1|"),
    plain("SELECT '41'::int + 1, 7::text", "42|7"),
    plain("SELECT 'a' || 'b', upper('a'), lower('A'), length('abc')", "ab|A|a|3"),
    plain("SELECT 5 WHERE 2 BETWEEN 1 AND 3", "5"),
    plain("SELECT 1 IS DISTINCT FROM 2, NULL IS DISTINCT FROM NULL", "t|f"),
    plain("WITH a AS (SELECT 1 AS n), b AS (SELECT n + 1 AS n FROM a) SELECT n FROM b", "2"),
    plain("SELECT * FROM generate_series(1, 3) ORDER BY 1 DESC", "3", "2", "1"),
    plain("VALUES (1, 'a'), (2, 'b')", "1|a", "2|b"),
    plain("EXPLAIN SELECT 1", "Result  (cost=0.00..0.01 rows=1 width=4)"),
    single("a plan is a column of text", recorded, ["EXPLAIN SELECT 1", columns("QUERY PLAN")]),
    single("columns without a name are named as in PostgreSQL", recorded, [
        "SELECT 1, 1::text, upper('a'), CASE WHEN true THEN 1 END, ROW(1), coalesce(1, 2)",
        columns("?column?", "text", "upper", "case", "row", "coalesce"),
    ]),
    query("SELECT lamp FROM lamp WHERE id = 1", "(1,10,a)"),
    query("SELECT (SELECT l FROM lamp AS l WHERE l.id = m.id) FROM lamp AS m LIMIT 1", "(1,10,a)"),
    query("SELECT id FROM lamp WHERE name = 'b'", "2"),
    query("SELECT DISTINCT n FROM lamp ORDER BY n", "10", "20"),
    query("SELECT n, count(*) FROM lamp GROUP BY n ORDER BY n", "10|1", "20|2"),
    query("SELECT n, count(*) FROM lamp GROUP BY DISTINCT n ORDER BY n", "10|1", "20|2"),
    query("SELECT n FROM lamp GROUP BY n HAVING count(*) > 1", "20"),
    query("SELECT id FROM lamp ORDER BY name ASC NULLS FIRST", "3", "1", "2"),
    query("SELECT id FROM lamp ORDER BY name DESC NULLS LAST", "2", "1", "3"),
    query("SELECT id FROM lamp ORDER BY id LIMIT 1 OFFSET 1", "2"),
    query("SELECT count(*), count(DISTINCT n), min(name), max(n) FROM lamp", "3|2|a|20"),
    query("SELECT count(*) FROM lamp GROUP BY CUBE (n) ORDER BY 1", "1", "2", "3"),
    query("SELECT row_number() OVER (ORDER BY id DESC) FROM lamp WHERE n = 20", "1", "2"),
    query("SELECT lag(name) OVER (ORDER BY id) FROM lamp ORDER BY id", "", "a", "b"),
    query("SELECT p.id FROM lamp AS l JOIN lamp_part AS p ON p.lamp_id = l.id", "7", "8"),
    query(
        "SELECT l.id, p.id FROM lamp AS l LEFT JOIN lamp_part AS p ON p.lamp_id = l.id ORDER BY 1, 2",
        "1|7",
        "1|8",
        "2|",
        "3|",
    ),
    query(
        "SELECT l.id, p.id FROM lamp AS l RIGHT JOIN lamp_part AS p ON p.lamp_id = l.id AND p.id = 7 ORDER BY 2",
        "1|7",
        "|8",
    ),
    query(
        "SELECT count(*) FROM lamp AS l FULL JOIN lamp_part AS p ON p.lamp_id = l.id AND p.id = 7",
        "4",
    ),
    query("SELECT count(*) FROM lamp CROSS JOIN lamp_part", "6"),
    query("SELECT n FROM lamp UNION SELECT n FROM lamp ORDER BY 1", "10", "20"),
    query("SELECT n FROM lamp UNION ALL SELECT 10 ORDER BY 1", "10", "10", "20", "20"),
    query("SELECT n FROM lamp INTERSECT SELECT 20", "20"),
    query("SELECT n FROM lamp EXCEPT SELECT n FROM lamp"),
    query("SELECT (SELECT count(*) FROM lamp_part)", "2"),
    query("SELECT id FROM lamp WHERE id IN (SELECT lamp_id FROM lamp_part)", "1"),
    query(
        "SELECT id FROM lamp AS l WHERE NOT EXISTS (SELECT FROM lamp_part WHERE lamp_id = l.id) ORDER BY 1",
        "2",
        "3",
    ),
    query(
        "SELECT id FROM lamp AS l WHERE n > (SELECT avg(n) FROM lamp AS m WHERE m.id <= l.id)",
        "2",
        "3",
    ),
    query(
        "SELECT l.id, x.c FROM lamp AS l CROSS JOIN LATERAL (SELECT count(*) AS c FROM lamp_part AS p WHERE p.lamp_id = l.id) AS x ORDER BY 1",
        "1|2",
        "2|0",
        "3|0",
    ),
    query(
        "SELECT l.id, x.q FROM lamp AS l CROSS JOIN LATERAL (SELECT l.id AS q FROM lamp_part AS p WHERE l.id = p.lamp_id AND p.id = 7) AS x",
        "1|1",
    ),
    query(
        "SELECT l.id, x.q FROM lamp AS l JOIN LATERAL (SELECT l.id AS q FROM lamp_part AS p WHERE l.id = p.lamp_id AND p.id = 7) AS x ON true",
        "1|1",
    ),
    ...[
        "SELECT id FROM lamp WHERE id = 1 FOR UPDATE",
        "SELECT id FROM lamp WHERE id = 1 FOR KEY SHARE",
    ].map((text) => answer(text, "occ, 2026-09-15", rows("1"))),
    ...[
        "SELECT id FROM lamp WHERE n = 10 FOR UPDATE",
        "SELECT l.id FROM lamp AS l JOIN lamp_part AS p ON p.lamp_id = l.id WHERE p.id = 7 FOR UPDATE",
        "SELECT l.id FROM lamp AS l JOIN lamp_part AS p ON p.lamp_id = l.id WHERE p.id = 7 FOR UPDATE OF l",
    ].map((text) => answer(text, userGuide("release-notes"), rows("1"))),
    answer("SELECT id FROM lamp WHERE false FOR UPDATE", "occ, 2026-09-15", "SELECT 0"),
    answer(
        "INSERT INTO lamp VALUES (1, 0, 'z') ON CONFLICT (id) DO UPDATE SET n = EXCLUDED.n",
        recorded,
        "INSERT 0 1",
    ),
    answer(
        "INSERT INTO lamp VALUES (9, 0, 'v') ON CONFLICT (id) DO NOTHING RETURNING name",
        "supported, 2026-09-18",
        rows("v"),
    ),
    answer("DELETE FROM lamp_part USING lamp WHERE lamp_part.id = 7", recorded, "DELETE 1"),
    answer("UPDATE lamp SET name = 'x' WHERE id = 2", "supported, 2026-09-18", "UPDATE 1"),
    answer("DELETE FROM lamp WHERE id = 3", "supported, 2026-09-18", "DELETE 1"),
    prepared(
        lamps,
        "constraints may be deferred in a transaction",
        recorded,
        ["BEGIN", "BEGIN"],
        ["SET CONSTRAINTS ALL DEFERRED", "SET CONSTRAINTS"],
        ["COMMIT", "COMMIT"],
    ),
];
