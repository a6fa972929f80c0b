import { arnOf } from "./aws-names";
import type { DatabaseService } from "./dsql";
import type { Iam } from "./iam";
import type { FunctionRegistration } from "./lambda";

export interface FunctionRuntimeOptions {
    iam: Iam;
    databases: DatabaseService;
    /** The names of the log groups that exist. */
    logGroups: ReadonlyMap<string, string>;
    /** Called once for each thing that a function's role does not allow. */
    warn: (message: string) => void;
}

/** What a function finds around it: variables, and a place for its logs. */
export interface FunctionRuntime {
    variables(registration: FunctionRegistration): Readonly<Record<string, string>>;
    /** Whether the function's role lets it write to its log group. */
    mayLog(registration: FunctionRegistration): boolean;
}

// Nothing listens there, so a function without permission sees its connections refused.
const refusedAddress = "postgres://127.0.0.1:1";

/** Gives functions what Lambda would, as far as their roles allow it. */
export function createFunctionRuntime(options: FunctionRuntimeOptions): FunctionRuntime {
    const warned = new Set<string>();
    // Asked for every line that is logged.
    const loggers = new Set<string>();
    const warnOnce = (message: string): void => {
        if (!warned.has(message)) {
            warned.add(message);
            options.warn(message);
        }
    };
    const requireAction = (
        registration: FunctionRegistration,
        action: string,
        resource: string,
    ): boolean => {
        const isAllowed = options.iam.isAllowed(registration.roleArn, action, resource);
        if (!isAllowed) {
            warnOnce(
                `AccessDenied: the role of ${registration.name} does not allow ${action} on ` +
                    `${resource}; add it to the function's policy`,
            );
        }
        return isAllowed;
    };
    return {
        variables: (registration) => ({
            ...lambdaVariables(registration),
            ...databaseVariables(registration, options.databases, requireAction),
        }),
        mayLog(registration) {
            if (loggers.has(registration.arn)) {
                return true;
            }
            const { logGroupName, region } = registration;
            const group = arnOf("logs", region, `log-group:${logGroupName}`);
            const stream = `${group}:log-stream:local`;
            const isAllowed =
                (options.logGroups.has(group) ||
                    requireAction(registration, "logs:CreateLogGroup", group)) &&
                requireAction(registration, "logs:CreateLogStream", stream) &&
                requireAction(registration, "logs:PutLogEvents", stream);
            if (isAllowed) {
                loggers.add(registration.arn);
            }
            return isAllowed;
        },
    };
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
function lambdaVariables(registration: FunctionRegistration): Record<string, string> {
    return {
        AWS_REGION: registration.region,
        AWS_DEFAULT_REGION: registration.region,
        AWS_EXECUTION_ENV: "AWS_Lambda_nodejs",
        AWS_LAMBDA_FUNCTION_NAME: registration.name,
        AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
        AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(registration.memoryMegabytes),
        AWS_LAMBDA_LOG_GROUP_NAME: registration.logGroupName,
        AWS_LAMBDA_LOG_STREAM_NAME: "local",
        AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
        // No AWS account accepts these.
        AWS_ACCESS_KEY_ID: "local",
        AWS_SECRET_ACCESS_KEY: "local",
        AWS_SESSION_TOKEN: "local",
        _HANDLER: registration.handler,
        LANG: "en_US.UTF-8",
        TZ: ":UTC",
        PATH: "/usr/local/bin:/usr/bin:/bin",
    };
}

/**
 * Where the function reaches its database: only if its role may connect to that cluster, which in
 * AWS is checked when the session opens.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
 */
function databaseVariables(
    registration: FunctionRegistration,
    databases: DatabaseService,
    isAllowed: (registration: FunctionRegistration, action: string, resource: string) => boolean,
): Record<string, string> {
    const host = registration.variables["DATABASE_ENDPOINT"];
    if (host === undefined) {
        return {};
    }
    const cluster = databases.resolveEndpoint(host);
    const isAdministrator = registration.variables["DATABASE_ROLE"] === "admin";
    const action = isAdministrator ? "dsql:DbConnectAdmin" : "dsql:DbConnect";
    const mayConnect = cluster !== undefined && isAllowed(registration, action, cluster.clusterArn);
    return { AWS_ENDPOINT_URL_DSQL_DATABASE: mayConnect ? cluster.url : refusedAddress };
}
