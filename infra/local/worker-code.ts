import * as path from "node:path";
import { build } from "esbuild";

/**
 * Packages that a worker loads from node_modules: they read files of their own or know each other
 * by identity.
 */
const external = ["libpg-query", "pgsql-deparser", "@peculiar/x509", "reflect-metadata", "pg"];

const bundles = new Map<string, Promise<string>>();

/**
 * Bundles a TypeScript file and what it imports, once for each process, into code for
 * `new Worker(code, { eval: true })`. Wherever the process runs, packages are found from the
 * file's own folder, and traces name the lines of the sources.
 * @throws Error with esbuild's reason
 */
export function bundleWorker(entryFile: string): Promise<string> {
    const known = bundles.get(entryFile);
    if (known !== undefined) {
        return known;
    }
    const bundle = compile(path.resolve(entryFile));
    bundles.set(entryFile, bundle);
    bundle.catch(() => bundles.delete(entryFile));
    return bundle;
}

async function compile(entryFile: string): Promise<string> {
    const folder = path.dirname(entryFile);
    const { outputFiles } = await build({
        entryPoints: [entryFile],
        absWorkingDir: folder,
        outfile: `${entryFile}.js`,
        bundle: true,
        write: false,
        platform: "node",
        format: "cjs",
        target: "node20",
        external,
        sourcemap: "inline",
        sourcesContent: false,
        logLevel: "silent",
    });
    // Evaluated code would look for packages in the working directory, and Node.js reads the
    // source maps of modules only.
    return `
        const Module = require("node:module");
        process.setSourceMapsEnabled(true);
        const bundle = new Module(${JSON.stringify(`${entryFile}.js`)});
        bundle.filename = bundle.id;
        bundle.paths = Module._nodeModulePaths(${JSON.stringify(folder)});
        bundle._compile(${JSON.stringify(outputFiles[0]?.text ?? "")}, bundle.filename);
    `;
}
