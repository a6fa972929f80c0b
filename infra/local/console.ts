import type { LocalEvent } from "./cloud";
import type { LocalDeployment } from "./deploy";
import { exampleCommands } from "./examples";
import type { ListedResource } from "./registrar";

/** Where text goes: the terminal, a pipe, or a test's list. */
export interface TextOutput {
    readonly isTTY?: boolean;
    write(text: string): unknown;
}

export interface ConsoleOptions {
    readonly isJson: boolean;
    /** Set in the environment by those who want no colour: https://no-color.org */
    readonly noColor: string | undefined;
}

/** The only writer to the terminal. */
export interface Console {
    event(event: LocalEvent): void;
    running(deployment: LocalDeployment, seconds: number): void;
    resources(resources: readonly ListedResource[]): void;
    stopping(): void;
    failure(message: string): void;
    text(text: string): void;
}

type Colour = "dim" | "bold" | "green" | "yellow" | "red";

const codes: Readonly<Record<Colour, number>> = { dim: 2, bold: 1, green: 32, yellow: 33, red: 31 };

/** Writes for people, in columns; or for programs, one JSON object a line. */
export function createConsole(
    output: TextOutput,
    errors: TextOutput,
    options: ConsoleOptions,
): Console {
    return options.isJson ? jsonConsole(output) : textConsole(output, errors, options);
}

function jsonConsole(output: TextOutput): Console {
    const write = (event: string, values: object): void => {
        output.write(`${JSON.stringify({ event, ...values })}\n`);
    };
    return {
        event(event) {
            const { kind, ...values } = event;
            write(kind, event.kind === "request" ? event.entry : values);
        },
        running(deployment, seconds) {
            const { viewers, apis, databases, functions, logFolder } = deployment;
            write("running", { seconds, viewers, apis, databases, functions, logFolder });
        },
        resources: (resources) => {
            for (const resource of resources) {
                write("resource", resource);
            }
        },
        stopping: () => write("stopping", {}),
        failure: (message) => write("failure", { message }),
        text: (text) => write("text", { text }),
    };
}

function textConsole(output: TextOutput, errors: TextOutput, options: ConsoleOptions): Console {
    const isColoured = output.isTTY === true && !options.noColor;
    const paint = (colour: Colour, text: string): string =>
        isColoured ? `\u001b[${codes[colour]}m${text}\u001b[0m` : text;
    const write = (text: string): void => {
        output.write(`${text}\n`);
    };
    return {
        event(event) {
            switch (event.kind) {
                case "step": {
                    const seconds = `${(event.milliseconds / 1000).toFixed(1)} s`;
                    return write(
                        `· ${event.subject.padEnd(20)} ${paint("green", "ready")}  ${seconds}`,
                    );
                }
                case "warning":
                    return write(paint("yellow", `! ${event.message}`));
                case "request":
                    return write(requestLine(event.entry, paint));
            }
        },
        running: (deployment, seconds) => write(summary(deployment, seconds, paint)),
        resources: (resources) => write(resourceTable(resources)),
        stopping: () => write("Stopping."),
        failure: (message) => {
            errors.write(`${paint("red", message)}\n`);
        },
        text: (text) => {
            output.write(text);
        },
    };
}

type Paint = (colour: Colour, text: string) => string;

function requestLine(
    entry: Extract<LocalEvent, { kind: "request" }>["entry"],
    paint: Paint,
): string {
    const colour = entry.status >= 500 ? "red" : entry.status >= 400 ? "yellow" : "green";
    return [
        entry.viewer.padEnd(3),
        `${entry.method.padEnd(6)} ${entry.path}`,
        paint(colour, String(entry.status)),
        paint("dim", entry.cache),
        `${entry.milliseconds} ms`,
        entry.cell === undefined ? "" : paint("dim", `cell ${entry.cell}`),
    ]
        .filter((column) => column !== "")
        .join("  ");
}

function summary(deployment: LocalDeployment, seconds: number, paint: Paint): string {
    const { viewers, apis, databases, functions, logFolder } = deployment;
    const [first] = viewers;
    const rows = viewers.map(({ cell, home, url }) => [
        cell,
        url,
        home,
        databases[cell]?.replace(/^postgres:\/\/(.*)$/, "postgres://admin@$1/postgres") ?? "-",
    ]);
    const lines = table([["viewer", "shop", "home Region", "database"], ...rows]);
    return [
        "",
        paint("bold", `The shop is running on this computer (${seconds.toFixed(1)} s).`),
        "",
        ...lines.map((line, index) => (index === 0 ? paint("dim", line) : line)),
        "",
        `${functions.length} functions, ${apis.length} APIs, logs in ${logFolder}`,
        ...(first === undefined ? [] : tryLines(first.url)),
        "",
        "Ctrl-C stops everything. Requests:",
    ].join("\n");
}

function tryLines(url: string): string[] {
    return [
        "",
        "Try, with the ids of the first answers in the last line:",
        "",
        ...exampleCommands(url).map((command) => `  ${command}`),
    ];
}

function resourceTable(resources: readonly ListedResource[]): string {
    const rows = [...resources]
        .sort((a, b) => a.type.localeCompare(b.type) || a.name.localeCompare(b.name))
        .map(({ type, name, region, counterpart }) => [type, name, region, counterpart]);
    const count = `${rows.length} resources`;
    return [...table([["type", "name", "Region", "here"], ...rows]), "", count].join("\n");
}

function table(rows: readonly (readonly string[])[]): string[] {
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows.map((row) =>
        `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
    );
}
