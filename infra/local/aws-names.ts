import { createHash } from "node:crypto";

/** The account that everything local belongs to; AWS gives it to nobody. */
export const accountId = "000000000000";

/** Makes the names, ids and ARNs that AWS would; equal in every run of the same stack. */
export interface AwsNames {
    /** Pulumi's automatic name: the logical name and seven hexadecimal digits. */
    physicalName(type: string, logicalName: string): string;
    /** Characters of `a`-`z` and `0`-`9`, made from what the id stands for. */
    identifier(length: number, ...parts: readonly string[]): string;
}

/** Makes names for one stack of one project. */
export function createAwsNames(project: string, stack: string): AwsNames {
    const hash = (parts: readonly string[]): Buffer =>
        createHash("sha256")
            .update([project, stack, ...parts].join("\n"))
            .digest();
    return {
        physicalName: (type, logicalName) =>
            `${logicalName}-${hash([type, logicalName]).toString("hex").slice(0, 7)}`,
        identifier: (length, ...parts) => {
            const digits = BigInt(`0x${hash(parts).toString("hex")}`).toString(36);
            // An identifier begins with a letter.
            return `l${digits.padStart(50, "0").slice(-(length - 1))}`;
        },
    };
}

/** An ARN of this account; a global service has no Region in it. */
export function arnOf(service: string, region: string, resource: string): string {
    const account = service === "s3" || service === "apigateway" ? "" : accountId;
    return `arn:aws:${service}:${region}:${account}:${resource}`;
}

/** What an API Gateway integration calls to invoke a function. */
export function invokeArnOf(functionArn: string): string {
    const region = functionArn.split(":")[3] ?? "";
    return `arn:aws:apigateway:${region}:lambda:path/2015-03-31/functions/${functionArn}/invocations`;
}

/** The function that an invoke ARN names; undefined for anything else. */
export function functionArnOf(invokeArn: string): string | undefined {
    return /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(invokeArn)?.[1];
}
