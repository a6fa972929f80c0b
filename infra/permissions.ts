import type * as aws from "@pulumi/aws";

/** A typed IAM policy document. */
export type PolicyDocument = aws.iam.PolicyDocument;

/** The actions with which a function may open database sessions. Nothing else needs DSQL. */
export type DatabaseAction = "dsql:DbConnect" | "dsql:DbConnectAdmin";

/** Which cluster a function may open sessions on, and how. */
export interface DatabaseGrant {
    readonly clusterArn: string;
    readonly action: DatabaseAction;
}

/** Lets one AWS service assume a role. */
export function assumedBy(service: string): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
    };
}

/** What a function may touch beyond its own log and database, as ARNs. */
export interface Reach {
    /** Queues that it puts messages into. */
    readonly sendsTo: readonly string[];
    /** Queues whose messages start it. */
    readonly takesFrom: readonly string[];
    /** Routes of other cells' APIs. */
    readonly calls: readonly string[];
    /** KeyValueStores of the edge that it keeps up to date. */
    readonly maintains: readonly string[];
}

/** The reach of a function that has no business with other cells. */
export const noReach: Reach = { sendsTo: [], takesFrom: [], calls: [], maintains: [] };

/**
 * All that a function may do: write to its own log group, open sessions on its own Region's
 * cluster, and use exactly the queues and routes that it is meant to. `DbConnectAdmin` is the
 * migrator's alone; the others connect as a database role, the monitors not at all.
 * Sources: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
 * and https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
 */
export function functionPolicy(args: {
    logGroupArn: string;
    database: DatabaseGrant | undefined;
    reach: Reach;
}): PolicyDocument {
    const { database } = args;
    const { sendsTo, takesFrom, calls, maintains } = args.reach;
    return {
        Version: "2012-10-17",
        Statement: [
            ...allow(
                "WriteOwnLogs",
                ["logs:CreateLogStream", "logs:PutLogEvents"],
                [`${args.logGroupArn}:*`],
            ),
            ...(database === undefined
                ? []
                : allow("ConnectToOwnCluster", [database.action], [database.clusterArn])),
            ...allow("SendMessages", ["sqs:SendMessage"], sendsTo),
            ...allow(
                "TakeMessages",
                ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                takesFrom,
            ),
            ...allow("CallOtherCells", ["execute-api:Invoke"], calls),
            ...allow(
                "MaintainKeyValueStores",
                [
                    "cloudfront-keyvaluestore:DescribeKeyValueStore",
                    "cloudfront-keyvaluestore:GetKey",
                    "cloudfront-keyvaluestore:UpdateKeys",
                ],
                maintains,
            ),
        ],
    };
}

/** Lets a role invoke one function. */
export function invocationPolicy(functionArn: string): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [...allow("InvokeFunction", ["lambda:InvokeFunction"], [functionArn])],
    };
}

/** No statement where there is nothing to allow: IAM refuses one without a resource. */
function allow(
    Sid: string,
    actions: readonly string[],
    resources: readonly string[],
): aws.iam.PolicyStatement[] {
    return resources.length === 0
        ? []
        : [{ Sid, Effect: "Allow", Action: [...actions], Resource: [...resources] }];
}
