import { parseArgs } from "node:util";

/** What the command line asks for. */
export type Command =
    | { readonly kind: "help" }
    | ({ readonly kind: "start" | "listResources" } & StartOptions);

export interface StartOptions {
    readonly stack: string;
    /** The first viewer's; the others follow. */
    readonly port: number;
    readonly folder: string;
    readonly isFresh: boolean;
    /** Whether what is far away takes as long as it really does. */
    readonly hasLatency: boolean;
    /** Whether to write JSON lines instead of text. */
    readonly isJson: boolean;
}

const highestPort = 65_535;
// Leaves room for the viewers that follow the first.
const highestFirstPort = highestPort - 255;

export const usage = `Deploys the shop on this computer: npm start -- [options]

  --port N       the first viewer's port; the other cells' follow (default 8080)
  --fresh        empty the databases first
  --latency      add the round-trip times between Regions
  --stack NAME   the stack to deploy, from Pulumi.NAME.yaml (default dev)
  --folder PATH  where data, code and logs go (default .local)
  --resources    list every resource and what stands for it here, then stop
  --json         write JSON lines instead of text
  --help         show this
`;

/**
 * Reads the command line.
 * @throws Error naming the option that is wrong and what is allowed.
 */
export function readCommand(commandLine: readonly string[]): Command {
    const { values } = parse(commandLine);
    if (values.help === true) {
        return { kind: "help" };
    }
    const { stack = "dev", folder = ".local", port = "8080" } = values;
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(stack)) {
        throw new Error(`--stack is "${stack}"; allowed: the NAME of a file Pulumi.NAME.yaml.`);
    }
    if (folder === "") {
        throw new Error('--folder is ""; allowed: a path.');
    }
    const number = Number(port);
    if (!/^\d+$/.test(port) || number < 1 || number > highestFirstPort) {
        throw new Error(`--port is "${port}"; allowed: a number from 1 to ${highestFirstPort}.`);
    }
    return {
        kind: values.resources === true ? "listResources" : "start",
        stack,
        folder,
        port: number,
        isFresh: values.fresh === true,
        hasLatency: values.latency === true,
        isJson: values.json === true,
    };
}

function parse(commandLine: readonly string[]) {
    try {
        return parseArgs({
            args: [...commandLine],
            options: {
                port: { type: "string" },
                fresh: { type: "boolean" },
                latency: { type: "boolean" },
                stack: { type: "string" },
                folder: { type: "string" },
                resources: { type: "boolean" },
                json: { type: "boolean" },
                help: { type: "boolean", short: "h" },
            },
        });
    } catch (cause) {
        const [reason = ""] = (cause as Error).message.split(". ");
        throw new Error(`${reason.replace(/\.$/, "")}. See npm start -- --help.`, { cause });
    }
}
