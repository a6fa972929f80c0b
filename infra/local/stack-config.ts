import { readFileSync } from "node:fs";
import * as path from "node:path";
import { parse } from "yaml";

/** A cell as the stack's options name it. */
export interface ConfiguredCell {
    readonly name: string;
    readonly home: string;
    /** The other Region of its database, if it has one. */
    readonly peer?: string;
}

/** A stack's configuration as the Pulumi CLI would hand it to the program. */
export interface StackConfig {
    /** The project's name, which is also the namespace of its options. */
    readonly project: string;
    /** Every option with its namespace; lists and objects as JSON text. */
    readonly values: Record<string, string>;
    /** The cells in the stack's order; empty where the option is malformed. */
    readonly cells: readonly ConfiguredCell[];
}

type Options = Readonly<Record<string, unknown>>;

/**
 * Reads `Pulumi.yaml` and `Pulumi.<stack>.yaml`: the project's defaults, replaced by the stack's
 * values, replaced by the overrides (options without a namespace are the project's).
 * Source: https://www.pulumi.com/docs/iac/concepts/config/#project-level-configuration
 * @throws Error naming the file that is missing or is not what Pulumi expects.
 */
export function readStackConfig(
    folder: string,
    stack: string,
    overrides: Options = {},
): StackConfig {
    const projectFile = readYaml(path.join(folder, "Pulumi.yaml"));
    const stackFile = readYaml(path.join(folder, `Pulumi.${stack}.yaml`));
    const project = projectFile["name"];
    if (typeof project !== "string") {
        throw new Error(`Pulumi.yaml in ${folder} has no "name"; give the project one.`);
    }
    const layers = [
        defaultsOf(optionsOf(projectFile, "Pulumi.yaml")),
        optionsOf(stackFile, `Pulumi.${stack}.yaml`),
        overrides,
    ];
    const values: Record<string, string> = {};
    for (const [key, value] of layers.flatMap((layer) => Object.entries(layer))) {
        values[key.includes(":") ? key : `${project}:${key}`] = textOf(value);
    }
    return { project, values, cells: cellsOf(values[`${project}:cells`]) };
}

function readYaml(file: string): Options {
    let document: unknown;
    try {
        document = parse(readFileSync(file, "utf8"));
    } catch (cause) {
        const reason = (cause as NodeJS.ErrnoException).code === "ENOENT" ? "is missing" : cause;
        throw new Error(`${file} cannot be read: ${reason}. Choose a stack with --stack.`, {
            cause,
        });
    }
    if (typeof document !== "object" || document === null) {
        throw new Error(`${file} is not a YAML object; see Pulumi.dev.yaml for one.`);
    }
    return document as Options;
}

function optionsOf(document: Options, name: string): Options {
    const options = document["config"] ?? {};
    if (typeof options !== "object" || options === null || Array.isArray(options)) {
        throw new Error(`"config" in ${name} must be an object of options.`);
    }
    return options as Options;
}

/** A project's option is either its schema, with a default, or a plain value. */
function defaultsOf(schema: Options): Options {
    const defaults = Object.entries(schema).flatMap(([key, entry]): [string, unknown][] => {
        if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
            return [[key, entry]];
        }
        const { default: fallback, value = fallback } = entry as Options;
        return value === undefined ? [] : [[key, value]];
    });
    return Object.fromEntries(defaults);
}

function textOf(value: unknown): string {
    return typeof value === "string" ? value : JSON.stringify(value ?? null);
}

function cellsOf(text: string | undefined): StackConfig["cells"] {
    let cells: unknown;
    try {
        cells = JSON.parse(text ?? "[]");
    } catch {
        return [];
    }
    const entries: unknown[] = Array.isArray(cells) ? cells : [];
    return entries.flatMap((entry) => {
        const { name, home, peer } = (entry ?? {}) as Options;
        return typeof name === "string" && typeof home === "string"
            ? [{ name, home, ...(typeof peer === "string" ? { peer } : {}) }]
            : [];
    });
}
