/** The parts of JSON Schema that OpenAPI 3.0 and API Gateway's models (draft 4) share. */
export interface Schema {
    readonly $ref?: string;
    readonly type?: "object" | "array" | "string" | "number" | "integer" | "boolean";
    readonly description?: string;
    readonly example?: unknown;
    readonly default?: unknown;
    readonly nullable?: boolean;
    readonly properties?: Readonly<Record<string, Schema>>;
    readonly required?: readonly string[];
    readonly additionalProperties?: boolean;
    readonly minProperties?: number;
    readonly items?: Schema;
    readonly minItems?: number;
    readonly maxItems?: number;
    readonly format?: string;
    readonly pattern?: string;
    readonly minLength?: number;
    readonly maxLength?: number;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly (string | number)[];
}

export interface Parameter {
    readonly name: string;
    readonly in: "path" | "query" | "header";
    readonly required?: boolean;
    readonly description: string;
    readonly schema: Schema;
}

export interface Header {
    readonly description: string;
    readonly schema: Schema;
}

export interface Media {
    readonly schema: Schema;
    readonly example?: unknown;
}

export interface Response {
    readonly description: string;
    readonly headers?: Readonly<Record<string, Header>>;
    readonly content?: Readonly<Record<string, Media>>;
}

/** What a request of an operation is matched to and checked against. */
export interface OperationRequest {
    readonly operationId: string;
    readonly parameters?: readonly Parameter[];
    /** The name of the schema of the JSON body, which has to be sent. */
    readonly body?: string;
}

/** What the contract says of an operation beside its request. */
export interface OperationDescription {
    readonly "x-shop-function": FunctionName;
    readonly tags: readonly string[];
    readonly summary: string;
    readonly description?: string;
    /** A body that can be sent as it is. */
    readonly example?: unknown;
    readonly responses: Readonly<Record<string, Response>>;
}

/** The descriptions by operationId. */
export type Descriptions = Readonly<Record<string, OperationDescription>>;

/** The function of a cell that owns a path. */
export type FunctionName = "catalog" | "customers" | "orders" | "status";

/** An operation as OpenAPI writes it. */
export interface Operation extends Omit<OperationDescription, "example"> {
    readonly operationId: string;
    readonly parameters?: readonly Parameter[];
    readonly requestBody?: {
        readonly required: boolean;
        readonly content: Readonly<Record<string, Media>>;
    };
}

const methods = ["get", "post", "patch", "delete"] as const;

export type Method = (typeof methods)[number];

/** Something for each method of each path. */
export type ByPath<Value> = Readonly<Record<string, Readonly<Partial<Record<Method, Value>>>>>;

export type RequestPaths = ByPath<OperationRequest>;

export type Paths = ByPath<Operation>;

/** Schemas by the name that `schemaOf` refers to. */
export type Schemas = Readonly<Record<string, Schema>>;

/** An operation, or what is known of it, with its path and method. */
export interface PathEntry<Value> {
    readonly path: string;
    readonly method: Method;
    readonly operation: Value;
}

/** The entries of all paths. */
export function pathEntries<Value>(paths: ByPath<Value>): readonly PathEntry<Value>[] {
    return Object.entries(paths).flatMap(([path, item]) =>
        methods.flatMap((method) => {
            const operation = item[method];
            return operation === undefined ? [] : [{ path, method, operation }];
        }),
    );
}

/** Refers to a schema of the document. */
export function schemaOf(name: string): Schema {
    return { $ref: `#/components/schemas/${name}` };
}
