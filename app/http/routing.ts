import { fault } from "../fault";
import { isId } from "../values/ids";
import type { OperationRequest } from "./contract/document";
import { operationRequests } from "./contract/requests";

/** A path of the contract that a request's path fits. */
export interface MatchedPath {
    /** The operations of the path by method, in upper case. HEAD is the one of GET. */
    readonly operations: ReadonlyMap<string, OperationRequest>;
    /** The path parameters by name, as they were sent. */
    readonly parameters: Readonly<Record<string, string>>;
}

/** An operation and the ids of its path. */
export interface MatchedOperation {
    readonly operation: OperationRequest;
    readonly path: Readonly<Record<string, string>>;
}

interface Template {
    readonly segments: readonly string[];
    readonly operations: Map<string, OperationRequest>;
}

const templates = readTemplates();

/**
 * Finds the path of the contract that a request's path fits. One slash at the end is forgiven, as
 * API Gateway does.
 * @throws fault route_not_found
 */
export function matchPath(path: string): MatchedPath {
    const segments = path.replace(/(?<=.)\/$/, "").split("/");
    for (const template of templates) {
        const parameters = matchSegments(template.segments, segments);
        if (parameters !== undefined) {
            return { operations: template.operations, parameters };
        }
    }
    throw fault("route_not_found", "There is no such route; GET /openapi.json lists them all.");
}

/** The methods of a path, for `Allow`. */
export function allowedMethods(matched: MatchedPath): string {
    return [...matched.operations.keys(), "OPTIONS"].join(", ");
}

/**
 * Picks the operation of a method, and checks the ids in the path.
 * @throws fault method_not_allowed; not_found for an id that is no UUID, because nothing has it
 */
export function matchMethod(matched: MatchedPath, method: string): MatchedOperation {
    const operation = matched.operations.get(method);
    if (operation === undefined) {
        const allow = allowedMethods(matched);
        throw fault("method_not_allowed", `The method is ${method}, allowed are ${allow}.`, {
            headers: { Allow: allow },
        });
    }
    const path = Object.entries(matched.parameters).map(([name, value]) => {
        if (!isId(value)) {
            throw fault("not_found", `The ${name} in the path is not a UUID, so nothing has it.`);
        }
        return [name, value.toLowerCase()];
    });
    return { operation, path: Object.fromEntries(path) };
}

function readTemplates(): readonly Template[] {
    const byPath = new Map<string, Template>();
    for (const { path, method, operation } of operationRequests()) {
        const template = byPath.get(path) ?? { segments: path.split("/"), operations: new Map() };
        byPath.set(path, template);
        template.operations.set(method.toUpperCase(), operation);
        if (method === "get") {
            template.operations.set("HEAD", operation);
        }
    }
    return [...byPath.values()];
}

function matchSegments(
    template: readonly string[],
    segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
    if (template.length !== segments.length) {
        return undefined;
    }
    const parameters: Record<string, string> = {};
    for (const [index, expected] of template.entries()) {
        const segment = segments[index] ?? "";
        const name = /^\{(\w+)\}$/.exec(expected)?.[1];
        if (name !== undefined && segment !== "") {
            parameters[name] = segment;
        } else if (segment !== expected) {
            return undefined;
        }
    }
    return parameters;
}
