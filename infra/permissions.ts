import type * as aws from "@pulumi/aws";

/** A typed IAM policy document. */
export type PolicyDocument = aws.iam.PolicyDocument;

/** The actions with which a function may open database sessions. Nothing else needs DSQL. */
export type DatabaseAction = "dsql:DbConnect" | "dsql:DbConnectAdmin";

/** Lets one AWS service assume a role. */
export function assumedBy(service: string): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [{ Effect: "Allow", Action: "sts:AssumeRole", Principal: { Service: service } }],
    };
}

/**
 * All that a function may do: write to its own log group, and open sessions on its own Region's
 * cluster. `DbConnectAdmin` is the migrator's alone; the others connect as a database role.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/authentication-authorization.html
 */
export function functionPolicy(args: {
    logGroupArn: string;
    clusterArn: string;
    databaseAction: DatabaseAction;
}): PolicyDocument {
    return {
        Version: "2012-10-17",
        Statement: [
            {
                Sid: "WriteOwnLogs",
                Effect: "Allow",
                Action: ["logs:CreateLogStream", "logs:PutLogEvents"],
                Resource: `${args.logGroupArn}:*`,
            },
            {
                Sid: "ConnectToOwnCluster",
                Effect: "Allow",
                Action: args.databaseAction,
                Resource: args.clusterArn,
            },
        ],
    };
}
