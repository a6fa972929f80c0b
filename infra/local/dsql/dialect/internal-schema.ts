import type { Failure } from "../failure";
import { derived, type Rule, when } from "./rule";
import { nameOf, type Token } from "./token";

/** The schema, and the role, that the front door keeps its own things in. */
const internalName = "dsql_internal";

export const internalSchemaDenied: Failure = {
    code: "42501",
    message: `permission denied for schema ${internalName}`,
};

/** Whether the token may stand for the internal schema, also within a string. */
export function namesInternalSchema(token: Token): boolean {
    const text = token.kind === "quotedName" ? nameOf(token) : token.text;
    return text.toLowerCase().includes(internalName);
}

/** A client's text may not name it; values may be what they like. */
export const internalSchemaRule: Rule = {
    id: "internal-schema",
    finds: ({ tree }) =>
        when([...tree.names()].some((name) => name.split(".")[0] === internalName)),
    ...internalSchemaDenied,
    ...derived,
};
