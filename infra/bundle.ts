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

/** Makes a bundler that remembers what it has bundled. */
export function createBundler(): Bundler {
    const bundles = new Map<InlineFactory, Promise<Bundle>>();
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
 */
async function bundleInline(inline: InlineFactory): Promise<Bundle> {
    const serialised = await pulumi.runtime.serializeFunction(inline, { isFactoryFunction: true });
    const result = await esbuild.build({
        stdin: {
            contents: serialised.text,
            resolveDir: projectRoot,
            sourcefile: "inline-function.js",
        },
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
        alias: {
            // Inside Lambda only the environment's credentials exist; the default chain is three
            // quarters of the bundle.
            "@aws-sdk/credential-provider-node": path.join(
                projectRoot,
                "app/database/lambda-credentials.ts",
            ),
        },
        plugins: [leaveOutUnreachable],
        logLevel: "silent",
    });
    const text = (ending: string) =>
        result.outputFiles.find((file) => file.path.endsWith(ending))?.text ?? "";
    return { code: text(".js"), sourceMap: text(".js.map") };
}

/**
 * Parts of `pg` that a function never reaches: the bindings to a native library, and the reader of
 * a password file. They are an eighth of the driver.
 */
const leaveOutUnreachable: esbuild.Plugin = {
    name: "leave-out-unreachable",
    setup(build) {
        build.onLoad(
            { filter: /[\\/]node_modules[\\/](pg[\\/]lib[\\/]native|pgpass)[\\/]/ },
            () => ({
                contents: "module.exports = undefined;",
            }),
        );
    },
};
