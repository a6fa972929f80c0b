import * as path from "node:path";
import { functionArnOf } from "./aws-names";
import type { Sentence } from "./chaos/kills";
import type { HostRedirection } from "./host-redirection";
import { matchesWildcard } from "./iam";
import { unpackCode } from "./lambda-code";
import { type ExecutionEnvironment, startEnvironment } from "./lambda-environment";
import { createFunctionPool, type FunctionPool, type InvocationReport } from "./lambda-pool";

/** A function as it was registered. */
export interface FunctionRegistration {
    readonly logicalName: string;
    readonly name: string;
    readonly arn: string;
    readonly region: string;
    readonly roleArn: string;
    /** A Pulumi archive. */
    readonly code: unknown;
    /** `<file>.<export>`. */
    readonly handler: string;
    readonly memoryMegabytes: number;
    readonly timeoutSeconds: number;
    /** Undefined: not reserved. */
    readonly reservedConcurrency: number | undefined;
    readonly logFormat: string;
    readonly logGroupName: string;
    readonly variables: Readonly<Record<string, string>>;
}

/** Who may invoke a function. */
export interface PermissionRegistration {
    readonly functionName: string;
    readonly region: string;
    readonly action: string;
    readonly principal: string;
    /** A pattern; undefined: any. */
    readonly sourceArn: string | undefined;
}

export type InvocationResult =
    | { readonly kind: "ok"; readonly payload: unknown }
    | { readonly kind: "error"; readonly message: string }
    | { readonly kind: "throttled" }
    | { readonly kind: "timeout" };

/** A function's ARN or invoke ARN, or its name and Region. */
export type FunctionTarget = string | { readonly name: string; readonly region: string };

/** The functions of the account. */
export interface FunctionService {
    createFunction(registration: FunctionRegistration): Promise<void>;
    addPermission(permission: PermissionRegistration): void;
    /** Whether a service may invoke the function behind an invoke ARN. */
    isPermitted(invokeArn: string, sourceArn: string, principal: string): boolean;
    /** @throws Error when there is no such function */
    describe(target: FunctionTarget): FunctionRegistration;
    invoke(
        target: FunctionTarget,
        event: unknown,
        timeoutMilliseconds: number,
    ): Promise<InvocationResult>;
    list(): readonly { name: string; region: string; coldStarts: number }[];
    /** Ends every execution environment in a Region, whatever runs in it. */
    crash(region: string): Promise<void>;
    stop(): Promise<void>;
}

export interface FunctionServiceOptions {
    /** Where code is unpacked. */
    folder: string;
    /** What Lambda and the local cloud add to a function's declared variables. */
    runtimeVariables: (
        registration: FunctionRegistration,
    ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
    /** Where functions of a Region find hosts of AWS on this computer; left out: nowhere. */
    redirections?: (region: string) => Promise<readonly HostRedirection[]>;
    writeLog: (registration: FunctionRegistration, line: string) => void;
    /** Whether nothing in a Region runs; left out: never. */
    isDown?: (region: string) => boolean;
    /** Asked for each invocation whether it is to die; left out: none is. */
    drawKill?: (registration: FunctionRegistration) => Sentence | undefined;
}

interface Deployed {
    readonly registration: FunctionRegistration;
    readonly pool: FunctionPool;
}

// The account's concurrency on this computer; more invocations wait for their turn.
const unreservedEnvironments = 8;
const unreservedWaiting = 1_000;
const idleMilliseconds = 120_000;
// Source: https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const payloadMaxBytes = 6 * 1024 * 1024;

/** Runs functions in worker threads of this process. */
export function createFunctionService(options: FunctionServiceOptions): FunctionService {
    const functions = new Map<string, Deployed>();
    const permissions: PermissionRegistration[] = [];
    return {
        async createFunction(registration) {
            const { logicalName, code } = registration;
            const unpacked = await unpackCode(options.folder, logicalName, code);
            const pool = createPool(registration, unpacked, options);
            const replaced = functions.get(registration.arn);
            functions.set(registration.arn, { registration, pool });
            await replaced?.pool.stop();
        },
        addPermission(permission) {
            find({ name: permission.functionName, region: permission.region }, functions);
            permissions.push(permission);
        },
        isPermitted(invokeArn, sourceArn, principal) {
            const registration = functions.get(functionArnOf(invokeArn) ?? "")?.registration;
            return permissions.some(
                (permission) =>
                    permission.region === registration?.region &&
                    [registration.name, registration.arn].includes(permission.functionName) &&
                    matchesWildcard(permission.action, "lambda:InvokeFunction", "i") &&
                    permission.principal === principal &&
                    (permission.sourceArn === undefined ||
                        matchesWildcard(permission.sourceArn, sourceArn)),
            );
        },
        describe: (target) => find(target, functions).registration,
        async invoke(target, event, timeoutMilliseconds) {
            const { registration, pool } = find(target, functions);
            return options.isDown?.(registration.region) === true
                ? { kind: "throttled" }
                : invoke(pool, event, timeoutMilliseconds);
        },
        list: () =>
            [...functions.values()].map(({ registration, pool }) => ({
                name: registration.name,
                region: registration.region,
                coldStarts: pool.coldStarts(),
            })),
        async crash(region) {
            const there = [...functions.values()].filter(
                ({ registration }) => registration.region === region,
            );
            await Promise.all(there.map(({ pool }) => pool.crash()));
        },
        async stop() {
            await Promise.all([...functions.values()].map(({ pool }) => pool.stop()));
        },
    };
}

function find(target: FunctionTarget, functions: ReadonlyMap<string, Deployed>): Deployed {
    const deployed =
        typeof target === "string"
            ? functions.get(functionArnOf(target) ?? target)
            : [...functions.values()].find(
                  ({ registration }) =>
                      registration.region === target.region &&
                      [registration.name, registration.arn].includes(target.name),
              );
    if (deployed === undefined) {
        const name = typeof target === "string" ? target : `${target.name}, ${target.region}`;
        throw new Error(`ResourceNotFoundException: Function not found: ${name}.`);
    }
    return deployed;
}

async function invoke(
    pool: FunctionPool,
    event: unknown,
    timeoutMilliseconds: number,
): Promise<InvocationResult> {
    const payload = JSON.stringify(event) ?? "null";
    if (Buffer.byteLength(payload) > payloadMaxBytes) {
        const message = `Request must be smaller than ${payloadMaxBytes} bytes.`;
        return { kind: "error", message };
    }
    const answer = await pool.invoke(payload, timeoutMilliseconds);
    switch (answer.kind) {
        case "ok":
            return Buffer.byteLength(answer.payload) > payloadMaxBytes
                ? { kind: "error", message: "Function.ResponseSizeTooLarge" }
                : { kind: "ok", payload: JSON.parse(answer.payload) };
        case "error": {
            const { errorType, errorMessage } = answer.error;
            return { kind: "error", message: `${errorType}: ${errorMessage}` };
        }
        default:
            return answer;
    }
}

function createPool(
    registration: FunctionRegistration,
    folder: string,
    options: FunctionServiceOptions,
): FunctionPool {
    const [file = "index", exportName = "handler"] = registration.handler.split(".");
    const writeLog = (line: string): void => options.writeLog(registration, line);
    const start = async (): Promise<ExecutionEnvironment> =>
        startEnvironment({
            redirections: (await options.redirections?.(registration.region)) ?? [],
            codeFile: path.join(folder, `${file}.js`),
            exportName,
            functionName: registration.name,
            functionArn: registration.arn,
            memoryMegabytes: registration.memoryMegabytes,
            logGroupName: registration.logGroupName,
            logFormat: registration.logFormat,
            timeoutSeconds: registration.timeoutSeconds,
            variables: {
                ...registration.variables,
                ...(await options.runtimeVariables(registration)),
            },
            writeLog,
        });
    return createFunctionPool({
        start,
        maxEnvironments: registration.reservedConcurrency ?? unreservedEnvironments,
        // Reserved concurrency does not queue: what exceeds it is throttled.
        maxWaiting: registration.reservedConcurrency === undefined ? unreservedWaiting : 0,
        idleMilliseconds,
        drawKill: () => options.drawKill?.(registration),
        onReport: (report) => writeLog(reportLine(report, registration)),
    });
}

/** Source: https://docs.aws.amazon.com/lambda/latest/dg/telemetry-schema-reference.html#platform-report */
function reportLine(report: InvocationReport, registration: FunctionRegistration): string {
    return JSON.stringify({
        time: new Date().toISOString(),
        type: "platform.report",
        record: {
            requestId: report.requestId,
            status: report.status,
            error: report.message,
            isColdStart: report.isColdStart,
            metrics: {
                durationMs: Math.round(report.milliseconds),
                memorySizeMB: registration.memoryMegabytes,
            },
        },
    });
}
