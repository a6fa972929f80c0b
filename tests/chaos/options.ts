import { parseArgs } from "node:util";

/** What the command line asks for. */
export interface DrillCommand {
    readonly minutes: number;
    readonly seed: string;
    readonly isJson: boolean;
    readonly isHelp: boolean;
    /** Where the history goes; undefined: nowhere. */
    readonly historyFile?: string;
    /** Whether what is far away takes as long as it really does. */
    readonly hasLatency: boolean;
}

export const usage = `Breaks the shop on purpose while clients use it, and checks that nothing was lost:

  npm run chaos -- --minutes N [options]

  --minutes N       how long things are broken, 0.1 to 600 (default 5)
  --seed S          chooses faults and requests; 1-40 letters, digits or hyphens (default: the time)
  --latency         add the round-trip times between Regions
  --history FILE    write every request and its outcome to a file, as JSON lines
  --json            write one JSON document instead of a table
  --help            show this

Ends with 0 when every rule held and every rare state was reached, 1 when not, 2 when the drill itself failed.
`;

const shortestMinutes = 0.1;
const longestMinutes = 600;

/**
 * Reads the command line.
 * @throws Error naming the option that is wrong and what is allowed
 */
export function readDrillCommand(
    commandLine: readonly string[],
    defaultSeed: string,
): DrillCommand {
    const { values } = parse(commandLine);
    const { minutes = "5", seed = defaultSeed, history } = values;
    const number = Number(minutes);
    if (!/^\d+(\.\d+)?$/.test(minutes) || number < shortestMinutes || number > longestMinutes) {
        throw new Error(
            `--minutes is "${minutes}"; allowed: a number from ${shortestMinutes} to ${longestMinutes}.`,
        );
    }
    if (!/^[A-Za-z0-9-]{1,40}$/.test(seed)) {
        throw new Error(`--seed is "${seed}"; allowed: 1-40 letters, digits or hyphens.`);
    }
    if (history === "") {
        throw new Error('--history is ""; allowed: a path.');
    }
    return {
        minutes: number,
        seed,
        isJson: values.json === true,
        isHelp: values.help === true,
        hasLatency: values.latency === true,
        ...(history === undefined ? {} : { historyFile: history }),
    };
}

function parse(commandLine: readonly string[]) {
    try {
        return parseArgs({
            args: [...commandLine],
            options: {
                minutes: { type: "string" },
                seed: { type: "string" },
                history: { type: "string" },
                latency: { type: "boolean" },
                json: { type: "boolean" },
                help: { type: "boolean", short: "h" },
            },
        });
    } catch (cause) {
        const [reason = ""] = (cause as Error).message.split(". ");
        throw new Error(`${reason.replace(/\.$/, "")}. See npm run chaos -- --help.`, { cause });
    }
}
