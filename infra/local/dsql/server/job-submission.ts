/**
 * What stands behind `CREATE INDEX ASYNC` and `ALTER TABLE ASYNC … VALIDATE CONSTRAINT`. Both are
 * called with the text less ASYNC, run with the caller's rights, and answer the job's id; null for
 * an index that is there already (IF NOT EXISTS). Errors are PostgreSQL's own.
 *
 * The index exists from then on and every write keeps it up to date, yet it is not valid, and not
 * unique either, before its job has run.
 */
export const jobSubmission = String.raw`
CREATE OR REPLACE FUNCTION dsql_internal.submit_index(definition text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    blank constant text := '([[:space:]]|/\*.*?\*/|--[^\n]*\n)';
    unique_index constant text :=
        format('^(%1$s*CREATE%1$s+)UNIQUE(%1$s+INDEX)', replace(blank, '(', '(?:'));
BEGIN
    PERFORM set_config('dsql_internal.created_index', '', true);
    -- Duplicates are for the job to find, so the index is built without looking for them.
    EXECUTE regexp_replace(definition, unique_index, '\1\2', 'i');
    RETURN dsql_internal.record_index(definition ~* unique_index);
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.record_index(is_unique boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    created oid := nullif(current_setting('dsql_internal.created_index', true), '')::oid;
    id text := dsql_internal.new_job_id();
    relation pg_class;
BEGIN
    IF created IS NULL THEN
        RETURN NULL;
    END IF;
    UPDATE pg_index SET indisvalid = false WHERE indexrelid = created;
    SELECT pg_class.* INTO relation FROM pg_class JOIN pg_index ON pg_class.oid = indrelid
    WHERE indexrelid = created;
    INSERT INTO dsql_internal.job (job_id, job_type, class_id, object_id, table_name, is_unique)
    VALUES (
        id, 'INDEX_BUILD', 'pg_class'::regclass, created,
        relation.relnamespace::regnamespace || '.' || quote_ident(relation.relname), is_unique
    );
    RETURN id;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.submit_validation(definition text) RETURNS text
LANGUAGE plpgsql AS $$
DECLARE
    pending oid[] := array(SELECT oid FROM pg_catalog.pg_constraint WHERE NOT convalidated);
    target oid;
    schema_name text;
    relation_name text;
    broken_constraint text;
BEGIN
    -- Whether rows break the constraint is for the job to say: what was done is undone.
    BEGIN
        EXECUTE definition;
        target := (
            SELECT oid FROM pg_catalog.pg_constraint WHERE convalidated AND oid = ANY (pending)
        );
        RAISE EXCEPTION USING ERRCODE = 'DQ000';
    EXCEPTION
        WHEN SQLSTATE 'DQ000' THEN NULL;
        WHEN check_violation OR foreign_key_violation THEN
            GET STACKED DIAGNOSTICS
                schema_name = SCHEMA_NAME,
                relation_name = TABLE_NAME,
                broken_constraint = CONSTRAINT_NAME;
            target := (
                SELECT oid FROM pg_catalog.pg_constraint
                WHERE
                    conrelid = format('%I.%I', schema_name, relation_name)::regclass
                    AND conname = broken_constraint
            );
    END;
    RETURN dsql_internal.record_validation(target);
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.record_validation(target oid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    id text := dsql_internal.new_job_id();
BEGIN
    INSERT INTO dsql_internal.job (job_id, job_type, class_id, object_id, table_name)
    VALUES (
        id, 'VALIDATE_CONSTRAINT', 'pg_constraint'::regclass, target,
        (
            SELECT relnamespace::regnamespace || '.' || quote_ident(relname)
            FROM pg_class JOIN pg_constraint ON conrelid = pg_class.oid
            WHERE pg_constraint.oid = target
        )
    );
    RETURN id;
END $$;
`;
