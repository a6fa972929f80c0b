import { parseArgs } from "node:util";
import regionTable from "../../regions.json";

/** What the command line of `npm run dsql` asks for. */
export type DatabaseCommand =
    | { readonly kind: "help" }
    | ({ readonly kind: "start" } & DatabaseOptions);

export interface DatabaseOptions {
    readonly port: number;
    readonly folder: string;
    readonly region: string;
    /** Whether to empty the database first. */
    readonly isFresh: boolean;
    /** Whether to write JSON lines instead of text. */
    readonly isJson: boolean;
}

const highestPort = 65_535;
const regions = Object.keys(regionTable.regions);
const [defaultRegion = ""] = regions;

export const databaseUsage = `Runs Aurora DSQL on this computer, one cluster: npm run dsql -- [options]

  --port N       where it listens, on 127.0.0.1 (default 5432)
  --folder PATH  where data, certificates and logs go (default .local/dsql)
  --region NAME  the cluster's Region (default ${defaultRegion})
  --fresh        empty the database first
  --json         write JSON lines instead of text
  --help         show this
`;

/**
 * Reads the command line.
 * @throws Error naming the option that is wrong and what is allowed.
 */
export function readDatabaseCommand(commandLine: readonly string[]): DatabaseCommand {
    const { values } = parse(commandLine);
    if (values.help === true) {
        return { kind: "help" };
    }
    const { port = "5432", folder = ".local/dsql", region = defaultRegion } = values;
    const number = Number(port);
    if (!/^\d+$/.test(port) || number < 1 || number > highestPort) {
        throw new Error(`--port is "${port}"; allowed: a number from 1 to ${highestPort}.`);
    }
    if (folder === "") {
        throw new Error('--folder is ""; allowed: a path.');
    }
    if (!regions.includes(region)) {
        throw new Error(`--region is "${region}"; allowed: ${regions.join(", ")}.`);
    }
    return {
        kind: "start",
        port: number,
        folder,
        region,
        isFresh: values.fresh === true,
        isJson: values.json === true,
    };
}

function parse(commandLine: readonly string[]) {
    try {
        return parseArgs({
            args: [...commandLine],
            options: {
                port: { type: "string" },
                folder: { type: "string" },
                region: { type: "string" },
                fresh: { type: "boolean" },
                json: { type: "boolean" },
                help: { type: "boolean", short: "h" },
            },
        });
    } catch (cause) {
        const [reason = ""] = (cause as Error).message.split(". ");
        throw new Error(`${reason.replace(/\.$/, "")}. See npm run dsql -- --help.`, { cause });
    }
}
