import { parseArgs } from "node:util";
import type { LinkState } from "../links";
import type { ChaosCommand } from "./commands";
import type { KillPlan } from "./kills";

/** What the command line asks for. */
export interface ChaosRequest {
    /** Undefined: to show how it is used. */
    readonly command: ChaosCommand | undefined;
    readonly stack: string;
    readonly folder: string;
    readonly isJson: boolean;
}

export const usage = `Breaks a running shop (npm start) on purpose: npm run chaos -- <command> [options]

  down PLACE            take a cell or a Region down; "up PLACE" brings it back
  lost PLACE            the same, as a black hole: connections come to nothing instead of being refused
  lag PLACE             let its APIs answer late, by --milliseconds N (default 500)
  unavailable PLACE     let its APIs answer 503
  flap PLACE            let its /health be good and bad by turns
  well PLACE            undo lag, unavailable and flap; "up" does, too
  stores WHO            let nobody reach the KeyValueStores: readers (the edge), writers (monitors and
                        the operator) or all; none: everybody reaches them again
  cut FROM TO           let nothing get from one cell or Region to another; not the way back
  slow FROM TO          let it take longer, by --milliseconds N (default 500)
  open FROM TO          let it through again
  queue                 let queues fail: --loss, --duplication, --reorder (0 to 1), --delay (milliseconds)
  database CELL         let its database fail: --faults JSON, such as {"rates":{"conflictAtCommit":0.2}}
  kill FUNCTION         end it in the middle of an invocation: --after-awaits N, --within-awaits N
                        or --within-milliseconds N (default 50), --count N; FUNCTION is part of its name
  heal                  undo all of it
  status                tell how the switches stand, and what has happened so far

  --seed N              chooses what is random (default 0)
  --stack NAME          the stack that runs (default dev)
  --folder PATH         where it keeps its data (default .local)
  --json                write JSON
  --help                show this
`;

const options = {
    milliseconds: { type: "string" },
    loss: { type: "string" },
    duplication: { type: "string" },
    reorder: { type: "string" },
    delay: { type: "string" },
    faults: { type: "string" },
    "after-awaits": { type: "string" },
    "within-awaits": { type: "string" },
    "within-milliseconds": { type: "string" },
    count: { type: "string" },
    seed: { type: "string" },
    stack: { type: "string" },
    folder: { type: "string" },
    json: { type: "boolean" },
    help: { type: "boolean", short: "h" },
} as const;

type Values = Readonly<Partial<Record<keyof typeof options, string | boolean>>>;

/**
 * Reads the command line.
 * @throws Error naming what is wrong and what is allowed
 */
export function readChaosRequest(commandLine: readonly string[]): ChaosRequest {
    const { values, positionals } = parse(commandLine);
    const [name, ...places] = positionals;
    const stack = values.stack ?? "dev";
    if (!/^[A-Za-z0-9_-]{1,100}$/.test(stack)) {
        throw new Error(`--stack is "${stack}"; allowed: the NAME of a file Pulumi.NAME.yaml.`);
    }
    const command =
        values.help === true || name === undefined ? undefined : readCommand(name, places, values);
    return { command, stack, folder: values.folder ?? ".local", isJson: values.json === true };
}

const placeNames: Readonly<Record<string, readonly string[]>> = {
    down: ["PLACE"],
    up: ["PLACE"],
    lost: ["PLACE"],
    lag: ["PLACE"],
    unavailable: ["PLACE"],
    flap: ["PLACE"],
    well: ["PLACE"],
    stores: ["WHO"],
    cut: ["FROM", "TO"],
    slow: ["FROM", "TO"],
    open: ["FROM", "TO"],
    queue: [],
    database: ["CELL"],
    kill: ["FUNCTION"],
    heal: [],
    status: [],
};

function readCommand(name: string, places: readonly string[], values: Values): ChaosCommand {
    const expected = Object.hasOwn(placeNames, name) ? placeNames[name] : undefined;
    if (expected === undefined) {
        const allowed = Object.keys(placeNames).join(", ");
        throw new Error(`"${name}" is no command; allowed: ${allowed}. See --help.`);
    }
    if (places.length !== expected.length) {
        throw new Error(
            `"${name}" is followed by ${places.length} names; allowed: ` +
                `${expected.join(" ") || "none"}. See --help.`,
        );
    }
    const [first = "", second = ""] = places;
    switch (name) {
        case "down":
        case "up":
        case "lost":
            return { kind: name, place: first };
        case "lag":
        case "unavailable":
        case "flap":
        case "well":
            return { kind: "ail", place: first, ailment: readAilment(name, values) };
        case "stores":
            return { kind: "stores", unreachableFor: first };
        case "queue":
            return { kind: "queue", faults: readQueueFaults(values) };
        case "database":
            return { kind: "database", cell: first, plan: readJson(values.faults) };
        case "kill":
            return { kind: "kill", plan: readKill(first, values) };
        case "heal":
        case "status":
            return { kind: name };
        default:
            return { kind: "link", from: first, to: second, state: readLink(name, values) };
    }
}

function readAilment(name: "lag" | "unavailable" | "flap" | "well", values: Values) {
    switch (name) {
        case "lag":
            return {
                kind: "slow",
                milliseconds: readNumber(values, "milliseconds") ?? 500,
            } as const;
        case "unavailable":
            return { kind: "unavailable" } as const;
        case "flap":
            return { kind: "flapping" } as const;
        case "well":
            return null;
    }
}

function readLink(name: string, values: Values): LinkState {
    return name === "slow"
        ? { kind: "slow", milliseconds: readNumber(values, "milliseconds") ?? 500 }
        : { kind: name === "cut" ? "cut" : "open" };
}

function readQueueFaults(values: Values): Extract<ChaosCommand, { kind: "queue" }>["faults"] {
    return {
        seed: readNumber(values, "seed") ?? 0,
        lossRate: readNumber(values, "loss") ?? 0,
        duplicationRate: readNumber(values, "duplication") ?? 0,
        reorderRate: readNumber(values, "reorder") ?? 0,
        delayMilliseconds: readNumber(values, "delay") ?? 0,
    };
}

function readKill(functionName: string, values: Values): KillPlan {
    const afterAwaits = readNumber(values, "after-awaits");
    const withinAwaits = readNumber(values, "within-awaits");
    const isTimeless = afterAwaits !== undefined || withinAwaits !== undefined;
    const milliseconds = readNumber(values, "within-milliseconds") ?? (isTimeless ? undefined : 50);
    return {
        function: functionName,
        seed: readNumber(values, "seed") ?? 0,
        count: readNumber(values, "count") ?? 1,
        ...(afterAwaits === undefined ? {} : { afterAwaits }),
        ...(withinAwaits === undefined ? {} : { withinAwaits }),
        ...(milliseconds === undefined ? {} : { withinMilliseconds: milliseconds }),
    };
}

function readNumber(values: Values, name: keyof typeof options): number | undefined {
    const value = values[name];
    if (value === undefined) {
        return undefined;
    }
    if (!/^\d+(\.\d+)?$/.test(String(value))) {
        throw new Error(`--${name} is "${value}"; allowed: a number.`);
    }
    return Number(value);
}

function readJson(text: string | boolean | undefined): object {
    try {
        const value: unknown = JSON.parse(String(text ?? "{}"));
        if (typeof value === "object" && value !== null) {
            return value;
        }
    } catch {
        // Told below, with what is allowed.
    }
    throw new Error(
        `--faults is ${text}; allowed: a JSON object, such as {"rates":{"stall":0.1}}.`,
    );
}

function parse(commandLine: readonly string[]) {
    try {
        return parseArgs({ args: [...commandLine], options, allowPositionals: true });
    } catch (cause) {
        const [reason = ""] = (cause as Error).message.split(". ");
        throw new Error(`${reason.replace(/\.$/, "")}. See npm run chaos -- --help.`, { cause });
    }
}
