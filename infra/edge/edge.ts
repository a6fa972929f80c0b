import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { Origin } from "../cell";
import { type OriginSecret, originSecretHeader } from "./origin-secret";
import {
    createProductsCachePolicy,
    createSecurityHeadersPolicy,
    managedPolicies,
} from "./policies";
import { compileRouter, readOriginId } from "./router";

export interface EdgeArgs {
    /** Every regional API; the first is where an unknown viewer goes. */
    origins: readonly Origin[];
    originSecret: OriginSecret;
    /** PriceClass_100, PriceClass_200 or PriceClass_All. */
    priceClass: string;
    /** What must be in place before the distribution: APIs that accept the secret it sends. */
    opensAfter: pulumi.Resource[];
}

type Behavior = Omit<aws.types.input.cloudfront.DistributionOrderedCacheBehavior, "pathPattern">;

const allMethods = ["GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"];

// 400 and up, as far as CloudFront caches them: the app alone decides how long an error lives.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/HTTPStatusCodes.html
const cachedErrorStatuses = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];

/**
 * The one address of the shop: a distribution over every cell's API that sends each viewer to the
 * nearest serving Region that is well and not drained, and caches product reads for seconds, apart
 * for each cell.
 */
export class Edge extends pulumi.ComponentResource {
    public readonly url: pulumi.Output<string>;
    public readonly distributionId: pulumi.Output<string>;
    /** The Regions that the router chooses among. */
    public readonly regions: readonly string[];
    /** Holds what the router has to know of the Regions. */
    public readonly keyValueStore: aws.cloudfront.KeyValueStore;

    constructor(name: string, args: EdgeArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:Edge", name, {}, opts);

        this.keyValueStore = this.createKeyValueStore(name);
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
        this.regions = args.origins.map(({ region }) => region);
        this.registerOutputs({ url: this.url });
    }

    /**
     * The program makes no keys in it: the monitors and the operator do, and `pulumi up` must not
     * put their flags back.
     */
    private createKeyValueStore(name: string): aws.cloudfront.KeyValueStore {
        return new aws.cloudfront.KeyValueStore(
            `${name}-flags`,
            {
                comment: "Which Regions are down or drained",
            },
            { parent: this },
        );
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
                comment: "Sends each viewer to the nearest Region that can serve",
                code: compileRouter([first, ...others]),
                keyValueStoreAssociations: [this.keyValueStore.arn],
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
            // OPTIONS fails over only where it counts as cached. The app lets nobody keep it.
            cachedMethods: ["GET", "HEAD", "OPTIONS"],
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
                origins: args.origins.flatMap((origin) => [
                    distributionOrigin(origin, args.originSecret, {
                        originId: origin.id,
                        // Far above what the API needs, and below what a viewer waits for.
                        originReadTimeout: 10,
                    }),
                    distributionOrigin(origin, args.originSecret, {
                        originId: readOriginId(origin.id),
                        // Above a cold start; a read that is under way when its Region is lost
                        // still has time for another one.
                        originReadTimeout: 2,
                    }),
                ]),
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
            { parent: this, dependsOn: args.opensAfter },
        );
    }
}

function distributionOrigin(
    origin: Origin,
    originSecret: OriginSecret,
    { originId, originReadTimeout }: { originId: string; originReadTimeout: number },
): aws.types.input.cloudfront.DistributionOrigin {
    return {
        originId,
        domainName: origin.domainName,
        originPath: origin.path,
        // It replaces a header of this name that a viewer sent.
        customHeaders: [{ name: originSecretHeader, value: originSecret.sent }],
        // A read has another origin behind it, which is worth more than a second try at this one.
        connectionAttempts: 1,
        connectionTimeout: 2,
        customOriginConfig: {
            httpPort: 80,
            httpsPort: 443,
            originProtocolPolicy: "https-only",
            originSslProtocols: ["TLSv1.2"],
            originReadTimeout,
            originKeepaliveTimeout: 60,
        },
    };
}
