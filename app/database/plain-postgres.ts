import type { Administration } from "./administration";

/**
 * Lets the migrator's statements, which are in Aurora DSQL's dialect, run on a plain PostgreSQL.
 *
 * This is a seam with an end: it is used only where the endpoint is overridden, and goes away with
 * the front door that will speak DSQL's dialect before the local database. Until then three things
 * of DSQL have no counterpart: `ASYNC` indexes (built at once instead), the jobs that build them,
 * and the mappings of IAM roles (every role is trusted locally).
 */
export function speakPlainPostgres(administration: Administration): Administration {
    return {
        async execute(text, values) {
            const plain = toPlainPostgres(text);
            return plain === undefined ? [] : administration.execute(plain, values);
        },
        close: () => administration.close(),
    };
}

/** The statement in PostgreSQL's dialect, or undefined for one that has no meaning there. */
export function toPlainPostgres(text: string): string | undefined {
    if (/^\s*AWS\s+IAM\s/i.test(text) || /\bsys\.(jobs|iam_pg_role_mappings)\b/i.test(text)) {
        return undefined;
    }
    return text.replace(/\b(CREATE\s+(?:UNIQUE\s+)?INDEX)\s+ASYNC\b/gi, "$1");
}
