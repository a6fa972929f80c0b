import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Settings } from "./settings";
import { cloudFrontControlRegion } from "./topology";

/**
 * The program's only AWS provider: each further one is a process of 300-430 MB. Every regional
 * resource names its Region; what names none (CloudFront, IAM) is managed from CloudFront's
 * control Region.
 */
export function createProvider(settings: Settings): aws.Provider {
    return new aws.Provider("aws", {
        region: cloudFrontControlRegion,
        defaultTags: {
            tags: {
                project: pulumi.getProject(),
                stack: pulumi.getStack(),
                environment: settings.environment,
            },
        },
    });
}
