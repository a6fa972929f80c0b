import { type Probe, statements, userGuide } from "../probe";

/** Refused by the text alone, so the objects need not exist. */
export const unsupportedStatements: readonly Probe[] = [
    ...statements("unsupported and enum, 2026-09-18", {
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
        "0A000 unsupported statement: CreateRange": ["CREATE TYPE span AS RANGE (subtype = int4)"],
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
    }),
    ...statements(userGuide("working-with-postgresql-compatibility-unsupported-features"), {
        "0A000 unsupported statement: CreatePolicy": ["CREATE POLICY p ON orders USING (true)"],
        "0A000 unsupported statement: Do": ["DO $$ BEGIN NULL; END $$"],
        "0A000 unsupported statement: Lock": ["LOCK TABLE orders"],
        "0A000 unsupported statement: Rule": ["CREATE RULE r AS ON INSERT TO orders DO NOTHING"],
        "0A000 unsupported statement: CreateEventTrig": [
            "CREATE EVENT TRIGGER e ON ddl_command_end EXECUTE FUNCTION f()",
        ],
        "0A000 unsupported statement: CreatePublication": ["CREATE PUBLICATION p"],
        "0A000 CREATE PROCEDURE with language plpgsql not supported": [
            "CREATE PROCEDURE f() LANGUAGE plpgsql AS $$ BEGIN NULL; END $$",
        ],
        "0A000 function pg_advisory_lock not supported": ["SELECT pg_advisory_lock(1)"],
        "0A000 function pg_try_advisory_xact_lock not supported": [
            "SELECT pg_try_advisory_xact_lock(1)",
        ],
    }),
    ...statements("https://github.com/awslabs/aurora-dsql-tools", {
        '0A000 setting configuration parameter "role" not supported': ["SET ROLE app"],
        "0A000 unsupported statement: Prepare": ["PREPARE q AS SELECT 1"],
        "0A000 unsupported statement: Execute": ["EXECUTE q"],
    }),
    ...statements("transaction and isolation, 2026-09-18", {
        "0A000 Unsupported isolation level: SERIALIZABLE": [
            "BEGIN ISOLATION LEVEL SERIALIZABLE",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE",
            "START TRANSACTION ISOLATION LEVEL SERIALIZABLE READ ONLY",
        ],
        "0A000 Unsupported isolation level: READ COMMITTED": [
            "BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY",
        ],
        "0A000 Unsupported isolation level: READ UNCOMMITTED": [
            "BEGIN ISOLATION LEVEL READ UNCOMMITTED",
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
        "0A000 unsupported transaction statement: PREPARE TRANSACTION": ["PREPARE TRANSACTION 'x'"],
        "0A000 unsupported transaction statement: AND CHAIN": ["COMMIT AND CHAIN"],
    }),
];
