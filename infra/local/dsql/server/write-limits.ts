/**
 * What a transaction may write: 3,000 rows, those of cascades included, and 10 MiB, of rows up to
 * 2 MiB with values up to 1 MiB (JSON as it is compressed). A trigger on each table counts; the
 * count is a setting of the transaction, so that going back to a savepoint takes it back.
 * Sources: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html and
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-postgresql-compatibility-supported-data-types.html
 *
 * It works row by row and adds some 15 µs of the server's time to a transaction of one row, 2 µs
 * for each further one; a trigger for each statement, which collects the rows first, adds as much.
 */
export const writeLimits = `
CREATE OR REPLACE FUNCTION dsql_internal.limit_writes() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    -- Both counts in one number, the rows in units of 2^32 and the bytes: each further expression
    -- costs every transaction some microseconds. Bytes as they are sent, because what is stored
    -- is compressed.
    written bigint;
    largest_value bigint;
    stored_size bigint;
BEGIN
    written := set_config(
        'dsql_internal.written',
        (
            coalesce(nullif(current_setting('dsql_internal.written', true), ''), '0')::bigint
            + 4294967296 + coalesce(octet_length(record_send(NEW)), 0)
        )::text,
        true
    );
    IF written < 3001 * 4294967296 AND (written & 4294967295) <= 1048576 THEN
        RETURN NULL;
    END IF;
    IF written >= 3001 * 4294967296 THEN
        RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = 'transaction row limit exceeded';
    END IF;
    IF octet_length(record_send(NEW)) > 1048576 THEN
        EXECUTE dsql_internal.size_query(TG_RELID) INTO largest_value, stored_size
        USING NEW, pg_column_size(NEW);
        IF largest_value > 1048576 THEN
            RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = 'maximum column size exceeded';
        END IF;
        IF stored_size > 2097152 THEN
            RAISE EXCEPTION USING ERRCODE = '54000', MESSAGE = 'maximum row size exceeded';
        END IF;
    END IF;
    IF (written & 4294967295) > 10485760 THEN
        RAISE EXCEPTION USING ERRCODE = '54000',
            MESSAGE = 'transaction size limit 10mb exceeded',
            DETAIL = format(
                'Current transaction size %smb 10mb', ceil((written & 4294967295) / 1048576.0)
            );
    END IF;
    RETURN NULL;
END $$;

-- Measures the values of $1, a row that takes $2 bytes as it is stored. Once it is an argument
-- nothing in it is compressed any more, so JSON takes at most what the row took.
CREATE OR REPLACE FUNCTION dsql_internal.size_query(watched oid) RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
    SELECT format(
        'SELECT max(size), sum(size) FROM unnest(ARRAY[%s]) AS size',
        string_agg(
            format(
                CASE WHEN atttypid = ANY ('{text, varchar, bpchar, bytea}'::regtype[])
                    THEN 'octet_length(($1).%I)' ELSE 'least(pg_column_size(($1).%I), $2)' END,
                attname
            ), ', '
        )
    )
    FROM pg_attribute WHERE attrelid = watched AND attnum > 0 AND NOT attisdropped
$$;

CREATE OR REPLACE FUNCTION dsql_internal.watch_writes(watched regclass) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    EXECUTE format(
        'CREATE TRIGGER dsql_internal_limit AFTER INSERT OR UPDATE OR DELETE ON %s '
        'FOR EACH ROW EXECUTE FUNCTION dsql_internal.limit_writes()', watched
    );
    -- Nobody is shown triggers that PostgreSQL takes for its own.
    UPDATE pg_trigger SET tgisinternal = true
    WHERE tgrelid = watched AND tgname = 'dsql_internal_limit';
END $$;
`;
