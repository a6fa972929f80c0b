/**
 * `admin` and what it owns. It is an ordinary role that may make others; the schema `public`
 * belongs to the owner of the database, and other roles have no use of it.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html
 */
export const roles = `
-- Roles belong to the whole server, where another database may just be making the same one.
DO $$
BEGIN
    CREATE ROLE admin LOGIN CREATEROLE;
EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL;
END $$;

DO $$
BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO admin', current_database());
END $$;

REVOKE ALL ON SCHEMA public FROM PUBLIC;

CREATE SCHEMA IF NOT EXISTS sys;
CREATE SCHEMA IF NOT EXISTS dsql_internal;
-- What the front door runs in a client's name calls functions of dsql_internal.
GRANT USAGE ON SCHEMA sys, dsql_internal TO PUBLIC;
`;
