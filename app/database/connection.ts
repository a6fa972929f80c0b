import type { PoolConfig } from "pg";
import type { DatabaseEnvironment } from "../environment";

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
 */
export function connectionSettings(
    environment: DatabaseEnvironment,
    signToken: SignToken,
): PoolConfig {
    return {
        host: environment.databaseEndpoint,
        port,
        database,
        user: environment.databaseRole,
        password: signToken,
        ssl: { rejectUnauthorized: true, servername: environment.databaseEndpoint },
        sslnegotiation: "direct",
    };
}
