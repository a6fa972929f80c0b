import type { Log } from "../log";
import type { Row } from "./session";

/** Lets an IAM role open sessions as a database role. */
export interface Grant {
    readonly databaseRole: string;
    readonly iamRoleArn: string;
}

interface GrantsWanted {
    readonly grants: readonly Grant[];
    readonly log: Log;
}

type Run = (text: string, values?: readonly string[]) => Promise<readonly Row[]>;

/** Every role that migrations create has this prefix, so these mappings are ours to remove. */
const rolePrefix = "shop_";

/**
 * Makes the mappings of IAM roles to our database roles exactly the wanted ones. No grants at all
 * change nothing: a cell whose functions may not connect is never what was meant.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html
 * @returns what was granted and revoked, as `role arn`
 * @throws Error naming every grant that is not a role and an ARN
 */
export async function syncGrants(
    run: Run,
    { grants, log }: GrantsWanted,
): Promise<{ granted: readonly string[]; revoked: readonly string[] }> {
    refuseMalformed(grants);
    if (grants.length === 0) {
        return { granted: [], revoked: [] };
    }
    const rows = await run("SELECT arn, pg_role_name FROM sys.iam_pg_role_mappings");
    const mapped = rows
        .map((row) => ({ databaseRole: `${row["pg_role_name"]}`, iamRoleArn: `${row["arn"]}` }))
        .filter(({ databaseRole }) => databaseRole.startsWith(rolePrefix));
    const missing = without(grants, mapped);
    const unwanted = without(mapped, grants);
    // A grant comes before a revocation, so that a role that is replaced is never without one.
    for (const grant of missing) {
        await run(`AWS IAM GRANT ${grant.databaseRole} TO '${grant.iamRoleArn}'`);
        log("info", `Granted ${nameOf(grant)}.`);
    }
    for (const grant of unwanted) {
        await run(`AWS IAM REVOKE ${grant.databaseRole} FROM '${grant.iamRoleArn}'`);
        log("info", `Revoked ${nameOf(grant)}.`);
    }
    return { granted: missing.map(nameOf), revoked: unwanted.map(nameOf) };
}

function refuseMalformed(grants: readonly Grant[]): void {
    const malformed = grants.filter(
        ({ databaseRole, iamRoleArn }) =>
            !/^shop_[a-z_]{1,40}$/.test(databaseRole) ||
            !/^arn:[a-z-]+:iam::\d{12}:role\/[\w+=,.@/-]{1,576}$/.test(iamRoleArn),
    );
    if (malformed.length > 0) {
        throw new Error(
            `Grants need a database role like shop_orders and the ARN of an IAM role, not: ` +
                `${malformed.map(nameOf).join("; ")}.`,
        );
    }
}

function without(grants: readonly Grant[], others: readonly Grant[]): readonly Grant[] {
    const names = new Set(others.map(nameOf));
    return grants.filter((grant) => !names.has(nameOf(grant)));
}

function nameOf({ databaseRole, iamRoleArn }: Grant): string {
    return `${databaseRole} ${iamRoleArn}`;
}
