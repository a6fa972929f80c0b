import { describeAnswers } from "./planning";

describe("the dialect, by the recordings of a real cluster,", () => {
    describeAnswers("whole statements", {
        source: "unsupported and enum, 2026-09-18",
        accepted: [
            "CREATE DOMAIN colour AS text CHECK (VALUE IN ('red', 'blue'))",
            "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS $$ SELECT 1 $$",
            "CREATE TABLE paint (id int, colour text CHECK (colour IN ('red', 'blue')))",
            "CREATE TABLE paint (id int, colour colour)",
            "DROP TABLE IF EXISTS paint",
            "ANALYZE paint",
        ],
        refused: {
            "0A000 unsupported statement: Truncate": ["TRUNCATE orders", "truncate table a, b"],
            "0A000 unsupported statement: CreateExtension": ["CREATE EXTENSION pgcrypto"],
            "0A000 CREATE TRIGGER not supported": [
                "CREATE TRIGGER t AFTER INSERT ON orders EXECUTE FUNCTION f()",
            ],
            "0A000 unsupported statement: Createdb": ["CREATE DATABASE shop"],
            "0A000 unsupported statement: CreateTableAs": [
                "CREATE MATERIALIZED VIEW m AS SELECT 1 AS x",
                "CREATE TABLE c AS SELECT 1 AS x",
                "SELECT 1 AS x INTO c",
                "EXPLAIN CREATE TABLE c AS SELECT 1",
            ],
            "0A000 CREATE TYPE not supported": ["CREATE TYPE colour AS ENUM ('red')"],
            "0A000 unsupported statement: CompositeType": ["CREATE TYPE pair AS (a int, b int)"],
            "0A000 unsupported statement: CreateRange": [
                "CREATE TYPE span AS RANGE (subtype = int4)",
            ],
            "0A000 ALTER TYPE not supported": ["ALTER TYPE colour ADD VALUE 'green'"],
            "0A000 unsupported object in RENAME statement": ["ALTER TYPE colour RENAME TO hue"],
            "0A000 unsupported object in DROP statement": [
                "DROP TYPE IF EXISTS colour",
                "DROP EXTENSION pgcrypto",
                "DROP TRIGGER t ON orders",
            ],
            "0A000 unsupported statement: CreateTableSpace": [
                "CREATE TABLESPACE fast LOCATION '/fast'",
            ],
            "0A000 unsupported statement: CreateForeignTable": [
                "CREATE FOREIGN TABLE f (id int) SERVER s",
            ],
            "0A000 unsupported VACUUM statement": ["VACUUM", "VACUUM (ANALYZE) orders"],
            "0A000 unsupported statement: Listen": ["LISTEN news"],
            "0A000 unsupported statement: Notify": ["NOTIFY news, 'x'"],
            "0A000 unsupported statement: Unlisten": ["UNLISTEN *"],
            "0A000 unsupported statement: AlterSystem": ["ALTER SYSTEM SET work_mem = '4MB'"],
            "0A000 CREATE FUNCTION with language plpgsql not supported": [
                "CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$",
            ],
        },
    });

    describeAnswers("transactions", {
        source: "transaction and isolation, 2026-09-18",
        accepted: [
            "BEGIN",
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
            "COMMIT",
            "ROLLBACK",
            "SET CONSTRAINTS ALL DEFERRED",
        ],
        refused: {
            "0A000 Unsupported isolation level: SERIALIZABLE": [
                "BEGIN ISOLATION LEVEL SERIALIZABLE",
                "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            ],
            "0A000 Unsupported isolation level: READ COMMITTED": [
                "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
            ],
            '0A000 setting configuration parameter "TRANSACTION" not supported': [
                "SET TRANSACTION READ ONLY",
                "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ",
            ],
            '0A000 setting configuration parameter "SESSION CHARACTERISTICS" not supported': [
                "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY",
            ],
            '0A000 setting configuration parameter "default_transaction_isolation" not supported': [
                "SET default_transaction_isolation = 'repeatable read'",
                "SELECT set_config('default_transaction_isolation', 'serializable', false)",
                "ALTER ROLE app SET default_transaction_isolation TO serializable",
            ],
            "0A000 unsupported transaction statement: SAVEPOINT": ["SAVEPOINT here"],
            "0A000 unsupported transaction statement: RELEASE": ["RELEASE here"],
            "0A000 unsupported transaction statement: ROLLBACK TO": ["ROLLBACK TO here"],
            "0A000 unsupported transaction statement: PREPARE TRANSACTION": [
                "PREPARE TRANSACTION 'x'",
            ],
            "0A000 unsupported transaction statement: AND CHAIN": ["COMMIT AND CHAIN"],
        },
    });

    describeAnswers("what is not known to be accepted", {
        source: "derived; Execute seen on 2026-02-13",
        accepted: ["DECLARE c CURSOR FOR SELECT 1", "FETCH 2 FROM c", "CLOSE c"],
        refused: {
            "0A000 unsupported statement: Execute": ["EXECUTE q (1)", "EXPLAIN EXECUTE q (1)"],
            "0A000 unsupported statement: Prepare": ["PREPARE q AS SELECT 1"],
            "0A000 unsupported statement: Deallocate": ["DEALLOCATE ALL"],
            "0A000 unsupported statement: Do": ["DO $$ BEGIN NULL; END $$"],
            "0A000 unsupported statement: Discard": ["DISCARD ALL"],
            "0A000 unsupported statement: Lock": ["LOCK TABLE orders"],
            "0A000 unsupported statement: Cluster": ["CLUSTER orders"],
            "0A000 unsupported statement: Reindex": ["REINDEX TABLE orders"],
            "0A000 unsupported statement: Rule": [
                "CREATE RULE r AS ON INSERT TO a DO (SELECT 1; SELECT 2)",
            ],
            "0A000 unsupported statement: CreatePolicy": ["CREATE POLICY p ON orders"],
            "0A000 COPY to or from a file or program not supported": [
                "COPY orders FROM '/tmp/orders'",
                "COPY orders TO PROGRAM 'cat'",
            ],
        },
    });

    describeAnswers("the bodies of functions", {
        source: "derived",
        accepted: ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1; SELECT 2'"],
        refused: {
            "0A000 unsupported statement: Truncate": [
                "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS 'SELECT 1; TRUNCATE orders'",
                "CREATE PROCEDURE p() LANGUAGE sql AS 'TRUNCATE orders'",
            ],
            "42501 permission denied for schema dsql_internal": [
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT dsql_internal.f()'",
                "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELEC dsql_internal.f()'",
            ],
            "0A000 CREATE PROCEDURE with language plpgsql not supported": [
                "CREATE PROCEDURE p() LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
            ],
        },
    });
});
