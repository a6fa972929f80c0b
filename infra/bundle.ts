import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import * as esbuild from "esbuild";

/** A function of the program, ready for Lambda: one CommonJS file and its source map. */
export interface Bundle {
    /** Exports `handler`. */
    readonly code: string;
    readonly sourceMap: string;
}

/**
 * A function that makes a Lambda handler, written inline where it is deployed. It may capture
 * nothing: it requires the app inside its body, and everything else reaches it as environment
 * variables, so the same bundle serves every Region.
 */
export type InlineFactory = () => unknown;

/** Bundles each inline factory once, however many Regions it is deployed to. */
export type Bundler = (inline: InlineFactory) => Promise<Bundle>;

const projectRoot = path.resolve(__dirname, "..");

/** By factory, which never changes: a process that runs the program again need not bundle again. */
const bundles = new WeakMap<InlineFactory, Promise<Bundle>>();

/** Makes a bundler that remembers what was bundled in this process. */
export function createBundler(): Bundler {
    return (inline) => {
        const bundle = bundles.get(inline) ?? bundleInline(inline);
        bundles.set(inline, bundle);
        return bundle;
    };
}

/**
 * Serialises the factory's few lines and lets esbuild bundle them from the project's root. App
 * code is compiled from its own source this way; Pulumi's serialiser would capture our modules by
 * value, which silently breaks classes, errors and module state.
 * @throws Error for a factory that requires anything but literal names
 */
async function bundleInline(inline: InlineFactory): Promise<Bundle> {
    const serialised = await pulumi.runtime.serializeFunction(inline, { isFactoryFunction: true });
    const required = requiredNames(serialised.text);
    const result = await esbuild.build({
        stdin: {
            contents: importAll(required),
            resolveDir: projectRoot,
            sourcefile: "inline-function.js",
        },
        banner: { js: `function runInline(require) {${serialised.text}}` },
        absWorkingDir: projectRoot,
        outfile: "index.js",
        bundle: true,
        write: false,
        platform: "node",
        // The oldest Node that runs it: the local cloud's. Lambda's is newer.
        target: "node20",
        format: "cjs",
        // "module" first, because only ES modules can be tree-shaken.
        mainFields: ["module", "main"],
        minify: true,
        sourcemap: "linked",
        sourcesContent: false,
        external: ["pg-native"],
        plugins: [leaveOutUnreachable],
        logLevel: "silent",
    });
    const text = (ending: string) =>
        result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
    return { code: text(".js"), sourceMap: text(".js.map") };
}

function requiredNames(text: string): readonly string[] {
    const names = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name);
    if (names.length !== text.split(/\brequire\b/).length - 1) {
        throw new Error(
            'An inline function uses require for something else than require("name"); ' +
                `write it so, with a literal name: ${text}`,
        );
    }
    return [...new Set(names)];
}

/**
 * Imports what the factory requires and hands it over. Modules that are imported share one scope,
 * without the parts that nobody uses; each one that is required would be kept whole, in a
 * function of its own, which takes longer to load. The factory itself cannot be such a module: the
 * serialiser writes `with`, which they may not contain.
 */
function importAll(names: readonly string[]): string {
    const literals = names.map((name) => JSON.stringify(name));
    const imports = literals.map((name, index) => `import * as module${index} from ${name};`);
    const members = literals.map((name, index) => `${name}: module${index}`);
    return `${imports.join("\n")}\nrunInline((name) => ({ ${members.join(", ")} })[name]);`;
}

/**
 * Parts of packages that a function never reaches, each with what stands there instead. They would
 * be compiled at each start.
 */
const unreachable: readonly { readonly file: RegExp; readonly contents: string }[] = [
    // The bindings to a native library, and the reader of a password file.
    {
        file: /[\\/]node_modules[\\/](pg[\\/]lib[\\/]native|pgpass)[\\/]/,
        contents: "module.exports = undefined;",
    },
    // The search for credentials and a Region: `app/database/dsql.ts` hands over both.
    {
        file: /[\\/]dsql-signer[\\/]dist-es[\\/]runtimeConfig\.js$/,
        contents: "export const getRuntimeConfig = (config) => config;",
    },
    // SHA-256 for a Node.js without its own.
    {
        file: /[\\/]checksum[\\/]sha256[\\/]Sha256Js\.js$/,
        contents: "export const Sha256Js = undefined;",
    },
    // Checks of formats: what requests are checked against has a pattern wherever it has a format.
    {
        file: /[\\/]@cfworker[\\/]json-schema[\\/]dist[\\/]esm[\\/]format\.js$/,
        contents: "export const format = {};",
    },
];

const leaveOutUnreachable: esbuild.Plugin = {
    name: "leave-out-unreachable",
    setup(build) {
        for (const { file, contents } of unreachable) {
            build.onLoad({ filter: file }, () => ({ contents }));
        }
    },
};
