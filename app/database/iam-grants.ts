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

/** Every role that migrations create has this prefix; other mappings are not ours to speak of. */
const rolePrefix = "shop_";

/**
 * Adds the mappings of IAM roles to our database roles that are missing. None is removed: the
 * functions of a Region that is being taken away go on answering until the edge has turned away
 * from it, which is after this. A role that is deleted cannot connect, mapped or not.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html
 * @returns what was granted, and the mappings that nobody asked for, as `role arn`
 * @throws Error naming every grant that is not a role and an ARN
 */
export async function addGrants(
    run: Run,
    { grants, log }: GrantsWanted,
): Promise<{ granted: readonly string[]; stale: readonly string[] }> {
    refuseMalformed(grants);
    if (grants.length === 0) {
        return { granted: [], stale: [] };
    }
    const rows = await run("SELECT arn, pg_role_name FROM sys.iam_pg_role_mappings");
    const mapped = rows
        .map((row) => ({ databaseRole: `${row["pg_role_name"]}`, iamRoleArn: `${row["arn"]}` }))
        .filter(({ databaseRole }) => databaseRole.startsWith(rolePrefix));
    const missing = without(grants, mapped);
    for (const grant of missing) {
        await run(`AWS IAM GRANT ${grant.databaseRole} TO '${grant.iamRoleArn}'`);
        log("info", `Granted ${nameOf(grant)}.`);
    }
    return { granted: missing.map(nameOf), stale: without(mapped, grants).map(nameOf) };
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
