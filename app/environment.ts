/** What a function needs to reach its cell's database. */
export interface DatabaseEnvironment {
    readonly cellName: string;
    /** 1-255. */
    readonly cellNumber: number;
    /** Lambda sets it; it is the Region whose cluster is used. */
    readonly region: string;
    /** `<identifier>.dsql.<region>.on.aws`. */
    readonly databaseEndpoint: string;
    /** The database role this function connects as. */
    readonly databaseRole: string;
    /** Those of the function's role, to sign tokens and requests with. */
    readonly credentials: Credentials;
}

/** The variables a function is deployed with. Only this file knows their names. */
export interface Environment extends DatabaseEnvironment {
    /** This cell's share of new stock is its weight among those of all cells. */
    readonly cellWeight: number;
    /** Empty where the cell is alone. */
    readonly otherCells: readonly OtherCell[];
    /** The queue whose messages wake the cell's relay; none where the cell is alone. */
    readonly relayQueueUrl: string | undefined;
    /** Where SQS answers, if not at its public address. */
    readonly queueEndpoint: string | undefined;
}

/** Another cell, as the functions of this one reach it. */
export interface OtherCell {
    readonly name: string;
    /** 1-255. */
    readonly number: number;
    readonly weight: number;
    /** Its home Region. */
    readonly region: string;
    /** Its API, the stage included. */
    readonly url: string;
    /** Its queue for messages from this cell. */
    readonly queueUrl: string;
    /** The same in the other Region of its database, where that serves, too. */
    readonly peer?: Pick<OtherCell, "region" | "url" | "queueUrl">;
}

/**
 * Lambda sets them for as long as the execution environment lives.
 * https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export interface Credentials {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the variables of an API function or of the migrator.
 * @throws Error naming every variable that is missing or wrong, so that a bad deployment fails at
 * its first call with one message.
 */
export function readEnvironment(variables: Variables): Environment {
    const faults: string[] = [];
    const required = requiredFrom(variables, faults);
    const cellNumber = Number(required("CELL_NUMBER"));
    if (!Number.isInteger(cellNumber) || cellNumber < 1 || cellNumber > 255) {
        faults.push(`CELL_NUMBER is "${variables["CELL_NUMBER"] ?? ""}", allowed are 1-255`);
    }
    const environment: Environment = {
        cellName: required("CELL_NAME"),
        cellNumber,
        region: required("AWS_REGION"),
        databaseEndpoint: required("DATABASE_ENDPOINT"),
        databaseRole: required("DATABASE_ROLE"),
        credentials: readCredentials(required, variables["AWS_SESSION_TOKEN"]),
        cellWeight: readWeight(variables["CELL_WEIGHT"], faults),
        otherCells: readList<OtherCell>(
            variables["OTHER_CELLS"],
            otherCellKeys,
            "OTHER_CELLS",
            faults,
        ),
        relayQueueUrl: variables["RELAY_QUEUE_URL"],
        queueEndpoint: variables["AWS_ENDPOINT_URL_SQS"],
    };
    throwFaults(faults);
    return environment;
}

/**
 * The secrets by which an API function knows the edge: one, or two while one takes the other's
 * place. A function without any is a bad deployment, never an open door.
 * @throws Error saying what is allowed
 */
export function readOriginSecrets(variables: Variables): readonly string[] {
    const secrets = (variables["ORIGIN_SECRETS"] ?? "").split(",");
    if (secrets.some((secret) => secret.length < 32)) {
        throw new Error(
            "The function's environment is incomplete: ORIGIN_SECRETS is no list of texts of at " +
                "least 32 characters, separated by commas.",
        );
    }
    return secrets;
}

/** What the function that watches the Regions is told; it has no database. */
export interface MonitorEnvironment {
    /** Its own. */
    readonly region: string;
    readonly credentials: Credentials;
    /** Where every regional API answers, the stage included. */
    readonly origins: readonly { readonly region: string; readonly url: string }[];
    /** Where monitors run, this one included. */
    readonly monitorRegions: readonly string[];
    readonly keyValueStoreArn: string;
    /** Where KeyValueStores answer, if not at their public address. */
    readonly keyValueStoreEndpoint: string | undefined;
}

/**
 * Reads the variables of the monitor.
 * @throws Error naming every variable that is missing or wrong
 */
export function readMonitorEnvironment(variables: Variables): MonitorEnvironment {
    const faults: string[] = [];
    const required = requiredFrom(variables, faults);
    const environment: MonitorEnvironment = {
        region: required("AWS_REGION"),
        credentials: readCredentials(required, variables["AWS_SESSION_TOKEN"]),
        origins: readList<MonitorEnvironment["origins"][number]>(
            required("MONITORED_ORIGINS") || "[]",
            { region: "string", url: "string" },
            "MONITORED_ORIGINS",
            faults,
        ),
        monitorRegions: required("MONITOR_REGIONS").split(","),
        keyValueStoreArn: required("KEY_VALUE_STORE_ARN"),
        keyValueStoreEndpoint: variables["AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE"],
    };
    throwFaults(faults);
    return environment;
}

function requiredFrom(variables: Variables, faults: string[]): (name: string) => string {
    return (name) => {
        const value = variables[name];
        if (value === undefined || value === "") {
            faults.push(`${name} is not set`);
            return "";
        }
        return value;
    };
}

function throwFaults(faults: readonly string[]): void {
    if (faults.length > 0) {
        throw new Error(`The function's environment is incomplete: ${faults.join("; ")}.`);
    }
}

function readCredentials(
    required: (name: string) => string,
    sessionToken: string | undefined,
): Credentials {
    return {
        accessKeyId: required("AWS_ACCESS_KEY_ID"),
        secretAccessKey: required("AWS_SECRET_ACCESS_KEY"),
        // Only keys that last, which no function has, go without one.
        ...(sessionToken === undefined ? {} : { sessionToken }),
    };
}

function readWeight(text: string | undefined, faults: string[]): number {
    const weight = Number(text ?? 1);
    if (!Number.isFinite(weight) || weight < 0) {
        faults.push(`CELL_WEIGHT is "${text}", allowed is a number from 0 up`);
    }
    return weight;
}

const otherCellKeys: Readonly<Record<keyof Omit<OtherCell, "peer">, "string" | "number">> = {
    name: "string",
    number: "number",
    weight: "number",
    region: "string",
    url: "string",
    queueUrl: "string",
};

/** A variable that is a JSON list of objects; a missing one is an empty list. */
function readList<Item>(
    text: string | undefined,
    keys: Readonly<Partial<Record<keyof Item, "string" | "number">>>,
    name: string,
    faults: string[],
): readonly Item[] {
    const items = parseJson(text ?? "[]");
    const isItem = (item: unknown): boolean =>
        typeof item === "object" &&
        item !== null &&
        Object.entries(keys).every(
            ([key, type]) => typeof (item as Record<string, unknown>)[key] === type,
        );
    if (!Array.isArray(items) || !items.every(isItem)) {
        faults.push(`${name} is not a JSON list of objects with ${Object.keys(keys).join(", ")}`);
        return [];
    }
    return items;
}

function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
