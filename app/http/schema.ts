import { type OutputUnit, Validator, type Schema as ValidatorSchema } from "@cfworker/json-schema";
import type { FaultDetail } from "../fault";
import type { Schema, Schemas } from "./contract/document";
import { requestSchemas } from "./contract/requests";

/** Checks values against one schema of the contract. */
export interface SchemaCheck {
    /** The schema with every reference replaced by what it refers to. */
    readonly schema: Schema;
    /** What is wrong with a value: at most one detail for each place, at most 20 in all. */
    readonly violations: (value: unknown, pointer?: string) => readonly FaultDetail[];
}

const maximumDetails = 20;

/**
 * Prepares a schema for checking. The keywords mean what they mean in JSON Schema draft 4.
 * @param schemas those it may refer to
 */
export function schemaCheck(schema: Schema, schemas: Schemas = requestSchemas): SchemaCheck {
    const inlined = inline(schema, schemas);
    const validator = new Validator(toDraft4(inlined), "4", false);
    return {
        schema: inlined,
        violations: (value, pointer = "") => {
            const { errors } = validator.validate(value);
            const details = new Map<string, FaultDetail>();
            for (const [index, error] of errors.entries()) {
                const found = describe(error, errors[index + 1], inlined);
                // An empty name is also too short and without a letter; saying one is enough.
                if (found !== undefined && !details.has(found.pointer)) {
                    details.set(found.pointer, { ...found, pointer: pointer + found.pointer });
                }
            }
            return [...details.values()].slice(0, maximumDetails);
        },
    };
}

/** The schema without references. The contract has no recursive schema, so this ends. */
function inline(schema: Schema, schemas: Schemas): Schema {
    if (schema.$ref !== undefined) {
        const name = schema.$ref.slice(schema.$ref.lastIndexOf("/") + 1);
        const target = schemas[name];
        if (target === undefined) {
            throw new Error(`The contract has no schema "${name}".`);
        }
        return inline(target, schemas);
    }
    const properties = Object.entries(schema.properties ?? {});
    return {
        ...schema,
        ...(schema.items === undefined ? {} : { items: inline(schema.items, schemas) }),
        ...(schema.properties === undefined
            ? {}
            : {
                  properties: Object.fromEntries(
                      properties.map(([k, v]) => [k, inline(v, schemas)]),
                  ),
              }),
    };
}

/** OpenAPI 3.0 says `nullable` where JSON Schema has the type "null". */
function toDraft4(schema: Schema): ValidatorSchema {
    const { type, nullable, items, properties, example: _, ...rest } = schema;
    const members = Object.entries(properties ?? {}).map(([k, v]) => [k, toDraft4(v)]);
    return {
        ...(rest as ValidatorSchema),
        ...(type === undefined ? {} : { type: nullable ? [type, "null"] : type }),
        ...(items === undefined ? {} : { items: toDraft4(items) }),
        ...(properties === undefined ? {} : { properties: Object.fromEntries(members) }),
    };
}

function describe(
    error: OutputUnit,
    next: OutputUnit | undefined,
    root: Schema,
): FaultDetail | undefined {
    const pointer = toPointer(error.instanceLocation);
    const schema = schemaAt(root, error.keywordLocation);
    const { keyword } = error;
    if (keyword === "required") {
        const name = /"([^"]*)"/.exec(error.error)?.[1] ?? "";
        return { pointer: `${pointer}/${name}`, detail: "is required" };
    }
    if (keyword === "additionalProperties" && next?.keyword === "false") {
        const allowed = Object.keys(schema.properties ?? {}).join(", ");
        const detail = `is not known here; allowed are ${allowed}`;
        return { pointer: toPointer(next.instanceLocation), detail };
    }
    const sentence = sentences[keyword];
    return sentence === undefined ? undefined : { pointer, detail: sentence(schema) };
}

// The keywords of this contract. Those that are not here (properties, items) only say that
// something below them is wrong, which is told at its own place.
const sentences: Readonly<Record<string, (schema: Schema) => string>> = {
    type: ({ type = "", nullable }) => `must be ${typeNames[type]}${nullable ? " or null" : ""}`,
    enum: ({ enum: allowed = [] }) => `must be one of ${allowed.join(", ")}`,
    minimum: ({ minimum, maximum }) => `must be ${range(minimum, maximum)}`,
    maximum: ({ minimum, maximum }) => `must be ${range(minimum, maximum)}`,
    minLength: ({ minLength, maxLength }) => `must have ${range(minLength, maxLength)} characters`,
    maxLength: ({ minLength, maxLength }) => `must have ${range(minLength, maxLength)} characters`,
    minItems: ({ minItems, maxItems }) => `must have ${range(minItems, maxItems)} items`,
    maxItems: ({ minItems, maxItems }) => `must have ${range(minItems, maxItems)} items`,
    minProperties: ({ properties = {} }) =>
        `must have at least one of ${Object.keys(properties).join(", ")}`,
    format: ({ format }) => (format === "uuid" ? "must be a UUID" : `must be a ${format}`),
    pattern: ({ pattern = "", format, example }) => {
        if (format === "uuid") {
            return "must be a UUID";
        }
        const like = example === undefined ? "" : `, for example ${example}`;
        return pattern === "\\S" ? "must not be blank" : `must match ${pattern}${like}`;
    },
};

const typeNames: Readonly<Record<string, string>> = {
    object: "an object",
    array: "an array",
    string: "text",
    number: "a number",
    integer: "a whole number",
    boolean: "true or false",
};

function range(from: number | undefined, to: number | undefined): string {
    if (from !== undefined && to !== undefined) {
        return `from ${from} to ${to}`;
    }
    return from === undefined ? `at most ${to}` : `at least ${from}`;
}

/** The schema that holds a keyword, given the place of the keyword: `#/properties/price/minimum`. */
function schemaAt(root: Schema, keywordLocation: string): Schema {
    let found: unknown = root;
    for (const segment of keywordLocation.split("/").slice(1, -1)) {
        found = (found as Readonly<Record<string, unknown>> | undefined)?.[decode(segment)];
    }
    return (found ?? {}) as Schema;
}

/** The validator writes pointers as URI fragments (RFC 6901 section 6); we tell plain ones. */
function toPointer(instanceLocation: string): string {
    return decodeURIComponent(instanceLocation.slice(1));
}

function decode(segment: string): string {
    return decodeURIComponent(segment).replace(/~1/g, "/").replace(/~0/g, "~");
}
