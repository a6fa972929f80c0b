import type { Node } from "@pgsql/types";
import { loadModule, parseSync } from "libpg-query";
import type { Failure } from "../failure";
import { planJob, withoutAsync } from "./async";
import { bodyOf, isReadOnly, kindOf } from "./classify";
import { isIamGrant, planIamGrant } from "./iam-grant";
import { internalSchemaDenied, namesInternalSchema } from "./internal-schema";
import type { Dialect, StatementPlan } from "./plan";
import { createPlanCache } from "./plan-cache";
import { rewrite } from "./rewrite";
import { refusalOf } from "./rule";
import { rules } from "./rules";
import { shadowOf } from "./shadow";
import { type Piece, splitStatements } from "./split";
import { tokensOf } from "./token";
import { type Tree, treeOf } from "./tree";

/** Knows what Aurora DSQL accepts, refuses and does differently than PostgreSQL. */
export async function createDialect(options: { cachedTexts?: number } = {}): Promise<Dialect> {
    await loadModule();
    const cache = createPlanCache({ texts: options.cachedTexts ?? 2_000 });
    return { plan: (text) => cache.get(text, planText) };
}

function planText(text: string): readonly StatementPlan[] {
    const plans: StatementPlan[] = [];
    for (const piece of splitStatements(text)) {
        if (piece.tokens.length === 0) continue;
        const plan = planPiece(piece);
        if (plan === undefined) return [planUnparsed(text)];
        plans.push(plan);
    }
    const [first] = plans;
    if (first === undefined) return [{ kind: "empty", text }];
    // Alone and unchanged, a statement goes on as it came, semicolon and all.
    return plans.length === 1 && text.startsWith(first.text) ? [{ ...first, text }] : plans;
}

/** Undefined if the parser does not understand the statement. */
function planPiece(piece: Piece): StatementPlan | undefined {
    if (isIamGrant(piece.tokens)) return planIamGrant(piece.text, piece.tokens);
    const { text, isAsync } = withoutAsync(piece);
    const parsed = parse(text);
    if (parsed === "too deep") return { kind: "read", text, refusal: tooDeep };
    if (parsed === undefined) return undefined;
    const tree = treeOf(parsed);
    const kind = kindOf(tree);
    const refusal =
        refusalOf(rules, { tree, isAsync, tokens: piece.tokens }) ?? refusalOfBody(tree);
    if (refusal !== undefined) return { kind, text, refusal };
    if (isAsync && (tree.tag === "IndexStmt" || tree.tag === "AlterTableStmt")) {
        return planJob(text, tree.tag);
    }
    const shadow = kind === "write" || kind === "lock" ? shadowOf(parsed) : undefined;
    return {
        kind,
        ...rewrite(text, tree),
        ...(kind === "begin" && isReadOnly(tree) && { isReadOnly: true }),
        ...(shadow !== undefined && { shadow }),
    };
}

/** The body of a function is text that PostgreSQL runs without asking again. */
function refusalOfBody(tree: Tree): Failure | undefined {
    for (const piece of splitStatements(bodyOf(tree) ?? "")) {
        const { text, isAsync } = withoutAsync(piece);
        const parsed = piece.tokens.length > 0 ? parse(text) : undefined;
        if (parsed === "too deep") return tooDeep;
        const refusal =
            parsed === undefined
                ? refusalOfText(piece.text)
                : refusalOf(rules, { tree: treeOf(parsed), isAsync, tokens: piece.tokens });
        if (refusal !== undefined) return refusal;
    }
    return undefined;
}

/** As PostgreSQL's `check_stack_depth` says it. */
const tooDeep: Failure = { code: "54001", message: "stack depth limit exceeded" };

function planUnparsed(text: string): StatementPlan {
    const pieces = splitStatements(text);
    // PostgreSQL should complain about the mistake, not about ASYNC, which it does not know.
    const known = pieces.map((piece) => withoutAsync(piece).text).join(";");
    const refusal = refusalOfText(text);
    return { kind: "read", text: known, ...(refusal !== undefined && { refusal }) };
}

function refusalOfText(text: string): Failure | undefined {
    for (const token of tokensOf(text)) {
        if (namesInternalSchema(token)) return internalSchemaDenied;
    }
    return undefined;
}

function parse(text: string): Node | "too deep" | undefined {
    try {
        const { stmts } = parseSync(text) as { stmts: readonly { stmt: Node }[] };
        // More than one: the splitting missed something, and PostgreSQL will refuse the text.
        return stmts.length === 1 ? stmts[0]?.stmt : undefined;
    } catch (error) {
        return error instanceof RangeError ? "too deep" : undefined;
    }
}
