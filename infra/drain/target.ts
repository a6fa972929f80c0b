import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import type { KeyValueStoreOptions } from "../../app/aws/key-value-store";
import { type Control, controlFile } from "../local/chaos/control-server";
import type { DrainRequest } from "./command-line";

type Variables = Readonly<Record<string, string | undefined>>;

/** A stack whose Regions can be drained. */
export interface Target {
    readonly where: "this computer" | "AWS";
    readonly store: Pick<KeyValueStoreOptions, "arn" | "credentials" | "endpoint">;
    /** Every Region that has an API. */
    readonly regions: readonly string[];
}

const projectFolder = path.resolve(__dirname, "../..");
const pulumiTimeoutMilliseconds = 60_000;

/** Reads the outputs of a stack on AWS, as JSON. */
export type ReadOutputs = (stack: string) => Promise<string>;

/**
 * Finds the stack that is meant: the one that runs on this computer, or else the one on AWS.
 * @throws Error saying what is missing
 */
export async function findTarget(
    { stack, folder, isDeployed }: DrainRequest,
    variables: Variables,
    readOutputs: ReadOutputs = runPulumi,
): Promise<Target> {
    const control = isDeployed ? undefined : await readControl(path.resolve(folder, stack));
    if (control !== undefined) {
        const { keyValueStores: access, outputs } = control;
        if (access === undefined) {
            throw new Error(`The stack ${stack} that runs here has no KeyValueStores.`);
        }
        const { arn, regions } = readStackOutputs(outputs, stack);
        const { credentials, endpointUrl: endpoint } = access;
        return { where: "this computer", regions, store: { arn, credentials, endpoint } };
    }
    const credentials = readCredentials(variables);
    const { arn, regions } = readStackOutputs(JSON.parse(await readOutputs(stack)), stack);
    const endpoint = variables["AWS_ENDPOINT_URL_CLOUDFRONT_KEYVALUESTORE"];
    return { where: "AWS", regions, store: { arn, credentials, endpoint } };
}

/** Undefined where no cloud runs. */
async function readControl(stackFolder: string): Promise<Control | undefined> {
    try {
        return JSON.parse(await readFile(controlFile(stackFolder), "utf8"));
    } catch (error) {
        if ((error as NodeJS.ErrnoException).code === "ENOENT") {
            return undefined;
        }
        throw error;
    }
}

function readStackOutputs(
    outputs: Readonly<Record<string, unknown>> | undefined,
    stack: string,
): { readonly arn: string; readonly regions: readonly string[] } {
    const arn = outputs?.["keyValueStoreArn"];
    const regions = outputs?.["servingRegions"];
    if (typeof arn !== "string" || !Array.isArray(regions)) {
        throw new Error(
            `The stack ${stack} has no outputs keyValueStoreArn and servingRegions; deploy it ` +
                "anew with this version.",
        );
    }
    return { arn, regions };
}

function readCredentials(variables: Variables): KeyValueStoreOptions["credentials"] {
    const accessKeyId = variables["AWS_ACCESS_KEY_ID"];
    const secretAccessKey = variables["AWS_SECRET_ACCESS_KEY"];
    const sessionToken = variables["AWS_SESSION_TOKEN"];
    if (!accessKeyId || !secretAccessKey) {
        throw new Error(
            "AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY are not set, which a stack on AWS needs; " +
                "aws configure export-credentials --format env prints them. " +
                "A stack that runs on this computer (npm start) needs none.",
        );
    }
    return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

async function runPulumi(stack: string): Promise<string> {
    try {
        const { stdout } = await promisify(execFile)(
            "pulumi",
            ["stack", "output", "--json", "--non-interactive", "--stack", stack],
            { cwd: projectFolder, timeout: pulumiTimeoutMilliseconds },
        );
        return stdout;
    } catch (cause) {
        const { code, stderr = "" } = cause as { code?: unknown; stderr?: string };
        const reason =
            code === "ENOENT" ? "pulumi is not installed" : stderr.trim() || String(cause);
        throw new Error(`The outputs of the stack ${stack} cannot be read: ${reason}`, { cause });
    }
}
