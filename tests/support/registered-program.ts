import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks";
import { isMarkedSecret, withoutSecretMarks } from "../../infra/local/secret-marks";
import { withShortTraces } from "../../infra/local/short-traces";
import { readStackConfig } from "../../infra/local/stack-config";

/** One resource as the program registered it. */
export interface RegisteredResource {
    readonly type: string;
    readonly name: string;
    readonly inputs: Readonly<Record<string, unknown>>;
    /** Where in the inputs secrets are, which Pulumi encrypts in the state: `a.b.0`. */
    readonly secretInputs: readonly string[];
    /** `<urn>::<id>` of the provider; empty for a default provider and for components. */
    readonly provider: string;
    readonly parent: string;
    readonly isProtected: boolean;
    /** Logical names of what it waits for. */
    readonly dependencies: readonly string[];
    readonly isCustom: boolean;
}

/** A whole run of index.ts against mocks. */
export interface RegisteredProgram {
    readonly resources: readonly RegisteredResource[];
    readonly outputs: Readonly<Record<string, unknown>>;
    /** Ordered by name: registrations arrive in any order. */
    ofType(type: string): readonly RegisteredResource[];
    /** The resource of that name; our components do not count, they may share it. */
    named(name: string): RegisteredResource;
}

export const accountId = "123456789012";
const projectFolder = path.resolve(__dirname, "../..");

const runs = new Map<string, Promise<RegisteredProgram>>();

/** What `registerProgram` gives, from an earlier run of the same configuration if there was one. */
export function registered(
    stack: string,
    overrides: Readonly<Record<string, unknown>> = {},
): Promise<RegisteredProgram> {
    const key = `${stack} ${JSON.stringify(overrides)}`;
    const run = runs.get(key) ?? registerProgram(stack, overrides);
    runs.set(key, run);
    return run;
}

/**
 * Runs index.ts for a stack, with some options of its configuration replaced, and records every
 * registration in `resources`, also when the run fails. Pulumi keeps its mocks in the process, so
 * one run has to end before the next.
 */
export async function registerProgram(
    stack: string,
    overrides: Readonly<Record<string, unknown>> = {},
    resources: RegisteredResource[] = [],
): Promise<RegisteredProgram> {
    const restore = recordRegistrations(resources);
    try {
        const { project, values } = readStackConfig(projectFolder, stack, overrides);
        await pulumi.runtime.setMocks({ newResource: answer, call: refuse }, project, stack);
        pulumi.runtime.setAllConfig(values);
        const outputs = await withShortTraces(runProgram);
        return {
            resources,
            outputs,
            ofType: (type) =>
                resources
                    .filter((resource) => resource.type === type)
                    .sort((left, right) => (left.name < right.name ? -1 : 1)),
            named: (name) => {
                const found = resources.find(
                    (resource) => !resource.type.startsWith("shop:") && resource.name === name,
                );
                if (found === undefined) {
                    throw new Error(`The program registers no resource named ${name}.`);
                }
                return found;
            },
        };
    } finally {
        restore();
    }
}

async function runProgram(): Promise<Record<string, unknown>> {
    const entryPoint = path.join(projectFolder, "index.ts");
    delete require.cache[entryPoint];
    const exported = require(entryPoint) as Record<string, pulumi.Input<unknown>>;
    const outputs = await new Promise<Record<string, unknown>>((resolve) => {
        pulumi.output(exported).apply((values) => resolve(values));
    });
    await pulumi.runtime.disconnect();
    return outputs;
}

interface RegisterRequest {
    getType(): string;
    getName(): string;
    getParent(): string;
    getProvider(): string;
    getProtect(): boolean;
    getCustom(): boolean;
    getDependenciesList(): string[];
    getObject(): { toJavaScript(): Record<string, unknown> } | undefined;
}

/** The mocks are told neither parent nor dependencies, so the request itself is read. */
function recordRegistrations(resources: RegisteredResource[]): () => void {
    const original = MockMonitor.prototype.registerResource;
    MockMonitor.prototype.registerResource = function (request: RegisterRequest, callback) {
        const sent = request.getObject()?.toJavaScript() ?? {};
        resources.push({
            type: request.getType(),
            name: request.getName(),
            inputs: withoutSecretMarks(sent) as Record<string, unknown>,
            secretInputs: secretsIn(sent),
            provider: request.getProvider(),
            parent: nameOf(request.getParent()),
            isProtected: request.getProtect(),
            isCustom: request.getCustom(),
            dependencies: request.getDependenciesList().map(nameOf),
        });
        return original.call(this, request, callback);
    };
    return () => {
        MockMonitor.prototype.registerResource = original;
    };
}

function secretsIn(value: unknown, place: readonly string[] = []): readonly string[] {
    if (typeof value !== "object" || value === null) {
        return [];
    }
    return isMarkedSecret(value)
        ? [place.join(".")]
        : Object.entries(value).flatMap(([key, item]) => secretsIn(item, [...place, key]));
}

function nameOf(urn: string): string {
    return urn.split("::").at(-1) ?? "";
}

/** The outputs that the program reads, shaped like AWS's. */
function answer(args: pulumi.runtime.MockResourceArgs): pulumi.runtime.MockResourceResult {
    const { name } = args;
    // Pulumi writes every answer into its log, which is off; nobody reads code from there.
    const { code: _, ...inputs } = args.inputs;
    const region = inputs.region ?? "global";
    const arn = `arn:aws:${args.type.split(":")[1]?.split("/")[0]}:${region}:${accountId}:${name}`;
    return {
        id: `${name}-id`,
        state: {
            name,
            ...inputs,
            arn,
            identifier: inputs.identifier ?? `${name}-identifier`,
            invokeArn: `invoke:${arn}`,
            executionArn: `execute:${arn}`,
            url: `https://queues.example/${name}`,
            invokeUrl: `https://${name}.example/${inputs.stageName}`,
            domainName: `${name}.cloudfront.example`,
            result: args.type.startsWith("random:") ? `${name}-result` : "{}",
        },
    };
}

function refuse(args: pulumi.runtime.MockCallArgs): never {
    throw new Error(`The program is not expected to look anything up; it called ${args.token}.`);
}
