import { arnOf } from "../aws-names";
import {
    type Counterpart,
    numberInput,
    objectInput,
    optionalText,
    physicalName,
    type Resource,
    textInput,
} from "./resource";

export const scheduleGroup: Counterpart = {
    does: "runs",
    required: [],
    create(resource, services) {
        const name = physicalName(resource, services);
        const arn = arnOf("scheduler", resource.region, `schedule-group/${name}`);
        return { id: name, outputs: { name, arn, state: "ACTIVE" } };
    },
};

export const schedule: Counterpart = {
    does: "runs",
    required: ["scheduleExpression", "flexibleTimeWindow", "target"],
    create(resource, services) {
        const name = physicalName(resource, services);
        const target = part(resource, "target");
        const retries = part(target, "retryPolicy");
        services.schedules.create({
            logicalName: resource.name,
            name,
            region: resource.region,
            expression: textInput(resource, "scheduleExpression"),
            targetArn: textInput(target, "arn"),
            roleArn: textInput(target, "roleArn"),
            input: readInput(target),
            // Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
            maxRetryAttempts: within(retries, "maximumRetryAttempts", 185, [0, 185]),
            maxEventAgeSeconds: within(retries, "maximumEventAgeInSeconds", 86_400, [60, 86_400]),
            isEnabled: optionalText(resource, "state") !== "DISABLED",
        });
        const groupName = optionalText(resource, "groupName") ?? "default";
        const arn = arnOf("scheduler", resource.region, `schedule/${groupName}/${name}`);
        return { id: `${groupName}/${name}`, outputs: { name, arn, groupName } };
    },
};

function part(resource: Resource, key: string): Resource {
    return { ...resource, inputs: objectInput(resource, key) };
}

function readInput(target: Resource): unknown {
    const text = optionalText(target, "input") ?? "{}";
    try {
        return JSON.parse(text);
    } catch (cause) {
        throw new Error(`${target.name}: the target's input is not JSON: ${text.slice(0, 100)}.`, {
            cause,
        });
    }
}

function within(
    resource: Resource,
    key: string,
    fallback: number,
    [min, max]: readonly [number, number],
): number {
    const value = numberInput(resource, key, fallback);
    if (!Number.isInteger(value) || value < min || value > max) {
        throw new Error(
            `ValidationException: ${resource.name}: ${key} is ${value}; allowed: ${min} to ${max}.`,
        );
    }
    return value;
}
