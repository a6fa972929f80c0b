import { parentPort } from "node:worker_threads";
import type { FrontDoor, FrontDoorOptions, Statistics } from "../../infra/local/dsql/front-door";
import { serveFrontDoor } from "../../infra/local/dsql/thread-service";

if (parentPort !== null) {
    serveFrontDoor(parentPort, startFakeDoor);
}

/** A front door without a door: what it is told to do is in the names that it is given. */
async function startFakeDoor(options: FrontDoorOptions): Promise<FrontDoor> {
    if (options.port === 1) {
        throw Object.assign(new Error("taken"), { code: "EADDRINUSE" });
    }
    options.log(`opened ${JSON.stringify(options.limits)}`);
    const unanswered = new Promise<never>(() => undefined);
    return {
        port: 7,
        authorityFile: options.authorityFolder,
        authorityPem: "PEM",
        async addCluster({ arn, identifier }) {
            const permission = await options.authorize({
                accessKeyId: identifier,
                action: "dsql:DbConnect",
                clusterArn: arn,
            });
            options.log(`authorized ${JSON.stringify(permission)}`);
        },
        async removeCluster(identifier) {
            if (identifier === "crash") {
                setImmediate(() => {
                    throw new Error("boom");
                });
            } else if (identifier === "exit") {
                process.exit(3);
            }
            return unanswered;
        },
        async setFaults(identifier, plan) {
            throw Object.assign(new Error(`${identifier} ${JSON.stringify(plan)}`), { code: "E9" });
        },
        async setLatency(_, { commitMilliseconds }) {
            process.stdout.write(`printed ${commitMilliseconds}\n`);
        },
        async statistics() {
            const { PGHOST = "no PGHOST" } = process.env;
            return { sessions: 1, environment: PGHOST } as unknown as Statistics;
        },
        close: async () => (options.authorityFolder === "stuck" ? unanswered : undefined),
    };
}
