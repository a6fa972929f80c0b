/**
 * `sys.iam_pg_role_mappings`, `AWS IAM GRANT` and `AWS IAM REVOKE`. The columns and messages are
 * the documented ones; the SQLSTATEs of 0A000, 0LP01 and 22023, and that granting twice does
 * nothing, are derived.
 * Sources: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html
 * and https://docs.aws.amazon.com/aurora-dsql/latest/userguide/troubleshooting.html
 */
export const iamGrants = String.raw`
CREATE SEQUENCE IF NOT EXISTS dsql_internal.iam_oid MINVALUE 26384;

CREATE TABLE IF NOT EXISTS dsql_internal.iam_grant (
    iam_oid oid NOT NULL DEFAULT nextval('dsql_internal.iam_oid')::oid,
    arn text NOT NULL,
    pg_role_oid oid NOT NULL,
    grantor_pg_role_oid oid NOT NULL,
    PRIMARY KEY (pg_role_oid, arn)
);

-- A privilege on this, which two may not change at a time, makes PostgreSQL itself refuse to drop a role that still has a mapping.
CREATE TABLE IF NOT EXISTS dsql_internal.iam_trust ();

CREATE OR REPLACE VIEW sys.iam_pg_role_mappings AS
SELECT
    iam.iam_oid,
    iam.arn,
    iam.pg_role_oid,
    role.rolname AS pg_role_name,
    iam.grantor_pg_role_oid,
    grantor.rolname AS grantor_pg_role_name
FROM dsql_internal.iam_grant AS iam
JOIN pg_catalog.pg_roles AS role ON role.oid = iam.pg_role_oid
LEFT JOIN pg_catalog.pg_roles AS grantor ON grantor.oid = iam.grantor_pg_role_oid;
GRANT SELECT ON sys.iam_pg_role_mappings TO PUBLIC;

CREATE OR REPLACE FUNCTION dsql_internal.find_trusted_role(role text) RETURNS oid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    found record;
BEGIN
    IF session_user <> 'admin' THEN
        RAISE EXCEPTION USING ERRCODE = '42501',
            MESSAGE = format('permission denied to grant IAM trust with role "%s"', role);
    END IF;
    SELECT pg_roles.oid, rolcanlogin INTO found FROM pg_roles WHERE rolname = role;
    IF found IS NULL THEN
        RAISE EXCEPTION USING ERRCODE = '42704', MESSAGE = format('role "%s" does not exist', role);
    END IF;
    IF role IN ('admin', 'dsql_internal') OR role LIKE 'pg\_%' THEN
        RAISE EXCEPTION USING ERRCODE = '0A000', MESSAGE = format('role "%s" not supported', role);
    END IF;
    IF NOT found.rolcanlogin THEN
        RAISE EXCEPTION USING ERRCODE = '0LP01',
            MESSAGE = format('role "%s" must have the LOGIN attribute', role);
    END IF;
    RETURN found.oid;
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.grant_iam_role(role text, arn text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    trusted oid := dsql_internal.find_trusted_role(role);
BEGIN
    LOCK TABLE dsql_internal.iam_grant IN EXCLUSIVE MODE;
    IF arn !~ '^arn:aws[a-z-]*:iam::[0-9]{12}:(role|user)/[^[:space:]]+$' THEN
        RAISE EXCEPTION USING ERRCODE = '22023', MESSAGE = 'IAM role must look like an IAM ARN';
    END IF;
    INSERT INTO dsql_internal.iam_grant (arn, pg_role_oid, grantor_pg_role_oid)
    SELECT grant_iam_role.arn, trusted, oid FROM pg_roles WHERE rolname = session_user
    ON CONFLICT DO NOTHING;
    EXECUTE format('GRANT SELECT ON dsql_internal.iam_trust TO %I', role);
END $$;

CREATE OR REPLACE FUNCTION dsql_internal.revoke_iam_role(role text, arn text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    trusted oid := dsql_internal.find_trusted_role(role);
BEGIN
    LOCK TABLE dsql_internal.iam_grant IN EXCLUSIVE MODE;
    DELETE FROM dsql_internal.iam_grant AS iam
    WHERE iam.pg_role_oid = trusted AND iam.arn = revoke_iam_role.arn;
    IF NOT FOUND THEN
        RAISE EXCEPTION USING ERRCODE = '42704',
            MESSAGE = format('IAM role "%s" does not exist', arn);
    END IF;
    IF NOT EXISTS (SELECT FROM dsql_internal.iam_grant WHERE pg_role_oid = trusted) THEN
        EXECUTE format('REVOKE SELECT ON dsql_internal.iam_trust FROM %I', role);
    END IF;
END $$;
`;
