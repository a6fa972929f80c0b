import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import * as path from "node:path";
import type { Bench } from "./measure";

/** Makes a folder that is removed when the measure is over. */
export async function makeFolder(bench: Bench, purpose: string): Promise<string> {
    const folder = await mkdtemp(path.join(tmpdir(), `shop-bench-${purpose}-`));
    bench.later(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }));
    // As root, the database server runs as another account, which has to get in.
    await chmod(folder, 0o755);
    return folder;
}
