import { cluster, clusterPeering } from "./database";
import {
    cachePolicy,
    distribution,
    keyValueStore,
    originRequestPolicy,
    responseHeadersPolicy,
    viewerFunction,
} from "./distribution";
import { invocation, lambdaFunction, permission } from "./function";
import { logGroup, role, rolePolicy, rolePolicyAttachment } from "./identity";
import { eventSourceMapping, queue } from "./queue";
import { randomPassword } from "./random-password";
import type { Counterpart } from "./resource";
import { account, deployment, methodSettings, restApi, restApiPut, stage } from "./rest-api";
import { schedule, scheduleGroup } from "./schedule";

/** Recorded only: nobody on this computer can tell the difference. */
const recorded = (...required: string[]): Counterpart => ({
    does: "recorded",
    required,
    create: (resource) => ({ id: resource.name, outputs: {} }),
});

const counterparts: Readonly<Record<string, Counterpart>> = {
    "aws:apigateway/account:Account": account,
    "aws:apigateway/deployment:Deployment": deployment,
    "aws:apigateway/methodSettings:MethodSettings": methodSettings,
    "aws:apigateway/restApi:RestApi": restApi,
    "aws:apigateway/restApiPut:RestApiPut": restApiPut,
    "aws:apigateway/stage:Stage": stage,
    "aws:cloudfront/cachePolicy:CachePolicy": cachePolicy,
    "aws:cloudfront/distribution:Distribution": distribution,
    "aws:cloudfront/function:Function": viewerFunction,
    "aws:cloudfront/keyValueStore:KeyValueStore": keyValueStore,
    "aws:cloudfront/originRequestPolicy:OriginRequestPolicy": originRequestPolicy,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": responseHeadersPolicy,
    "aws:cloudwatch/logGroup:LogGroup": logGroup,
    "aws:cloudwatch/metricAlarm:MetricAlarm": recorded("comparisonOperator", "evaluationPeriods"),
    "aws:dsql/cluster:Cluster": cluster,
    "aws:dsql/clusterPeering:ClusterPeering": clusterPeering,
    "aws:iam/role:Role": role,
    "aws:iam/rolePolicy:RolePolicy": rolePolicy,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": rolePolicyAttachment,
    "aws:lambda/eventSourceMapping:EventSourceMapping": eventSourceMapping,
    "aws:lambda/function:Function": lambdaFunction,
    // The local Scheduler hands nothing to a queue of Lambda's.
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": recorded("functionName"),
    "aws:lambda/invocation:Invocation": invocation,
    "aws:lambda/permission:Permission": permission,
    "aws:scheduler/schedule:Schedule": schedule,
    "aws:scheduler/scheduleGroup:ScheduleGroup": scheduleGroup,
    "aws:sqs/queue:Queue": queue,
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": recorded("queueUrl", "redriveAllowPolicy"),
    "awsx:cloudtrail:Trail": recorded(),
    "random:index/randomPassword:RandomPassword": randomPassword,
};

/** Types that belong to a Region, which each such resource has to know. */
const regional = /^aws:(apigateway|cloudwatch|dsql|lambda|scheduler|sqs)\//;

/**
 * What stands for a type of resource on this computer.
 * @throws Error for a type that the local cloud does not know.
 */
export function counterpartOf(type: string): Counterpart {
    const counterpart = counterparts[type];
    if (counterpart === undefined) {
        throw new Error(
            "the local cloud has no counterpart for this type. " +
                "Add one to infra/local/counterparts/registry.ts.",
        );
    }
    return counterpart;
}

/** Whether resources of a type belong to a Region. */
export function isRegional(type: string): boolean {
    return regional.test(type);
}
