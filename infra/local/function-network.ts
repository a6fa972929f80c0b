import * as path from "node:path";
import { openAuthority } from "./dsql/identity/authority";
import { createEgress } from "./egress";
import type { HostRedirection } from "./host-redirection";
import type { Links } from "./links";
import type { LocalFrontDoor } from "./local-front-door";
import type { RestApiService } from "./rest-apis";

/** What functions reach by the host names of AWS. */
export interface FunctionNetwork {
    /** Where functions of a Region find these hosts on this computer. */
    redirections(region: string): Promise<readonly HostRedirection[]>;
    stop(): Promise<void>;
}

export interface FunctionNetworkOptions {
    /** Where the certificate authority is kept. */
    readonly folder: string;
    readonly frontDoor: LocalFrontDoor;
    readonly links: Links;
    /** Asked for when a function starts, because the APIs know the functions. */
    readonly restApis: () => RestApiService;
}

/** Leads functions to the databases' front door, and to the APIs through the links. */
export function createFunctionNetwork(options: FunctionNetworkOptions): FunctionNetwork {
    const { frontDoor, links, restApis } = options;
    let opening: ReturnType<typeof openAuthority> | undefined;
    const authority = (): ReturnType<typeof openAuthority> => {
        opening ??= openAuthority(path.join(options.folder, "authority"));
        return opening;
    };
    const egress = createEgress({
        authority,
        links,
        resolve: (hostName) => restApis().endpoint(hostName),
    });
    const apiRedirections = async (region: string): Promise<HostRedirection[]> => {
        const domains = restApis().domains();
        if (domains.length === 0) {
            return [];
        }
        const toPort = await egress.portOf(region);
        const { certificatePem } = await authority();
        return domains.map(({ suffix, hostNames }) => ({
            hostSuffix: suffix,
            port: 443,
            toPort,
            authorityPem: certificatePem,
            ...(hostNames === undefined ? {} : { knownHosts: hostNames }),
        }));
    };
    return {
        async redirections(region) {
            const database = await frontDoor.redirection();
            const apis = await apiRedirections(region);
            return database === undefined ? apis : [database, ...apis];
        },
        stop: () => egress.stop(),
    };
}
