import type { LocalEvent } from "./cloud";
import type { LocalDeployment } from "./deploy";
import type { Finding } from "./dsql/lint/lint-sql";
import type { StandaloneDatabase } from "./dsql/standalone";
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
    databaseRunning(database: StandaloneDatabase, seconds: number): void;
    lintedSql(findings: readonly Finding[], statements: number): void;
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
            const { viewers, apis, databases, functions, serviceFile, logFolder } = deployment;
            const hosts = Object.fromEntries(
                Object.entries(databases).map(([cell, { hostName, port }]) => [
                    cell,
                    { hostName, port },
                ]),
            );
            write("running", {
                seconds,
                viewers,
                apis,
                databases: hosts,
                serviceFile,
                functions,
                logFolder,
            });
        },
        resources: (resources) => {
            for (const resource of resources) {
                write("resource", resource);
            }
        },
        databaseRunning: ({ stop: _, lost: _lost, ...database }, seconds) =>
            write("running", { seconds, ...database }),
        lintedSql: (findings, statements) => {
            for (const finding of findings) {
                write("finding", finding);
            }
            write("lintedSql", { statements, findings: findings.length });
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
        databaseRunning: (database, seconds) => write(describeDatabase(database, seconds, paint)),
        lintedSql: (findings, statements) => write(lintReport(findings, statements, paint)),
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
    const { viewers, apis, databases, functions, serviceFile, logFolder } = deployment;
    const [first] = viewers;
    const rows = viewers.map(({ cell, home, url }) => [
        cell,
        url,
        home,
        databases[cell]?.hostName ?? "-",
    ]);
    const lines = table([["viewer", "shop", "home Region", "database"], ...rows]);
    const services = Object.keys(databases);
    return [
        "",
        paint("bold", `The shop is running on this computer (${seconds.toFixed(1)} s).`),
        "",
        ...lines.map((line, index) => (index === 0 ? paint("dim", line) : line)),
        "",
        `${functions.length} functions, ${apis.length} APIs, logs in ${logFolder}`,
        ...(services.length === 0
            ? []
            : [`Databases: PGSERVICEFILE=${serviceFile} psql service=${services.join("|")}`]),
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

function describeDatabase(database: StandaloneDatabase, seconds: number, paint: Paint): string {
    const { endpoint, port, region, credentials, principalArn, authorityFile } = database;
    const title = `Aurora DSQL is running on this computer (${seconds.toFixed(1)} s), as in ${region}.`;
    return [
        "",
        paint("bold", title),
        "",
        `psql '${database.connectionString}'`,
        "",
        "The same, shorter:",
        "",
        `PGSERVICEFILE=${database.serviceFile} psql service=dsql`,
        "",
        "Its password is a token that is good for a week. For programs that make their own:",
        "",
        ...table([
            ["endpoint", `${endpoint}, reached at localhost:${port}`],
            ["authority", authorityFile],
            ["principal", principalArn],
            ["AWS_ACCESS_KEY_ID", credentials.accessKeyId],
            ["AWS_SECRET_ACCESS_KEY", credentials.secretAccessKey],
            ["AWS_SESSION_TOKEN", credentials.sessionToken],
        ]),
        "",
        `Logs in ${database.logFolder}. Ctrl-C stops it.`,
    ].join("\n");
}

function lintReport(findings: readonly Finding[], statements: number, paint: Paint): string {
    const lines = findings.flatMap(({ file, line, code, message, statement }) => [
        `${file}:${line}  ${paint("red", code)} ${message}`,
        `    ${paint("dim", statement)}`,
    ]);
    const summary =
        findings.length === 0
            ? `${statements} statements accepted`
            : `${findings.length} of ${statements} statements not accepted`;
    return [...lines, `lint:sql: ${summary}`].join("\n");
}

function table(rows: readonly (readonly string[])[]): string[] {
    const widths = (rows[0] ?? []).map((_, column) =>
        Math.max(...rows.map((row) => row[column]?.length ?? 0)),
    );
    return rows.map((row) =>
        `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd(),
    );
}
