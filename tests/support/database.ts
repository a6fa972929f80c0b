import * as fs from "node:fs";
import * as path from "node:path";
import { type Administration, openAdministration } from "../../app/database/administration";
import { openSession, type SessionOptions } from "../../app/database/dsql";
import { type Migration, migrate } from "../../app/database/migrator";
import type { Session } from "../../app/database/session";
import type { DatabaseEnvironment } from "../../app/environment";
import type { FaultPlan } from "../../infra/local/dsql/faults";
import { startTestDoor } from "./front-door";
import { region, type TestCluster, type TestDoor } from "./test-door";

/** A database of its own for one test, behind the front door that all tests of this process share. */
export interface TestDatabase {
    readonly door: TestDoor;
    readonly cluster: TestCluster;
    /** What a function that connects as the role is deployed with. */
    environment(databaseRole: string): DatabaseEnvironment;
    /** A session that `close` closes. */
    session(databaseRole: string, options?: SessionOptions): Session;
    /** Runs a statement as the administrator. */
    execute: Administration["execute"];
    setFaults(plan: FaultPlan): Promise<void>;
    close(): Promise<void>;
}

/** The migrations of the program, in order. */
export const migrations: readonly Migration[] = (() => {
    const folder = path.resolve(__dirname, "../../app/database/migrations");
    const files = fs.readdirSync(folder).sort();
    return files.map((file) => ({
        id: path.basename(file, ".sql"),
        sql: fs.readFileSync(path.join(folder, file), "utf8"),
    }));
})();

/** The roles that the migrations create, each of which a function connects as. */
export const databaseRoles = [
    "shop_apply",
    "shop_catalog",
    "shop_customers",
    "shop_digest",
    "shop_exchange",
    "shop_orders",
    "shop_rebalance",
    "shop_relay",
    "shop_status",
];

/** Makes a database with the program's schema. */
export async function migratedDatabase(): Promise<TestDatabase> {
    const door = await startTestDoor();
    template ??= (async () => {
        const database = await emptyDatabase();
        await database.migrate();
        await database.close();
        return database.cluster.database;
    })();
    return openDatabase(door, await door.cluster({ template: await template }));
}

/** Makes a database without a schema. */
export async function emptyDatabase(): Promise<TestDatabase & { migrate(): Promise<void> }> {
    const door = await startTestDoor();
    const database = openDatabase(door, await door.cluster());
    const grants = databaseRoles.map((databaseRole) => ({
        databaseRole,
        iamRoleArn: door.principalArn,
    }));
    return {
        ...database,
        migrate: async () => {
            const administration = openAdministration(database.environment("admin"));
            await migrate(administration, { migrations, grants }, { log: () => undefined });
            await administration.close();
        },
    };
}

let template: Promise<string> | undefined;

function openDatabase(door: TestDoor, cluster: TestCluster): TestDatabase {
    const environment = (databaseRole: string): DatabaseEnvironment => ({
        cellName: "us",
        cellNumber: 1,
        region,
        databaseEndpoint: cluster.hostName,
        databaseRole,
        credentials: door.credentials,
    });
    const administration = openAdministration(environment("admin"));
    const sessions: Session[] = [];
    return {
        door,
        cluster,
        environment,
        session(role, options = {}) {
            const session = openSession(environment(role), options);
            sessions.push(session);
            return session;
        },
        execute: administration.execute,
        setFaults: (plan) => door.door.setFaults(cluster.identifier, plan),
        async close() {
            await Promise.allSettled(sessions.map((session) => session.close()));
            await administration.close();
            await door.door.removeCluster(cluster.identifier);
        },
    };
}
