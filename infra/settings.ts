import * as pulumi from "@pulumi/pulumi";
import { type CellSettings, type SettingFault, topologyFaults } from "./topology";

/** What a stack can decide. `Pulumi.yaml` describes each option and holds its default. */
export interface Settings {
    readonly environment: string;
    readonly clusterName: string;
    readonly apiStage: string;
    readonly cells: readonly CellSettings[];
    readonly functionMemoryMegabytes: number;
    readonly priceClass: string;
    readonly originSecretNumber: number;
    readonly deletionProtection: boolean;
    readonly logRetentionDays: number;
    readonly throttling: Throttling;
    readonly manageApiGatewayAccount: boolean;
    readonly auditTrail: boolean;
}

/** How many requests a regional API accepts: a token bucket. */
export interface Throttling {
    readonly ratePerSecond: number;
    readonly burst: number;
}

const priceClasses = ["PriceClass_100", "PriceClass_200", "PriceClass_All"];

// Source: https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
const retentionDays = [
    1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922,
    3288, 3653,
];

/**
 * Reads and checks the stack's configuration before anything is registered.
 * @throws pulumi.RunError that lists every fault: the option, its value and what is allowed.
 */
export function readSettings(config: pulumi.Config = new pulumi.Config()): Settings {
    const faults: SettingFault[] = [];
    const reader = optionReader(config, faults);
    const cells = readCells(reader, faults);
    const settings: Settings = {
        environment: reader.text(
            "environment",
            /^[a-z0-9]{2,12}$/,
            "2-12 lower-case letters or digits",
        ),
        clusterName: reader.text(
            "clusterName",
            /^[A-Za-z0-9-]{1,40}$/,
            "1-40 letters, digits or hyphens",
        ),
        apiStage: reader.text(
            "apiStage",
            /^[A-Za-z0-9_-]{1,30}$/,
            "1-30 letters, digits, hyphens or underscores",
        ),
        cells,
        functionMemoryMegabytes: reader.integer("functionMemoryMegabytes", 128, 10_240),
        priceClass: reader.choice("priceClass", priceClasses),
        originSecretNumber: reader.integer("originSecretNumber", 1, 1_000_000),
        deletionProtection: reader.boolean("deletionProtection"),
        logRetentionDays: Number(reader.choice("logRetentionDays", retentionDays.map(String))),
        throttling: {
            ratePerSecond: reader.integer("throttlingRatePerSecond", 1, 10_000),
            burst: reader.integer("throttlingBurst", 1, 5_000),
        },
        manageApiGatewayAccount: reader.boolean("manageApiGatewayAccount"),
        auditTrail: reader.boolean("auditTrail"),
    };
    if (faults.length > 0) {
        throw new pulumi.RunError(describeFaults(faults));
    }
    return Object.freeze(settings);
}

/** The one message for all faults, a line each. */
export function describeFaults(faults: readonly SettingFault[]): string {
    const lines = faults.map(
        ({ option, value, allowed }) =>
            `  ${option} is ${value === undefined ? "not set" : JSON.stringify(value)}; ` +
            `allowed: ${allowed}`,
    );
    const subject = faults.length === 1 ? "1 option is" : `${faults.length} options are`;
    return `${subject} wrong in this stack's configuration (Pulumi.<stack>.yaml):\n${lines.join("\n")}`;
}

interface OptionReader {
    text(option: string, pattern: RegExp, allowed: string): string;
    integer(option: string, minimum: number, maximum: number): number;
    choice(option: string, choices: readonly string[]): string;
    boolean(option: string): boolean;
    list(option: string): readonly unknown[];
}

function optionReader(config: pulumi.Config, faults: SettingFault[]): OptionReader {
    const refuse = (option: string, value: unknown, allowed: string) => {
        faults.push({ option, value, allowed });
    };
    return {
        text(option, pattern, allowed) {
            const value = config.get(option);
            if (value === undefined || !pattern.test(value)) {
                refuse(option, value, allowed);
            }
            return value ?? "";
        },
        integer(option, minimum, maximum) {
            const value = config.get(option);
            const number = Number(value);
            const isAllowed = /^\d+$/.test(value ?? "") && number >= minimum && number <= maximum;
            if (!isAllowed) {
                refuse(option, value, `an integer from ${minimum} to ${maximum}`);
            }
            return number;
        },
        choice(option, choices) {
            const value = config.get(option);
            if (value === undefined || !choices.includes(value)) {
                refuse(option, value, `one of ${choices.join(", ")}`);
            }
            return value ?? "";
        },
        boolean(option) {
            const value = config.get(option);
            if (value !== "true" && value !== "false") {
                refuse(option, value, "true or false");
            }
            return value === "true";
        },
        list(option) {
            const value = config.get(option);
            const parsed = parseJson(value ?? "");
            if (!Array.isArray(parsed)) {
                refuse(option, value, "a list");
                return [];
            }
            return parsed;
        },
    };
}

/** Structured options reach the program as JSON text. */
function parseJson(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}

const cellKeys: Readonly<Record<string, "string" | "number" | "boolean">> = {
    name: "string",
    number: "number",
    home: "string",
    peer: "string",
    witness: "string",
    peerServes: "boolean",
    weight: "number",
};
const requiredCellKeys = ["name", "number", "home"];
const cellDefaults = { peerServes: false, weight: 1 };

function readCells(reader: OptionReader, faults: SettingFault[]): readonly CellSettings[] {
    const faultsBefore = faults.length;
    const entries = reader.list("cells");
    const cells = entries.flatMap((entry, index) => readCell(entry, `cells[${index}]`, faults));
    // A list that is not even well formed would only repeat itself in the rules below.
    if (faults.length === faultsBefore) {
        faults.push(...topologyFaults(cells));
    }
    return cells;
}

function readCell(entry: unknown, option: string, faults: SettingFault[]): CellSettings[] {
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) {
        faults.push({ option, value: entry, allowed: "an object with name, number and home" });
        return [];
    }
    const known = Object.keys(cellKeys);
    const values = entry as Record<string, unknown>;
    for (const [key, value] of Object.entries(values)) {
        if (!known.includes(key)) {
            faults.push({
                option: `${option}.${key}`,
                value,
                allowed: `the keys ${known.join(", ")}`,
            });
        } else if (typeof value !== cellKeys[key]) {
            faults.push({ option: `${option}.${key}`, value, allowed: `a ${cellKeys[key]}` });
        }
    }
    for (const key of requiredCellKeys.filter((required) => values[required] === undefined)) {
        faults.push({
            option: `${option}.${key}`,
            value: undefined,
            allowed: `a ${cellKeys[key]}`,
        });
    }
    return [{ ...cellDefaults, ...(values as Omit<CellSettings, keyof typeof cellDefaults>) }];
}
