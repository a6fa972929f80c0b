import type { PoolConfig } from "pg";
import type { Environment } from "../environment";

/** Signs the short-lived token that stands for the password of a new connection. */
export type SignToken = () => Promise<string>;

const port = 5432;
const database = "postgres";

/**
 * How the environment's database is reached. Aurora DSQL: TLS with full verification and the
 * endpoint as server name, in the direct form that saves a round trip; a token as the password,
 * signed for each new connection.
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/accessing.html,
 * https://docs.aws.amazon.com/aurora-dsql/latest/userguide/SECTION_authentication-token.html
 *
 * With an override of the endpoint (`postgres://host:port`, optionally `/database`): plain text and
 * no token.
 * @throws Error when the override is not such a URL
 */
export function connectionSettings(environment: Environment, signToken: SignToken): PoolConfig {
    const { databaseEndpointUrl: override, databaseRole: user } = environment;
    if (override !== undefined) {
        return { ...readOverride(override), user, ssl: false };
    }
    return {
        host: environment.databaseEndpoint,
        port,
        database,
        user,
        password: signToken,
        ssl: { rejectUnauthorized: true, servername: environment.databaseEndpoint },
        sslnegotiation: "direct",
    };
}

function readOverride(override: string): PoolConfig {
    const url = URL.canParse(override) ? new URL(override) : undefined;
    if (url?.protocol !== "postgres:" || url.hostname === "") {
        throw new Error(
            `AWS_ENDPOINT_URL_DSQL_DATABASE is "${override}"; allowed is postgres://host:port, ` +
                "or leave it out to reach the cluster itself.",
        );
    }
    return {
        host: url.hostname,
        port: url.port === "" ? port : Number(url.port),
        database: decodeURIComponent(url.pathname.slice(1)) || database,
    };
}
