/**
 * What the router uses of the module that CloudFront Functions offer in cloudfront-js-2.0.
 * Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/general-helper-methods.html,
 * helper-functions-origin-modification.html and functions-custom-methods.html
 */
declare module "cloudfront" {
    const cf: {
        /** Where the request entered; absent in the console's test tool. */
        readonly edgeLocation?: { readonly name: string; readonly region: string };
        selectRequestOriginById(originId: string): void;
        /** Of exactly two origins; the second answers GET, HEAD and OPTIONS that the first fails. */
        createRequestOriginGroup(group: {
            readonly originIds: readonly { readonly originId: string }[];
            readonly failoverCriteria: { readonly statusCodes: readonly number[] };
        }): void;
        /** The KeyValueStore that the function is associated with. */
        kvs(): {
            /** Rejects where there is no such key. */
            get(key: string): Promise<string>;
        };
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
    readonly querystring?: Record<string, { value: string }>;
    readonly cookies?: Record<string, { value: string }>;
}

/** What a function answers instead of an origin. */
interface GeneratedResponse {
    readonly statusCode: number;
    readonly statusDescription: string;
    readonly headers: Record<string, { value: string }>;
    readonly body: { readonly encoding: "text"; readonly data: string };
}

/** An API that a request may go to. */
interface RouterOrigin {
    readonly id: string;
    readonly cell: string;
    /** Of the cell: the last byte of every id that it makes. */
    readonly number: number;
    readonly region: string;
}

type RouterOrigins = readonly [RouterOrigin, ...RouterOrigin[]];

/**
 * Put in when the router is compiled: for each regional edge cache, and for one that is not known,
 * every origin in order of preference.
 */
declare const ROUTES: { readonly default: RouterOrigins } & Readonly<
    Partial<Record<string, RouterOrigins>>
>;

/** Put in when the router is compiled: the problem document of a path that no route has. */
declare const NO_ROUTE: {
    readonly status: number;
    readonly title: string;
    readonly request_id: string;
};
