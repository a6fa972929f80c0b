import { parseArgs } from "node:util";

/** What the operator wants. */
export type DrainCommand =
    | { readonly kind: "drain"; readonly region: string; readonly isForced: boolean }
    /** Without a Region: all of them. */
    | { readonly kind: "undrain"; readonly region: string | undefined }
    | { readonly kind: "status" };

/** What the command line asks for. */
export interface DrainRequest {
    /** Undefined: to show how it is used. */
    readonly command: DrainCommand | undefined;
    readonly stack: string;
    readonly folder: string;
    /** Whether the stack on AWS is meant, even while a local one runs. */
    readonly isDeployed: boolean;
    readonly isJson: boolean;
}

export const usage = `Takes Regions out of service and back: npm run drain -- <what> [options]

  REGION                send new requests to other Regions, within seconds, until it is undone
  undrain REGION        let the Region serve again
  undrain               let every Region serve again
  status                tell which Regions serve, which are drained, and which the monitors hold
                        to be down

  --force               drain even the last Region that serves (the edge then ignores all flags)
  --stack NAME          the stack (default dev)
  --deployed            the stack on AWS, even while a local one runs; without this the one that
                        runs on this computer (npm start), if there is one
  --folder PATH         where the local one keeps its data (default .local)
  --json                write JSON
  --help                show this

A stack on AWS is found by "pulumi stack output", and changed with the credentials of the
environment: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, if they are temporary, AWS_SESSION_TOKEN.
`;

const options = {
    force: { type: "boolean" },
    stack: { type: "string" },
    deployed: { type: "boolean" },
    folder: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

/**
 * Reads the command line.
 * @throws Error naming what is wrong and what is allowed
 */
export function readDrainRequest(commandLine: readonly string[]): DrainRequest {
    const { values, positionals } = parse(commandLine);
    const { stack = "dev", folder = ".local" } = values;
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(stack)) {
        throw new Error(`--stack is "${stack}"; allowed: the NAME of a file Pulumi.NAME.yaml.`);
    }
    const command =
        values.help === true || positionals.length === 0
            ? undefined
            : readCommand(positionals, values.force === true);
    return {
        command,
        stack,
        folder,
        isDeployed: values.deployed === true,
        isJson: values.json === true,
    };
}

function readCommand([what = "", ...rest]: readonly string[], isForced: boolean): DrainCommand {
    const most = what === "undrain" ? 1 : 0;
    if (rest.length > most) {
        throw new Error(
            `"${what}" is followed by ${rest.join(" ")}; allowed: ` +
                `${most === 1 ? "one Region or none" : "nothing"}. See --help.`,
        );
    }
    if (isForced && (what === "undrain" || what === "status")) {
        throw new Error(`--force does nothing for ${what}; allowed: with a Region to drain.`);
    }
    switch (what) {
        case "undrain":
            return { kind: "undrain", region: rest[0] };
        case "status":
            return { kind: "status" };
        default:
            return { kind: "drain", region: what, isForced };
    }
}

function parse(commandLine: readonly string[]) {
    try {
        return parseArgs({ args: [...commandLine], options, allowPositionals: true });
    } catch (cause) {
        const [reason = ""] = (cause as Error).message.split(". ");
        throw new Error(`${reason.replace(/\.$/, "")}. See npm run drain -- --help.`, { cause });
    }
}
