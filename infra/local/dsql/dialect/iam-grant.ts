import type { Failure } from "../failure";
import { quoted } from "./edit";
import { internalSchemaDenied, namesInternalSchema } from "./internal-schema";
import type { StatementPlan } from "./plan";
import { isKeyword, nameOf, type Token } from "./token";

/** Whether this is `AWS IAM GRANT` or `AWS IAM REVOKE`, or an attempt at one. */
export function isIamGrant(tokens: readonly Token[]): boolean {
    return isKeyword(tokens[0], "AWS");
}

/**
 * `AWS IAM GRANT role TO 'arn'` and `AWS IAM REVOKE role FROM 'arn'` become calls of functions.
 *
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/using-database-and-iam-roles.html
 */
export function planIamGrant(text: string, tokens: readonly Token[]): StatementPlan {
    if (tokens.some(namesInternalSchema)) {
        return { kind: "definition", text, refusal: internalSchemaDenied };
    }
    const isGrant = isKeyword(tokens[2], "GRANT");
    const [, , , role, , arn] = tokens;
    const wrong = tokens.findIndex((token, index) => !expected[index]?.(token, isGrant));
    if (wrong !== -1 || role === undefined || arn === undefined) {
        return { kind: "definition", text, refusal: syntaxError(tokens[wrong]) };
    }
    const run = isGrant ? "grant_iam_role" : "revoke_iam_role";
    return {
        kind: "definition",
        text: `SELECT dsql_internal.${run}(${quoted(nameOf(role))}, ${arn.text})`,
        commandTag: isGrant ? "AWS IAM GRANT" : "AWS IAM REVOKE",
        hidesRows: true,
    };
}

/** What PostgreSQL's parser says; without a token the text ends too early. */
export function syntaxError(token: Token | undefined): Failure {
    return {
        code: "42601",
        message:
            token === undefined
                ? "syntax error at end of input"
                : `syntax error at or near "${token.text}"`,
    };
}

const expected: readonly ((token: Token, isGrant: boolean) => boolean)[] = [
    (token) => isKeyword(token, "AWS"),
    (token) => isKeyword(token, "IAM"),
    (token) => isKeyword(token, "GRANT", "REVOKE"),
    (token) => token.kind === "word" || token.kind === "quotedName",
    (token, isGrant) => isKeyword(token, isGrant ? "TO" : "FROM"),
    (token) => token.kind === "string",
];
