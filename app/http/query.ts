import type { APIGatewayProxyEvent } from "aws-lambda";
import { type FaultDetail, fault } from "../fault";
import { isStorableText } from "./body";
import type { Parameter } from "./contract/document";
import type { SchemaCheck } from "./schema";

/** A query parameter of an operation and the check of its schema. */
export interface QueryParameter extends Pick<Parameter, "name" | "required"> {
    readonly check: SchemaCheck;
}

/**
 * Reads the query parameters of a request and checks each against its schema.
 * @returns the values by name, as text
 * @throws fault invalid_request naming everything that is wrong: parameters that are not known,
 * missing, repeated or not valid
 */
export function readQuery(
    event: APIGatewayProxyEvent,
    parameters: readonly QueryParameter[],
): Readonly<Record<string, string>> {
    const sent = sentValues(event);
    const known = new Set(parameters.map(({ name }) => name));
    const allowed = known.size === 0 ? "none" : [...known].join(", ");
    const errors: FaultDetail[] = [...sent.keys()]
        .filter((name) => !known.has(name))
        .map((name) => ({
            pointer: `/query/${name}`,
            detail: `is not known here; allowed are ${allowed}`,
        }));
    const values: Record<string, string> = {};
    for (const parameter of parameters) {
        const texts = sent.get(parameter.name) ?? [];
        const [text] = texts;
        errors.push(...faultsOf(parameter, texts));
        if (text !== undefined) {
            const isUuid = parameter.check.schema.format === "uuid";
            values[parameter.name] = isUuid ? text.toLowerCase() : text;
        }
    }
    if (errors.length > 0) {
        const told = errors.map(({ pointer, detail }) => `${pointer.slice(7)} ${detail}`);
        throw fault("invalid_request", `The query is not valid: ${told.join("; ")}.`, { errors });
    }
    return values;
}

function faultsOf({ name, required, check }: QueryParameter, texts: readonly string[]) {
    const pointer = `/query/${name}`;
    const [text] = texts;
    if (texts.length > 1) {
        return [{ pointer, detail: "must be given once" }];
    }
    if (text === undefined) {
        return required === true ? [{ pointer, detail: "is required" }] : [];
    }
    if (!isStorableText(text)) {
        return [{ pointer, detail: "must not contain NUL characters or halves of characters" }];
    }
    const isNumber = check.schema.type === "integer" && /^-?\d{1,15}$/.test(text);
    return check.violations(isNumber ? Number(text) : text, pointer);
}

function sentValues(event: APIGatewayProxyEvent): ReadonlyMap<string, readonly string[]> {
    const single = Object.entries(event.queryStringParameters ?? {});
    const several = Object.entries(event.multiValueQueryStringParameters ?? {});
    return new Map([
        ...single.map(([name, value]) => [name, value === undefined ? [] : [value]] as const),
        ...several.map(([name, values]) => [name, values ?? []] as const),
    ]);
}
