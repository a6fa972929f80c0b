import { type Batches, describeAsPostgres } from "./protocol-comparison";
import { exchange, query } from "./protocol-messages";

const batches: Batches = {
    "several statements": [query("SELECT 1; SELECT 2 AS two; SELECT name FROM item WHERE id = 9")],
    "a transaction in one query": [
        query("BEGIN; INSERT INTO item VALUES (7, 'x'); COMMIT"),
        query("SELECT count(*) FROM item"),
    ],
    "two transactions in one query": [
        query(
            "BEGIN; INSERT INTO item VALUES (7, 'x'); ROLLBACK; BEGIN; DELETE FROM item WHERE id = 1; COMMIT",
        ),
        query("SELECT count(*) FROM item"),
    ],
    "the beginning of a transaction": [
        query("BEGIN; INSERT INTO item VALUES (7, 'x')"),
        query("SELECT count(*) FROM item; ROLLBACK; SELECT count(*) FROM item"),
    ],
    "changes without BEGIN": [
        query("INSERT INTO item VALUES (7, 'x'); UPDATE item SET name = 'y' WHERE id = 7"),
        query("SELECT name FROM item WHERE id = 7"),
    ],
    "an error that undoes what came before it": [
        query("INSERT INTO item VALUES (7, 'x'); INSERT INTO item VALUES (1, 'y'); SELECT 1"),
        query("SELECT count(*) FROM item"),
    ],
    "an error after COMMIT": [
        query("BEGIN; INSERT INTO item VALUES (7, 'x'); COMMIT; SELECT 1 / 0; SELECT 2"),
        query("SELECT count(*) FROM item"),
    ],
    "an error in a transaction": [
        query("BEGIN; INSERT INTO item VALUES (1, 'y'); COMMIT"),
        query("SELECT 1"),
        query("ROLLBACK"),
    ],
    "a syntax error in the last statement": [
        query("INSERT INTO item VALUES (7, 'x'); SELEC 1"),
        query("SELECT count(*) FROM item"),
    ],
    "comments and semicolons": [query(";; -- one\n SELECT 1 /* ; */ ;; SELECT ';' AS \"a;b\";")],
    "a quoted body": [query("SELECT $$;$$, E'\\';', U&'\\0041'; SELECT 2")],
    "letters of all alphabets": [
        query("SELECT 'ä€😀' AS \"ключ\"; SELECT 'ü' AS nothing FROM item"),
        query("SELECT 'ä', ö FROM item"),
    ],
    "a division by zero between queries": [
        query("SELECT 1 / 0"),
        ...exchange("SELECT 1"),
        query("SELECT 2"),
    ],
    "a read-only transaction": [
        query("BEGIN READ ONLY; SELECT 1"),
        query("INSERT INTO item VALUES (7, 'x')"),
        query("END"),
    ],
    "a chain of transactions": [query("BEGIN; SELECT 1; COMMIT; SELECT 2; BEGIN; SELECT 3; ABORT")],
    "the plan of a statement": [query("EXPLAIN (COSTS OFF) SELECT 1")],
};

describe("the front door answers simple queries as PostgreSQL does", () =>
    describeAsPostgres(batches));
