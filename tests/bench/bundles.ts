import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { type Bundle, createBundler } from "../../infra/bundle";
import { apiFunctions } from "../../infra/functions";
import { type Bench, median, quantile, type Result } from "./measure";
import { makeFolder } from "./temporary-folder";

const run = promisify(execFile);
const starts = 21;
const startTimeoutMilliseconds = 20_000;
const baselineName = "baseline";

/**
 * Loads a bundle as Lambda's runtime does and writes how many milliseconds that took. Lambda's
 * Node.js has a global `navigator`. Where it is missing, before version 21, the driver loads all of
 * `fetch` to find out where it runs (`pg/lib/stream.js`), which would double the baseline.
 */
const probe = `
globalThis.navigator ??= { userAgent: "Node.js/24" };
const started = performance.now();
const { handler } = require(process.argv[2]);
const milliseconds = performance.now() - started;
if (typeof handler !== "function") throw new Error("The bundle exports no handler.");
process.stdout.write(String(milliseconds));
process.exit();
`;

/** As deployed (`infra/function.ts`); no test connects. */
const variables = {
    CELL_NAME: "us",
    CELL_NUMBER: "1",
    AWS_REGION: "us-east-1",
    DATABASE_ENDPOINT: "unused.dsql.us-east-1.on.aws",
    DATABASE_ROLE: "shop_status",
    ORIGIN_SECRETS: "s".repeat(32),
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    NODE_OPTIONS: "--enable-source-maps",
};

/**
 * Weighs the bundle of each API function, and times its init: loading it in a fresh process, which
 * calls the factory. The baseline is the driver, a pool and an empty handler, made by the same
 * bundler. All take turns, so that whatever else the machine does hits all of them.
 */
export async function measureBundles(bench: Bench): Promise<readonly Result[]> {
    const bundler = createBundler();
    bench.progress("bundling");
    const baseline = await bundler(() => {
        const { Pool } = require("pg") as typeof import("pg");
        new Pool();
        return async () => ({ statusCode: 204 });
    });
    const bundles: [string, Bundle][] = [];
    for (const [name, { inline }] of Object.entries(apiFunctions)) {
        bundles.push([name, await bundler(inline)]);
    }
    const inits = await timeInits(bench, [[baselineName, baseline], ...bundles]);
    const baselineInits = inits.get(baselineName) ?? [];
    return [
        ...bundles.map(
            ([name, bundle]): Result => ({
                measure: `bundle of ${name}, gzipped`,
                unit: "KB",
                value: kilobytesOf(bundle),
                baseline: kilobytesOf(baseline),
                budget: { of: "value", comparison: "at most", limit: 64 },
            }),
        ),
        ...bundles.map(([name]) => compareInits(name, inits.get(name) ?? [], baselineInits)),
    ];
}

function kilobytesOf({ code }: Bundle): number {
    return gzipSync(code).length / 1_024;
}

function compareInits(name: string, inits: readonly number[], baseline: readonly number[]): Result {
    const ratios = inits.map((init, round) => init / (baseline[round] ?? Number.NaN));
    return {
        measure: `init of ${name}`,
        unit: "ms",
        value: median(inits),
        baseline: median(baseline),
        medianRatio: median(inits) / median(baseline),
        spread: [quantile(ratios, 0.25), quantile(ratios, 0.75)],
        budget: { of: "ratio", comparison: "at most", limit: 1.3 },
    };
}

/** @returns the milliseconds of each start of each bundle */
async function timeInits(
    bench: Bench,
    bundles: readonly [string, Bundle][],
): Promise<ReadonlyMap<string, number[]>> {
    const folder = await makeFolder(bench, "bundles");
    const probeFile = path.join(folder, "probe.js");
    await writeFile(probeFile, probe);
    for (const [name, { code, sourceMap }] of bundles) {
        await mkdir(path.join(folder, name));
        await writeFile(path.join(folder, name, "index.js"), code);
        await writeFile(path.join(folder, name, "index.js.map"), sourceMap);
    }
    bench.progress(`${starts} starts of ${bundles.length} bundles`);
    const inits = new Map(bundles.map(([name]): [string, number[]] => [name, []]));
    // The first round only brings the files into memory.
    for (let round = 0; round <= starts; round++) {
        for (const [name, times] of inits) {
            const milliseconds = await timeInit(probeFile, path.join(folder, name, "index.js"));
            if (round > 0) {
                times.push(milliseconds);
            }
        }
    }
    return inits;
}

async function timeInit(probeFile: string, codeFile: string): Promise<number> {
    const { stdout } = await run(process.execPath, [probeFile, codeFile], {
        env: variables,
        timeout: startTimeoutMilliseconds,
    });
    const milliseconds = Number(stdout);
    if (!(milliseconds > 0)) {
        throw new Error(`${codeFile} wrote "${stdout.slice(0, 200)}" instead of its time.`);
    }
    return milliseconds;
}
