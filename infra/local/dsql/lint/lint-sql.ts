import { parseSync } from "libpg-query";
import type { Dialect } from "../dialect/plan";
import type { FoundStatement } from "./find-statements";

/** A statement that Aurora DSQL would refuse, or that cannot be judged. */
export interface Finding {
    readonly file: string;
    readonly line: number;
    /** The SQLSTATE that the statement would be answered with; or "unresolved". */
    readonly code: string;
    readonly message: string;
    /** The first line of the statement. */
    readonly statement: string;
}

/**
 * Judges statements by the dialect. A part that is not a constant may stand for a name or a string
 * in a definition, which takes no parameters; anywhere else the whole text has to be known.
 * @param dialect of `createDialect`, which also loads the parser
 */
export function lintSql(
    statements: readonly FoundStatement[],
    dialect: Dialect,
): readonly Finding[] {
    return statements.flatMap((statement) => {
        const objection = objectionTo(statement, dialect);
        if (objection === undefined) return [];
        const { file, line, text } = statement;
        const [firstLine = ""] = text.split("\n");
        return [{ file, line, ...objection, statement: firstLine.trim() }];
    });
}

type Objection = Pick<Finding, "code" | "message">;

function objectionTo(
    { text, unresolved }: FoundStatement,
    dialect: Dialect,
): Objection | undefined {
    const plans = dialect.plan(text);
    const refusal = plans.find((plan) => plan.refusal !== undefined)?.refusal;
    const isDefinition = plans.every(({ kind }) => kind === "definition");
    // What stands in for an unknown part may itself be what is refused.
    if (unresolved.length > 0 && (refusal !== undefined || !isDefinition))
        return unknownParts(unresolved);
    if (refusal !== undefined) return { code: refusal.code, message: refusal.message };
    return plans.map((plan) => syntaxError(plan.text)).find((error) => error !== undefined);
}

function unknownParts(unresolved: readonly string[]): Objection {
    const parts = unresolved.map((part) => `\${${part}}`).join(", ");
    return {
        code: "unresolved",
        message: `${parts}: not a constant. Make it one, or pass the value as a parameter.`,
    };
}

/** The dialect hands on what it cannot parse, for PostgreSQL to refuse. */
function syntaxError(text: string): Objection | undefined {
    try {
        parseSync(text);
        return undefined;
    } catch (error) {
        return { code: "42601", message: error instanceof Error ? error.message : String(error) };
    }
}
