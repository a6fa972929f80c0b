/** Of what is in `dsql_internal`, clients may call just what the front door's rewrites call for them. */
export const privileges = `
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA dsql_internal FROM PUBLIC;
GRANT EXECUTE ON FUNCTION
    dsql_internal.submit_index, dsql_internal.record_index, dsql_internal.submit_validation,
    dsql_internal.record_validation, dsql_internal.grant_iam_role, dsql_internal.revoke_iam_role,
    dsql_internal.size_query
TO PUBLIC;
`;
