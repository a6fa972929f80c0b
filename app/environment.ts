/** The variables a function is deployed with. Only this file knows their names. */
export interface Environment {
    readonly cellName: string;
    /** 1-255. */
    readonly cellNumber: number;
    /** Lambda sets it; it is the Region whose cluster is used. */
    readonly region: string;
    /** `<identifier>.dsql.<region>.on.aws`. */
    readonly databaseEndpoint: string;
    /** The database role this function connects as. */
    readonly databaseRole: string;
    /** Those of the function's role, to sign tokens with. */
    readonly credentials: Credentials;
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
    const required = (name: string): string => {
        const value = variables[name];
        if (value === undefined || value === "") {
            faults.push(`${name} is not set`);
            return "";
        }
        return value;
    };
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
    };
    if (faults.length > 0) {
        throw new Error(`The function's environment is incomplete: ${faults.join("; ")}.`);
    }
    return environment;
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
