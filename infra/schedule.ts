import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { ServiceFunction } from "./function";
import type { ScheduleDefinition } from "./functions";
import { assumedBy, invocationPolicy } from "./permissions";

export interface ScheduleArgs {
    region: string;
    service: ServiceFunction;
    definition: ScheduleDefinition;
}

// The shortest that both services accept. A run that is missed or fails is not worth repeating
// for longer: the next one does its work.
// Source: https://docs.aws.amazon.com/scheduler/latest/APIReference/API_RetryPolicy.html
const maximumEventAgeInSeconds = 60;

/** Invokes one function at a fixed rate, as a role that may do nothing else. */
export class Schedule extends pulumi.ComponentResource {
    constructor(name: string, args: ScheduleArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Schedule", name, {}, opts);

        const [role, policy] = this.createRole(name, args.service);
        new aws.scheduler.Schedule(
            name,
            {
                region: args.region,
                scheduleExpression: args.definition.rate,
                flexibleTimeWindow: { mode: "OFF" },
                target: {
                    arn: args.service.arn,
                    roleArn: role.arn,
                    input: JSON.stringify(args.definition.input),
                    retryPolicy: { maximumEventAgeInSeconds, maximumRetryAttempts: 1 },
                },
            },
            { parent: this, dependsOn: policy },
        );
        this.forgetOldRuns(name, args);

        this.registerOutputs({});
    }

    private createRole(name: string, service: ServiceFunction): [aws.iam.Role, aws.iam.RolePolicy] {
        const role = new aws.iam.Role(
            `${name}-role`,
            { assumeRolePolicy: assumedBy("scheduler.amazonaws.com") },
            { parent: this },
        );
        const policy = new aws.iam.RolePolicy(
            `${name}-policy`,
            { role: role.id, policy: service.arn.apply(invocationPolicy) },
            { parent: this },
        );
        return [role, policy];
    }

    /**
     * The Scheduler hands its events to Lambda's own queue, where one that finds the function busy
     * would wait for up to six hours, and one that fails would be tried twice more.
     * Source: https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-error-handling.html
     */
    private forgetOldRuns(name: string, { region, service }: ScheduleArgs): void {
        new aws.lambda.FunctionEventInvokeConfig(
            `${name}-invocations`,
            {
                region,
                functionName: service.functionName,
                maximumEventAgeInSeconds,
                maximumRetryAttempts: 0,
            },
            { parent: this },
        );
    }
}
