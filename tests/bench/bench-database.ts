import * as fs from "node:fs/promises";
import * as path from "node:path";
import type { ClientConfig } from "pg";
import { openAdministration } from "../../app/database/administration";
import { openSession } from "../../app/database/dsql";
import { migrate } from "../../app/database/migrator";
import type { DatabaseEnvironment } from "../../app/environment";
import type { TestDatabase } from "../support/database";
import { aCustomer, aProduct } from "../support/shop";
import { openTestDoor, region } from "../support/test-door";
import type { Bench } from "./measure";

const migrationsFolder = path.resolve(__dirname, "../../app/database/migrations");
/** The database role whose transactions are measured. */
export const role = "shop_orders";
// More than any run can sell.
const unitsOfEach = 1_000_000_000;

/** A customer and what it may order. */
export interface Shop {
    readonly customerId: string;
    readonly productIds: readonly string[];
}

/** Starts a front door with the program's schema behind it, until the measure is over. */
export async function startBenchDatabase(
    bench: Bench,
    { durable = false }: { durable?: boolean } = {},
): Promise<TestDatabase> {
    bench.progress("starting a database");
    const door = await openTestDoor({ limits: { newConnectionsPerSecond: 10_000 }, durable });
    bench.later(() => door.close());
    const cluster = await door.cluster();
    const environment = (databaseRole: string): DatabaseEnvironment => ({
        cellName: "us",
        cellNumber: 1,
        region,
        databaseEndpoint: cluster.hostName,
        databaseRole,
        credentials: door.credentials,
    });
    const administration = openAdministration(environment("admin"));
    bench.later(() => administration.close());
    const migrations = await readMigrations();
    const grants = [{ databaseRole: role, iamRoleArn: door.principalArn }];
    await migrate(administration, { migrations, grants }, { log: () => undefined });
    return {
        cluster,
        door,
        environment,
        session(databaseRole) {
            const session = openSession(environment(databaseRole));
            bench.later(() => session.close());
            return session;
        },
        execute: administration.execute,
        setFaults: (plan) => door.door.setFaults(cluster.identifier, plan),
        close: async () => undefined,
    };
}

/** What to connect to with `pg` alone: through the front door, or to the server behind it. */
export async function connectionOf(
    { door, cluster }: TestDatabase,
    way: "front door" | "server",
    user = role,
): Promise<ClientConfig> {
    if (way === "server") {
        const { port } = door.server;
        return { host: "127.0.0.1", port, user, database: cluster.database };
    }
    return {
        host: cluster.hostName,
        port: 5432,
        user,
        database: "postgres",
        password: await door.token(cluster, user),
        ssl: { rejectUnauthorized: true, servername: cluster.hostName },
        sslnegotiation: "direct",
    };
}

/** Fills the database with a customer and products that never run out. */
export async function stock(database: TestDatabase, productCount: number): Promise<Shop> {
    const customerId = await aCustomer(database);
    const productIds: string[] = [];
    while (productIds.length < productCount) {
        productIds.push(await aProduct(database, { pools: [unitsOfEach] }));
    }
    return { customerId, productIds };
}

async function readMigrations(): Promise<{ id: string; sql: string }[]> {
    const files = (await fs.readdir(migrationsFolder)).sort();
    return Promise.all(
        files.map(async (file) => ({
            id: path.basename(file, ".sql"),
            sql: await fs.readFile(path.join(migrationsFolder, file), "utf8"),
        })),
    );
}
