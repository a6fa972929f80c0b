import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { viewerCellHeader, viewerWroteHeader } from "./router";

/**
 * AWS's managed policies that the distribution uses, by their published ids.
 * Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/using-managed-cache-policies.html
 * and using-managed-origin-request-policies.html
 */
export const managedPolicies = {
    cachingDisabled: "4135ea2d-6df8-44a3-9df3-4b5a84be39ad",
    // API Gateway answers only to its own host name, so the viewer's must not be forwarded.
    allViewerExceptHostHeader: "b689b0a8-53d0-40ab-baf2-68738e2966ac",
} as const;

/**
 * How long `GET /products*` is kept: as long as the app's Cache-Control says (a few seconds), and
 * not at all where it says nothing. The maximum has to cover the stale windows too. The cell is
 * part of the key, because each cell has its own stock; the viewer's last write is, so that the
 * answer is newer than it; the whole query string is, so that a parameter that the API refuses is
 * never answered from the cache.
 */
export function createProductsCachePolicy(
    name: string,
    opts: pulumi.CustomResourceOptions,
): aws.cloudfront.CachePolicy {
    return new aws.cloudfront.CachePolicy(
        `${name}-products-cache`,
        {
            comment: "Product reads: seconds, per cell",
            minTtl: 0,
            defaultTtl: 0,
            maxTtl: 60,
            parametersInCacheKeyAndForwardedToOrigin: {
                headersConfig: {
                    headerBehavior: "whitelist",
                    headers: { items: [viewerCellHeader, viewerWroteHeader] },
                },
                queryStringsConfig: { queryStringBehavior: "all" },
                cookiesConfig: { cookieBehavior: "none" },
                enableAcceptEncodingGzip: true,
                enableAcceptEncodingBrotli: true,
            },
        },
        opts,
    );
}

/** Security headers for an API that serves no pages: nothing may frame it or run from it. */
export function createSecurityHeadersPolicy(
    name: string,
    opts: pulumi.CustomResourceOptions,
): aws.cloudfront.ResponseHeadersPolicy {
    return new aws.cloudfront.ResponseHeadersPolicy(
        `${name}-security-headers`,
        {
            comment: "Security headers of the shop's API",
            securityHeadersConfig: {
                strictTransportSecurity: {
                    // Two years, as the preload list's operators ask.
                    accessControlMaxAgeSec: 63_072_000,
                    includeSubdomains: true,
                    override: true,
                },
                contentTypeOptions: { override: true },
                frameOptions: { frameOption: "DENY", override: true },
                referrerPolicy: { referrerPolicy: "no-referrer", override: true },
                contentSecurityPolicy: {
                    contentSecurityPolicy: "default-src 'none'; frame-ancestors 'none'",
                    override: true,
                },
            },
        },
        opts,
    );
}
