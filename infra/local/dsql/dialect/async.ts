import { edited, quoted } from "./edit";
import type { StatementPlan } from "./plan";
import type { Piece } from "./split";
import { isKeyword, type Token } from "./token";

/** A statement that PostgreSQL's parser understands, and what had to be taken out for it. */
export interface Translated {
    readonly text: string;
    /** The statement was written with ASYNC, which is blanked out in `text`. */
    readonly isAsync: boolean;
}

/**
 * PostgreSQL does not know ASYNC and would take it for a name. It is replaced by blanks, so that
 * positions stay what they are.
 *
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/create-index-syntax-support.html
 */
export function withoutAsync(piece: Piece): Translated {
    const token = asyncOf(piece.tokens);
    if (token === undefined) return { text: piece.text, isAsync: false };
    const blanks = { start: token.start, end: token.end, text: " ".repeat("ASYNC".length) };
    return { text: edited(piece.text, [blanks]), isAsync: true };
}

/** `CREATE INDEX ASYNC` and `ALTER TABLE ASYNC` hand in a job and answer its id. */
export function planJob(text: string, tag: "IndexStmt" | "AlterTableStmt"): StatementPlan {
    const submit = tag === "IndexStmt" ? "submit_index" : "submit_validation";
    return {
        kind: "definition",
        text: `SELECT dsql_internal.${submit}(${quoted(text.trim())}) AS job_id`,
        commandTag: tag === "IndexStmt" ? "CREATE INDEX" : "ALTER TABLE",
        startsJob: true,
    };
}

function asyncOf(tokens: readonly Token[]): Token | undefined {
    const [first, second, third, fourth] = tokens;
    if (isKeyword(first, "CREATE")) {
        const [index, mode] = isKeyword(second, "UNIQUE") ? [third, fourth] : [second, third];
        return isKeyword(index, "INDEX") && isKeyword(mode, "ASYNC") ? mode : undefined;
    }
    const isAlterTable = isKeyword(first, "ALTER") && isKeyword(second, "TABLE");
    return isAlterTable && isKeyword(third, "ASYNC") && isTableName(fourth, tokens[4])
        ? third
        : undefined;
}

/** In `ALTER TABLE async VALIDATE CONSTRAINT …` and the like, "async" is the table. */
function isTableName(token: Token | undefined, next: Token | undefined): boolean {
    return token?.kind === "quotedName" || (token?.kind === "word" && !isKeyword(next, ...objects));
}

const objects = ["CONSTRAINT", "COLUMN", "TABLE", "TO", "SCHEMA"];
