import { arnOf, invokeArnOf } from "../aws-names";
import {
    type Counterpart,
    numberInput,
    objectInput,
    optionalText,
    physicalName,
    type Resource,
    textInput,
} from "./resource";

// Those that run on this computer's Node.js; a newer runtime's features may be missing here.
const runtimes = ["nodejs20.x", "nodejs22.x", "nodejs24.x"];
// Migrations may wait for an index; what takes longer than this here has stopped.
const invocationTimeoutMilliseconds = 60_000;

// Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
const reservedVariables =
    /^(_HANDLER|_X_AMZN_TRACE_ID|AWS_(REGION|DEFAULT_REGION|EXECUTION_ENV|ACCESS_KEY(_ID)?|SECRET_ACCESS_KEY|SESSION_TOKEN|LAMBDA_.*)|LAMBDA_(TASK_ROOT|RUNTIME_DIR))$/;

export const lambdaFunction: Counterpart = {
    does: "runs",
    required: ["role", "code", "handler", "runtime"],
    async create(resource, services) {
        const name = physicalName(resource, services);
        const arn = arnOf("lambda", resource.region, `function:${name}`);
        const roleArn = textInput(resource, "role");
        checkRuntime(resource);
        if (!services.iam.isAssumableBy(roleArn, "lambda.amazonaws.com")) {
            throw new Error(
                "InvalidParameterValueException: The role defined for the function cannot be " +
                    `assumed by Lambda: ${roleArn}.`,
            );
        }
        const logging = objectInput(resource, "loggingConfig");
        // Without a reservation the provider says -1.
        const reserved = numberInput(resource, "reservedConcurrentExecutions", -1);
        await services.functions.createFunction({
            logicalName: resource.name,
            name,
            arn,
            region: resource.region,
            roleArn,
            code: resource.inputs["code"],
            handler: textInput(resource, "handler"),
            memoryMegabytes: numberInput(resource, "memorySize", 128),
            timeoutSeconds: numberInput(resource, "timeout", 3),
            reservedConcurrency: reserved < 0 ? undefined : reserved,
            logFormat: String(logging["logFormat"] ?? "Text"),
            logGroupName: String(logging["logGroup"] ?? `/aws/lambda/${name}`),
            variables: variablesOf(resource),
        });
        const outputs = { name, arn, invokeArn: invokeArnOf(arn), version: "$LATEST" };
        return { id: name, outputs: { ...outputs, qualifiedArn: `${arn}:$LATEST` } };
    },
};

export const permission: Counterpart = {
    does: "runs",
    required: ["action", "function", "principal"],
    create(resource, { functions, names }) {
        functions.addPermission({
            functionName: textInput(resource, "function"),
            region: resource.region,
            action: textInput(resource, "action"),
            principal: textInput(resource, "principal"),
            sourceArn: optionalText(resource, "sourceArn"),
        });
        const statementId = names.physicalName(resource.type, resource.name);
        return { id: statementId, outputs: { statementId } };
    },
};

export const invocation: Counterpart = {
    does: "runs",
    required: ["functionName", "input"],
    async create(resource, { functions, names }) {
        const functionName = textInput(resource, "functionName");
        const answer = await functions.invoke(
            { name: functionName, region: resource.region },
            JSON.parse(textInput(resource, "input")),
            invocationTimeoutMilliseconds,
        );
        switch (answer.kind) {
            case "ok": {
                const id = names.identifier(32, resource.type, resource.name);
                return { id, outputs: { result: JSON.stringify(answer.payload) } };
            }
            case "error":
                throw new Error(`Function ${functionName} failed: ${answer.message}`);
            case "throttled":
                throw new Error(`Function ${functionName} was throttled.`);
            case "timeout":
                throw new Error(
                    `Function ${functionName} did not answer within ` +
                        `${invocationTimeoutMilliseconds / 1000} seconds.`,
                );
        }
    },
};

function checkRuntime(resource: Resource): void {
    const runtime = textInput(resource, "runtime");
    if (!runtimes.includes(runtime)) {
        throw new Error(
            `${resource.name}: runtime is "${runtime}"; the local Lambda runs ` +
                `${runtimes.join(", ")}. Add it to infra/local/counterparts/function.ts.`,
        );
    }
}

function variablesOf(resource: Resource): Record<string, string> {
    const { variables = {} } = objectInput(resource, "environment") as {
        variables?: Record<string, unknown>;
    };
    const reserved = Object.keys(variables).filter((name) => reservedVariables.test(name));
    if (reserved.length > 0) {
        throw new Error(
            `InvalidParameterValueException: ${resource.name} declares reserved environment ` +
                `variables: ${reserved.join(", ")}. Remove them; Lambda sets them itself.`,
        );
    }
    return Object.fromEntries(
        Object.entries(variables).map(([name, value]) => [name, String(value)]),
    );
}
