/** The inputs of an `aws.cloudfront.ResponseHeadersPolicy`. */
export interface ResponseHeadersPolicyInputs {
    readonly securityHeadersConfig?: SecurityHeaders;
    readonly customHeadersConfig?: {
        readonly items?: readonly {
            readonly header: string;
            readonly value: string;
            readonly override: boolean;
        }[];
    };
    readonly removeHeadersConfig?: { readonly items?: readonly { readonly header: string }[] };
    readonly corsConfig?: unknown;
    readonly serverTimingHeadersConfig?: { readonly enabled: boolean };
}

interface Overriding {
    /** Whether the policy's value wins over the origin's. */
    readonly override: boolean;
}

interface SecurityHeaders {
    readonly contentSecurityPolicy?: Overriding & { readonly contentSecurityPolicy: string };
    readonly contentTypeOptions?: Overriding;
    readonly frameOptions?: Overriding & { readonly frameOption: string };
    readonly referrerPolicy?: Overriding & { readonly referrerPolicy: string };
    readonly strictTransportSecurity?: Overriding & {
        readonly accessControlMaxAgeSec: number;
        readonly includeSubdomains?: boolean;
        readonly preload?: boolean;
    };
    readonly xssProtection?: Overriding & {
        readonly protection: boolean;
        readonly modeBlock?: boolean;
        readonly reportUri?: string;
    };
}

/** Changes the headers of an answer to a viewer; names are in lower case. */
export type ResponseHeadersPolicy = (headers: Map<string, readonly string[]>) => void;

/**
 * Reads a response headers policy; throws for the parts that are not imitated. Headers are
 * removed before others are added.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/understanding-response-headers-policies.html
 */
export function readResponseHeadersPolicy(
    id: string | undefined,
    defined: ReadonlyMap<string, ResponseHeadersPolicyInputs>,
): ResponseHeadersPolicy {
    if (id === undefined) {
        return () => undefined;
    }
    const inputs = defined.get(id);
    if (inputs === undefined) {
        throw new Error(
            `responseHeadersPolicyId is "${id}", which is not a policy of this program; ` +
                "the local CloudFront knows no managed ones.",
        );
    }
    if (inputs.corsConfig !== undefined || inputs.serverTimingHeadersConfig?.enabled === true) {
        throw new Error(
            `The local CloudFront does not imitate corsConfig or serverTimingHeadersConfig of ` +
                `the response headers policy "${id}".`,
        );
    }
    const added = [...securityHeaders(inputs), ...customHeaders(inputs)];
    const removed = (inputs.removeHeadersConfig?.items ?? []).map(({ header }) => header);
    return (headers) => {
        for (const name of removed) {
            headers.delete(name.toLowerCase());
        }
        for (const { name, value, override } of added) {
            if (override || !headers.has(name)) {
                headers.set(name, [value]);
            }
        }
    };
}

interface AddedHeader extends Overriding {
    readonly name: string;
    readonly value: string;
}

function securityHeaders({ securityHeadersConfig: all = {} }: ResponseHeadersPolicyInputs) {
    const added: AddedHeader[] = [];
    const add = (name: string, value: string, { override }: Overriding) =>
        added.push({ name, value, override });
    const transport = all.strictTransportSecurity;
    if (transport !== undefined) {
        const value = [
            `max-age=${transport.accessControlMaxAgeSec}`,
            ...(transport.includeSubdomains === true ? ["includeSubDomains"] : []),
            ...(transport.preload === true ? ["preload"] : []),
        ].join("; ");
        add("strict-transport-security", value, transport);
    }
    if (all.contentTypeOptions !== undefined) {
        add("x-content-type-options", "nosniff", all.contentTypeOptions);
    }
    if (all.frameOptions !== undefined) {
        add("x-frame-options", all.frameOptions.frameOption, all.frameOptions);
    }
    if (all.referrerPolicy !== undefined) {
        add("referrer-policy", all.referrerPolicy.referrerPolicy, all.referrerPolicy);
    }
    const content = all.contentSecurityPolicy;
    if (content !== undefined) {
        add("content-security-policy", content.contentSecurityPolicy, content);
    }
    const scripts = all.xssProtection;
    if (scripts !== undefined) {
        const mode = scripts.modeBlock === true ? "; mode=block" : "";
        const report = scripts.reportUri === undefined ? "" : `; report=${scripts.reportUri}`;
        add("x-xss-protection", scripts.protection ? `1${mode}${report}` : "0", scripts);
    }
    return added;
}

function customHeaders({ customHeadersConfig }: ResponseHeadersPolicyInputs): AddedHeader[] {
    return (customHeadersConfig?.items ?? []).map(({ header, value, override }) => ({
        name: header.toLowerCase(),
        value,
        override,
    }));
}
