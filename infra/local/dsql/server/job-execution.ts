/**
 * The work of a job, in one transaction with its outcome.
 *
 * An index that is to be unique becomes so here, whether or not the rows allow it: one that failed
 * stays invalid, and refuses new duplicates until it is dropped. A job whose object is gone counts
 * as completed, as recorded on a real cluster, 2026-09-15 (`index`).
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/working-with-create-index-async.html
 */
export const jobExecution = `
CREATE OR REPLACE FUNCTION dsql_internal.has_duplicates(new_index oid) RETURNS boolean
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    name text := (SELECT quote_ident(relname) FROM pg_class WHERE oid = new_index);
    definition text := pg_get_indexdef(new_index);
    beginning text := format('CREATE INDEX %s ON ', name);
BEGIN
    ASSERT starts_with(definition, beginning), definition;
    EXECUTE 'CREATE UNIQUE INDEX dsql_internal_check ON '
        || substr(definition, length(beginning) + 1);
    RAISE EXCEPTION USING ERRCODE = 'DQ000';
EXCEPTION
    WHEN SQLSTATE 'DQ000' THEN RETURN false;
    WHEN unique_violation THEN RETURN true;
END $$;

-- Answers what is wrong with the index, or null.
CREATE OR REPLACE FUNCTION dsql_internal.finish_index(new_index oid, becomes_unique boolean)
RETURNS text LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    indexed oid := (SELECT indrelid FROM pg_index WHERE indexrelid = new_index);
    has_duplicates boolean := false;
BEGIN
    -- Keeps out who changes the table and, where it matters, writers, who might add a duplicate.
    EXECUTE format(
        'LOCK TABLE %s IN %s MODE', indexed::regclass,
        CASE WHEN becomes_unique THEN 'SHARE' ELSE 'SHARE UPDATE EXCLUSIVE' END
    );
    IF becomes_unique THEN
        has_duplicates := dsql_internal.has_duplicates(new_index);
    END IF;
    UPDATE pg_index SET indisvalid = NOT has_duplicates, indisunique = becomes_unique
    WHERE indexrelid = new_index;
    -- Makes every session forget the plans that it keeps for the table.
    UPDATE pg_class SET relhasindex = true WHERE oid = indexed;
    RETURN CASE WHEN has_duplicates THEN 'Found duplicate key while validating index for UCVs' END;
END $$;

-- Answers what is wrong with the rows, or null.
CREATE OR REPLACE FUNCTION dsql_internal.finish_validation(target oid) RETURNS text
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    pending pg_constraint;
BEGIN
    SELECT * INTO pending FROM pg_constraint WHERE oid = target;
    EXECUTE format(
        'ALTER TABLE %s VALIDATE CONSTRAINT %I', pending.conrelid::regclass, pending.conname
    );
    RETURN NULL;
EXCEPTION WHEN check_violation OR foreign_key_violation THEN
    RETURN SQLERRM;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.run_job(
    wanted bigint, OUT status text, OUT details text, OUT changed_catalog boolean
) LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    job dsql_internal.job;
BEGIN
    SELECT * INTO job FROM dsql_internal.job WHERE number = wanted;
    CASE
        WHEN EXISTS (SELECT FROM pg_index WHERE indexrelid = job.object_id) THEN
            details := dsql_internal.finish_index(job.object_id, job.is_unique);
            changed_catalog := true;
        WHEN EXISTS (SELECT FROM pg_constraint WHERE oid = job.object_id) THEN
            details := dsql_internal.finish_validation(job.object_id);
            changed_catalog := details IS NULL;
        ELSE
            changed_catalog := false;
    END CASE;
    status := CASE WHEN details IS NULL THEN 'completed' ELSE 'failed' END;
    IF NOT changed_catalog AND details IS NULL AND job.object_id IS NOT NULL THEN
        details := format('relation "%s" does not exist', job.table_name);
    END IF;
    PERFORM dsql_internal.end_job(wanted, status, details);
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.end_job(wanted bigint, outcome text, reason text)
RETURNS void LANGUAGE sql SET search_path = pg_catalog, pg_temp AS $$
    UPDATE dsql_internal.job
    SET status = outcome, details = reason, update_time = date_trunc('second', clock_timestamp())
    WHERE number = wanted
$$;
`;
