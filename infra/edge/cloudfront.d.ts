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
    readonly request: ViewerRequest;
}

interface ViewerRequest {
    readonly method: string;
    readonly uri: string;
    readonly headers: Record<string, { value: string }>;
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
