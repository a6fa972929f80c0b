/**
 * What the router uses of the module that CloudFront Functions offer in cloudfront-js-2.0.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html
 */
declare module "cloudfront" {
    const cf: {
        /** Where the request entered; absent in the console's test tool. */
        readonly edgeLocation?: { readonly name: string; readonly region: string };
        selectRequestOriginById(originId: string): void;
    };
    // biome-ignore lint/style/noDefaultExport: the service's module has a default export.
    export default cf;
}

interface ViewerRequestEvent {
    readonly context: { readonly requestId: string };
    readonly request: ViewerRequest;
}

interface ViewerRequest {
    readonly method: string;
    readonly uri: string;
    readonly headers: Record<string, { value: string }>;
}

/** What a function answers instead of an origin. */
interface GeneratedResponse {
    readonly statusCode: number;
    readonly statusDescription: string;
    readonly headers: Record<string, { value: string }>;
    readonly body: { readonly encoding: "text"; readonly data: string };
}

/** Where a viewer's requests go. */
interface ViewerRoute {
    readonly cell: string;
    readonly originId: string;
}

/** Put in when the router is compiled: a route for each regional edge cache, and the default. */
declare const ROUTES: { readonly default: ViewerRoute } & Readonly<
    Partial<Record<string, ViewerRoute>>
>;

/** Put in when the router is compiled: the problem document of a path that no route has. */
declare const NO_ROUTE: {
    readonly status: number;
    readonly title: string;
    readonly request_id: string;
};
