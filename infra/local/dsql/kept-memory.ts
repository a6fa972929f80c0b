import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** What this thread keeps in memory once garbage is collected, in bytes. Takes some milliseconds. */
export function keptBytes(): number {
    if (collect === undefined) {
        // The only way to a collector in a process that was not started for it.
        setFlagsFromString("--expose-gc");
        collect = runInNewContext("gc") as () => void;
    }
    collect();
    return process.memoryUsage().heapUsed;
}
