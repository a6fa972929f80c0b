/**
 * `sys.jobs`, `sys.wait_for_job` and the table behind them. A job's id is a UUID in base32, as a
 * real cluster's are; waiting answers whether the job succeeded, or null when it is not known, and
 * raises nothing for a job that failed.
 * Sources: the jobs recorded on a real cluster, 2026-09-15 (`index`), and
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-create-index-async.html
 */
export const jobCatalog = String.raw`
CREATE TABLE IF NOT EXISTS dsql_internal.job (
    number bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    job_id text NOT NULL UNIQUE,
    status text NOT NULL DEFAULT 'submitted',
    details text,
    job_type text NOT NULL,
    class_id oid NOT NULL,
    object_id oid,
    -- What to name when the object is gone.
    table_name text,
    is_unique boolean NOT NULL DEFAULT false,
    start_time timestamptz NOT NULL DEFAULT date_trunc('second', clock_timestamp()),
    update_time timestamptz
);

CREATE OR REPLACE VIEW sys.jobs AS
SELECT
    job.job_id,
    job.status,
    job.details,
    job.job_type,
    job.class_id,
    job.object_id,
    coalesce(
        relation.relnamespace::regnamespace || '.' || quote_ident(relation.relname),
        known.connamespace::regnamespace || '.' || quote_ident(known.conname)
    ) AS object_name,
    job.start_time,
    job.update_time
FROM dsql_internal.job AS job
LEFT JOIN pg_catalog.pg_class AS relation
    ON job.class_id = 'pg_class'::regclass AND relation.oid = job.object_id
LEFT JOIN pg_catalog.pg_constraint AS known
    ON job.class_id = 'pg_constraint'::regclass AND known.oid = job.object_id
WHERE
    job.status NOT IN ('completed', 'failed')
    OR job.update_time > clock_timestamp() - interval '30 minutes';
GRANT SELECT ON sys.jobs TO PUBLIC;

CREATE OR REPLACE FUNCTION dsql_internal.new_job_id() RETURNS text
LANGUAGE sql VOLATILE SET search_path = pg_catalog, pg_temp AS $$
    -- Two bits more make the UUID's 128 a multiple of the five in a character.
    WITH random AS (SELECT uuid_send(gen_random_uuid()) || '\x00'::bytea AS bytes)
    SELECT string_agg(
        substr('abcdefghijklmnopqrstuvwxyz234567', 1 + (
            SELECT sum(get_bit(bytes, at / 8 * 8 + 7 - at % 8) << (4 - place))::integer
            FROM (SELECT place, digit * 5 + place AS at FROM generate_series(0, 4) AS place) AS bits
        ), 1), '' ORDER BY digit
    )
    FROM random, generate_series(0, 25) AS digit
$$;

-- Not SECURITY DEFINER: such a procedure may not commit, and would wait in its first snapshot.
CREATE OR REPLACE PROCEDURE sys.wait_for_job(job_id text, INOUT succeeded boolean DEFAULT NULL)
LANGUAGE plpgsql AS $$
DECLARE
    state text;
    -- Just before the five minutes at which a transaction ends.
    deadline timestamptz := clock_timestamp() + interval '295 seconds';
BEGIN
    IF job_id IS NULL OR job_id !~ '^[a-z2-7]{25}[aeimquy4]$' THEN
        RAISE EXCEPTION USING ERRCODE = '22P02', MESSAGE = 'Unable to convert text to UUID';
    END IF;
    LOOP
        COMMIT;
        SELECT jobs.status INTO state FROM sys.jobs WHERE jobs.job_id = wait_for_job.job_id;
        succeeded := CASE state WHEN 'completed' THEN true WHEN 'failed' THEN false END;
        EXIT WHEN succeeded IS NOT NULL OR state IS NULL OR clock_timestamp() > deadline;
        PERFORM pg_sleep(0.02);
    END LOOP;
END $$;
`;
