import * as fs from "node:fs/promises";
import * as path from "node:path";
import { openAdministration } from "../../app/database/administration";
import { openSession } from "../../app/database/dsql";
import { migrate } from "../../app/database/migrator";
import type { Environment } from "../../app/environment";
import { startPostgres } from "../../infra/local/postgres";
import type { TestDatabase } from "../support/database";
import { aCustomer, aProduct } from "../support/shop";
import type { Bench } from "./measure";
import { makeFolder } from "./temporary-folder";

const migrationsFolder = path.resolve(__dirname, "../../app/database/migrations");
const name = "postgres";
// More than any run can sell.
const unitsOfEach = 1_000_000_000;

/** A customer and what it may order. */
export interface Shop {
    readonly customerId: string;
    readonly productIds: readonly string[];
}

/** Starts a server with the program's schema, until the measure is over. */
export async function startBenchDatabase(bench: Bench): Promise<TestDatabase> {
    bench.progress("starting a database");
    const folder = await makeFolder(bench, "database");
    const server = await startPostgres({ dataFolder: path.join(folder, "data"), durable: false });
    bench.later(() => server.stop());
    const { port } = server;
    const administration = openAdministration(environmentOf(port, "admin"));
    bench.later(() => administration.close());
    const migrations = await readMigrations();
    await migrate(administration, { migrations, grants: [] }, { log: () => undefined });
    return {
        port,
        name,
        environment: (role, through = port) => environmentOf(through, role),
        session(role, through = port) {
            const session = openSession(environmentOf(through, role));
            bench.later(() => session.close());
            return session;
        },
        execute: administration.execute,
        close: async () => undefined,
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

function environmentOf(port: number, databaseRole: string): Environment {
    return {
        cellName: "us",
        cellNumber: 1,
        region: "us-east-1",
        databaseEndpoint: "unused.dsql.us-east-1.on.aws",
        databaseRole,
        databaseEndpointUrl: `postgres://127.0.0.1:${port}/${name}`,
    };
}
