import * as path from "node:path";
import type { FrontDoor, FrontDoorOptions } from "./dsql/front-door";
import { startFrontDoorThread } from "./dsql/thread";
import type { HostRedirection } from "./host-redirection";

/** The front door of a local cloud. */
export interface LocalFrontDoor {
    /** Opens it at the first call. */
    open(): Promise<FrontDoor>;
    /** Where functions find it; undefined as long as it is not open. */
    redirection(): Promise<HostRedirection | undefined>;
    close(): Promise<void>;
}

/** @param folder where its certificate authority is kept */
export function createFrontDoor(
    folder: string,
    {
        authorize,
        log,
        warn,
    }: Pick<FrontDoorOptions, "authorize" | "log"> & {
        /** Told when it has ended by itself. */
        readonly warn: (message: string) => void;
    },
): LocalFrontDoor {
    let opening: Promise<FrontDoor> | undefined;
    return {
        open() {
            const authorityFolder = path.join(folder, "authority");
            opening ??= startFrontDoorThread(
                { authorize, log, authorityFolder },
                { onLoss: ({ message }) => warn(message) },
            );
            return opening;
        },
        async redirection() {
            const door = await opening;
            return door === undefined
                ? undefined
                : {
                      hostSuffix: ".on.aws",
                      port: 5432,
                      toPort: door.port,
                      authorityPem: door.authorityPem,
                  };
        },
        close: async () => (await opening)?.close(),
    };
}
