import { type Calls, connectCalls, type Port } from "./calls";
import type { ConnectionRequest, FrontDoor, FrontDoorOptions, Permission } from "./front-door";

/** What the front door's thread offers; `start` comes first, once. */
export interface ThreadProcedures extends DoorProcedures {
    start(options: ThreadOptions): Promise<OpenDoor>;
}

/** What the front door asks of whoever started its thread. */
export interface OwnerProcedures {
    authorize(request: ConnectionRequest): Promise<Permission | undefined>;
    log(line: string): void;
}

/** What of the options is data. */
export type ThreadOptions = Omit<FrontDoorOptions, keyof OwnerProcedures>;

/** What of a front door is data. */
export type OpenDoor = Pick<FrontDoor, "port" | "authorityFile" | "authorityPem">;

export type DoorProcedures = Omit<FrontDoor, keyof OpenDoor>;

/** Offers a front door to whoever is at the other end of the port. */
export function serveFrontDoor(
    port: Port,
    startFrontDoor: (options: FrontDoorOptions) => Promise<FrontDoor>,
): void {
    let starting: Promise<FrontDoor> | undefined;
    const door = (): Promise<FrontDoor> => {
        if (starting === undefined) {
            throw new Error("The front door was not started.");
        }
        return starting;
    };
    const procedures: ThreadProcedures = {
        async start(options) {
            starting ??= startFrontDoor({
                ...options,
                authorize: (request) => owner.call("authorize", request),
                log: (line) => owner.tell("log", line),
            });
            const { port: doorPort, authorityFile, authorityPem } = await starting;
            return { port: doorPort, authorityFile, authorityPem };
        },
        addCluster: async (cluster) => (await door()).addCluster(cluster),
        removeCluster: async (identifier) => (await door()).removeCluster(identifier),
        setFaults: async (identifier, plan) => (await door()).setFaults(identifier, plan),
        setLatency: async (identifier, latency) => (await door()).setLatency(identifier, latency),
        statistics: async () => (await door()).statistics(),
        close: async () => (await door()).close(),
    };
    const owner: Calls<OwnerProcedures> = connectCalls(port, { ...procedures });
}
