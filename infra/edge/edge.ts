import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Origin } from "../cell";
import {
    createProductsCachePolicy,
    createSecurityHeadersPolicy,
    managedPolicies,
} from "./policies";
import { compileRouter } from "./router";

export interface EdgeArgs {
    /** Every regional API; the first is where an unknown viewer goes. */
    origins: readonly Origin[];
    /** PriceClass_100, PriceClass_200 or PriceClass_All. */
    priceClass: string;
}

type Behavior = Omit<aws.types.input.cloudfront.DistributionOrderedCacheBehavior, "pathPattern">;

const allMethods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

// 400 and up, as far as CloudFront caches them: the app alone decides how long an error lives.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
const cachedErrorStatuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * The one address of the shop: a distribution over every cell's API that sends each viewer to the
 * nearest serving Region and caches product reads for seconds, apart for each cell.
 */
export class Edge extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;
    public readonly distributionId: pulumi.Output<string>;

    constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Edge", name, {}, opts);

        const router = this.createRouter(name, args);
        const productsCache = createProductsCachePolicy(name, { parent: this });
        const securityHeaders = createSecurityHeadersPolicy(name, { parent: this });
        const distribution = this.createDistribution(name, args, {
            router,
            productsCache,
            securityHeaders,
        });

        this.url = pulumi.interpolate`https://${distribution.domainName}`;
        this.distributionId = distribution.id;
        this.registerOutputs({ url: this.url });
    }

    private createRouter(name: string, args: EdgeArgs): aws.cloudfront.Function {
        const [first, ...others] = args.origins;
        if (first === undefined) {
            throw new Error("The edge needs at least one origin.");
        }
        return new aws.cloudfront.Function(
            `${name}-router`,
            {
                runtime: "cloudfront-js-2.0",
                comment: "Sends each viewer to the nearest serving Region",
                code: compileRouter([first, ...others]),
                publish: true,
            },
            { parent: this },
        );
    }

    private createDistribution(
        name: string,
        args: EdgeArgs,
        parts: {
            router: aws.cloudfront.Function;
            productsCache: aws.cloudfront.CachePolicy;
            securityHeaders: aws.cloudfront.ResponseHeadersPolicy;
        },
    ): aws.cloudfront.Distribution {
        const behavior = (cachePolicyId: pulumi.Input<string>): Behavior => ({
            targetOriginId: args.origins[0]?.id ?? "",
            viewerProtocolPolicy: "redirect-to-https",
            allowedMethods: allMethods,
            cachedMethods: ["GET", "HEAD"],
            compress: true,
            cachePolicyId,
            originRequestPolicyId: managedPolicies.allViewerExceptHostHeader,
            responseHeadersPolicyId: parts.securityHeaders.id,
            functionAssociations: [{ eventType: "viewer-request", functionArn: parts.router.arn }],
        });
        return new aws.cloudfront.Distribution(
            name,
            {
                enabled: true,
                comment: "The shop, on every continent",
                httpVersion: "http2and3",
                isIpv6Enabled: true,
                priceClass: args.priceClass,
                origins: args.origins.map(distributionOrigin),
                defaultCacheBehavior: behavior(managedPolicies.cachingDisabled),
                orderedCacheBehaviors: [
                    { pathPattern: "/products*", ...behavior(parts.productsCache.id) },
                ],
                customErrorResponses: cachedErrorStatuses.map((errorCode) => ({
                    errorCode,
                    errorCachingMinTtl: 0,
                })),
                restrictions: { geoRestriction: { restrictionType: "none" } },
                viewerCertificate: { cloudfrontDefaultCertificate: true },
            },
            { parent: this },
        );
    }
}

function distributionOrigin(origin: Origin): aws.types.input.cloudfront.DistributionOrigin {
    return {
        originId: origin.id,
        domainName: origin.domainName,
        originPath: origin.path,
        connectionAttempts: 2,
        connectionTimeout: 3,
        customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            // Above API Gateway's own 29 seconds, so that it is the API that says what happened.
            originReadTimeout: 30,
            originKeepaliveTimeout: 60,
        },
    };
}
