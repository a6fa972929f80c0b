/**
 * What a database may hold, looked at whenever something is defined: 1,000 tables, 10 schemas,
 * 5,000 views and sequences, 24 indexes and 255 columns in a table, varchar(65535), char(4096);
 * and that a table keeps its key. The messages about sequences and lengths are derived.
 * Sources: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html,
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-data-types.html
 * and the dropped column recorded on a real cluster, 2026-09-18 (`alters`).
 */
export const catalogLimits = String.raw`
CREATE TABLE IF NOT EXISTS dsql_internal.table_key (constraint_oid oid PRIMARY KEY);

CREATE OR REPLACE FUNCTION dsql_internal.is_own(namespace oid) RETURNS boolean
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT namespace::regnamespace::text ~ '^(pg_|information_schema$|sys$|dsql_internal$)'
$$;

CREATE OR REPLACE FUNCTION dsql_internal.limit_relations(kind "char", most integer, message text)
RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF most < (
        SELECT count(*) FROM pg_class
        WHERE relkind = kind AND NOT dsql_internal.is_own(relnamespace)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = message;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.limit_columns(defined oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    longest text;
BEGIN
    IF 255 < (
        SELECT count(*) FROM pg_attribute
        WHERE attrelid = defined AND attnum > 0 AND NOT attisdropped
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '54011', MESSAGE = 'tables can have at most 255 columns';
    END IF;
    -- The modifier counts four bytes of its own.
    SELECT CASE atttypid WHEN 'varchar'::regtype THEN 'varchar cannot exceed 65535'
        ELSE 'char cannot exceed 4096' END INTO longest
    FROM pg_attribute
    WHERE attrelid = defined AND attnum > 0 AND NOT attisdropped AND (
        atttypid = 'varchar'::regtype AND atttypmod > 65535 + 4
        OR atttypid = 'bpchar'::regtype AND atttypmod > 4096 + 4
    );
    IF FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'length for type ' || longest;
    END IF;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.limit_indexes(defined oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    IF 24 < (
        SELECT count(*) FROM pg_index
        WHERE indrelid = (SELECT indrelid FROM pg_index WHERE indexrelid = defined)
    ) THEN
        RAISE EXCEPTION USING ERRCODE = '54000',
            MESSAGE = 'more than 24 indexes per table are not allowed';
    END IF;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.adopt_table(defined oid) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO dsql_internal.table_key
    SELECT oid FROM pg_constraint WHERE conrelid = defined AND contype = 'p'
    ON CONFLICT DO NOTHING;
    IF NOT EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = defined AND tgname = 'dsql_internal_limit'
    ) THEN
        PERFORM dsql_internal.watch_writes(defined);
    END IF;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.on_definition() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    defined record;
BEGIN
    -- What this server's own jobs define is gone again before anybody sees it.
    IF session_user = 'dsql_internal' THEN
        RETURN;
    END IF;
    FOR defined IN SELECT * FROM pg_event_trigger_ddl_commands() LOOP
        CASE defined.command_tag
            WHEN 'CREATE TABLE' THEN
                PERFORM dsql_internal.limit_relations(
                    'r', 1000, 'creating more than 1000 tables not allowed');
                PERFORM dsql_internal.limit_columns(defined.objid);
                PERFORM dsql_internal.adopt_table(defined.objid);
            WHEN 'ALTER TABLE' THEN
                PERFORM dsql_internal.limit_columns(defined.objid);
            WHEN 'CREATE INDEX' THEN
                PERFORM dsql_internal.limit_indexes(defined.objid);
                PERFORM set_config('dsql_internal.created_index', defined.objid::text, true);
            WHEN 'CREATE VIEW' THEN
                PERFORM dsql_internal.limit_relations(
                    'v', 5000, 'creating more than 5000 views not allowed');
            WHEN 'CREATE SEQUENCE' THEN
                PERFORM dsql_internal.limit_relations(
                    'S', 5000, 'creating more than 5000 sequences not allowed');
            WHEN 'CREATE SCHEMA' THEN
                IF 10 < (SELECT count(*) FROM pg_namespace WHERE NOT dsql_internal.is_own(oid)) THEN
                    RAISE EXCEPTION USING ERRCODE = '54000',
                        MESSAGE = 'more than 10 schemas not allowed';
                END IF;
            ELSE NULL;
        END CASE;
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.on_drop() RETURNS event_trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    dropped record;
    lost_key boolean := EXISTS (
        SELECT FROM pg_event_trigger_dropped_objects()
        JOIN dsql_internal.table_key ON constraint_oid = objid
        WHERE classid = 'pg_constraint'::regclass
    );
BEGIN
    FOR dropped IN SELECT * FROM pg_event_trigger_dropped_objects() WHERE original LOOP
        IF lost_key AND tg_tag = 'ALTER TABLE' THEN
            RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = format(
                'cannot drop primary key %s %s',
                CASE dropped.object_type WHEN 'table column' THEN 'column' ELSE 'constraint' END,
                dropped.address_names[3]
            );
        END IF;
        IF dropped.object_type = 'table' AND dropped.schema_name NOT LIKE 'pg\_%' THEN
            INSERT INTO dsql_internal.job
                (job_id, status, job_type, class_id, object_id, update_time)
            VALUES (
                dsql_internal.new_job_id(), 'completed', 'DROP', dropped.classid, dropped.objid,
                date_trunc('second', clock_timestamp())
            );
        END IF;
    END LOOP;
    DELETE FROM dsql_internal.table_key
    USING pg_event_trigger_dropped_objects()
    WHERE constraint_oid = objid AND classid = 'pg_constraint'::regclass;
END $$;

DROP EVENT TRIGGER IF EXISTS dsql_internal_definition;
CREATE EVENT TRIGGER dsql_internal_definition ON ddl_command_end
WHEN TAG IN (
    'CREATE TABLE', 'ALTER TABLE', 'CREATE INDEX', 'CREATE VIEW', 'CREATE SEQUENCE', 'CREATE SCHEMA'
)
EXECUTE FUNCTION dsql_internal.on_definition();

DROP EVENT TRIGGER IF EXISTS dsql_internal_drop;
CREATE EVENT TRIGGER dsql_internal_drop ON sql_drop
WHEN TAG IN ('ALTER TABLE', 'DROP TABLE', 'DROP SCHEMA', 'DROP OWNED')
EXECUTE FUNCTION dsql_internal.on_drop();

-- Tables that are there already, because the database was filled by an earlier version.
SELECT dsql_internal.adopt_table(oid) FROM pg_class
WHERE relkind = 'r' AND NOT dsql_internal.is_own(relnamespace);
`;
