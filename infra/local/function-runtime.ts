import { arnOf } from "./aws-names";
import type { CredentialStore, LocalCredentials } from "./credentials";
import type { Iam } from "./iam";
import type { FunctionRegistration } from "./lambda";

export interface FunctionRuntimeOptions {
    iam: Iam;
    credentials: CredentialStore;
    /** The names of the log groups that exist. */
    logGroups: ReadonlyMap<string, string>;
    /** Where functions of a Region find SQS on this computer. */
    queueEndpoint: (region: string) => Promise<string>;
    /** Where functions find the data plane of CloudFront's KeyValueStores on this computer. */
    storeEndpoint: () => Promise<string>;
    /** Called once for each thing that a function's role does not allow. */
    warn: (message: string) => void;
}

/** What a function finds around it: variables, and a place for its logs. */
export interface FunctionRuntime {
    variables(registration: FunctionRegistration): Promise<Readonly<Record<string, string>>>;
    /** Whether the function's role lets it write to its log group. */
    mayLog(registration: FunctionRegistration): boolean;
}

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
        variables: async (registration) => ({
            ...lambdaVariables(registration),
            ...credentialVariables(options.credentials.issue(registration.roleArn)),
            AWS_ENDPOINT_URL_SQS: await options.queueEndpoint(registration.region),
            AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE: await options.storeEndpoint(),
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
        _HANDLER: registration.handler,
        LANG: "en_US.UTF-8",
        TZ: ":UTC",
        PATH: "/usr/local/bin:/usr/bin:/bin",
    };
}

/** Those of the function's role; no AWS account accepts them. */
function credentialVariables(credentials: LocalCredentials): Record<string, string> {
    return {
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_SESSION_TOKEN: credentials.sessionToken,
    };
}
