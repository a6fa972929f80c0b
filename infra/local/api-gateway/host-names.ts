/** The APIs of one Region, by their host names. */
export interface ApiDomain {
    /** How their names end; begins with a dot. */
    readonly suffix: string;
    /** Undefined as long as there may be more. */
    readonly hostNames: readonly string[] | undefined;
}

interface ApiHost {
    readonly apiId: string;
    readonly region: string;
}

/** Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-call-api.html */
export function readApiHost(hostName: string): ApiHost | undefined {
    const match = /^([a-z0-9]+)\.execute-api\.([a-z0-9-]+)\.amazonaws\.com$/.exec(hostName);
    const [, apiId, region] = match ?? [];
    return apiId === undefined || region === undefined ? undefined : { apiId, region };
}

/** @param isComplete whether these are all the APIs that there will be */
export function domainsOf(
    apis: readonly { readonly id: string; readonly region: string }[],
    isComplete: boolean,
): readonly ApiDomain[] {
    const regions = [...new Set(apis.map(({ region }) => region))];
    return regions.map((region) => {
        const suffix = `.execute-api.${region}.amazonaws.com`;
        const hostNames = apis
            .filter((api) => api.region === region)
            .map(({ id }) => `${id}${suffix}`);
        return { suffix, hostNames: isComplete ? hostNames : undefined };
    });
}
