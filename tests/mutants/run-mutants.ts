import { spawn } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { Mutant } from "./mutants";

/** What became of a mutant. */
export interface Verdict {
    readonly mutant: Mutant;
    readonly isKilled: boolean;
    readonly seconds: number;
    /** The first line that tells why, of a test that failed. */
    readonly because: string;
}

export interface MutantOptions {
    /** The folder of the program. */
    readonly root: string;
    readonly onVerdict: (verdict: Verdict) => void;
}

const copied = [
    "app",
    "infra",
    "tests",
    "index.ts",
    "package.json",
    "tsconfig.json",
    ".mocharc.json",
];
const copiedToo = /^Pulumi.*\.yaml$/;
const limitSeconds = 150;

/**
 * Applies each mutant to a copy of the program and runs the tests that should notice. Before that
 * the tests run on the unchanged copy: one that fails anyway would prove nothing.
 * @throws Error for a mutant whose text is not in its file exactly once, and for tests that fail
 * without a mutant
 */
export async function runMutants(
    mutants: readonly Mutant[],
    { root, onVerdict }: MutantOptions,
): Promise<readonly Verdict[]> {
    for (const mutant of mutants) {
        mutated(fs.readFileSync(path.join(root, mutant.file), "utf8"), mutant);
    }
    const folder = copyOf(root);
    try {
        await refuseFailingTests(folder, mutants);
        const verdicts: Verdict[] = [];
        for (const mutant of mutants) {
            const verdict = await tryMutant(folder, mutant);
            verdicts.push(verdict);
            onVerdict(verdict);
        }
        return verdicts;
    } finally {
        fs.rmSync(folder, { recursive: true, force: true });
    }
}

/**
 * The text with the mutant in it.
 * @throws Error unless the text to replace is there exactly once
 */
export function mutated(text: string, { name, file, find, replace }: Mutant): string {
    const count = text.split(find).length - 1;
    if (count !== 1) {
        throw new Error(
            `The mutant "${name}" looks for a text that is ${count} times in ${file}; ` +
                "it has to be there once.",
        );
    }
    return text.replace(find, () => replace);
}

function copyOf(root: string): string {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "mutants-"));
    const names = fs
        .readdirSync(root)
        .filter((name) => copied.includes(name) || copiedToo.test(name));
    for (const name of names) {
        fs.cpSync(path.join(root, name), path.join(folder, name), { recursive: true });
    }
    fs.symlinkSync(path.join(root, "node_modules"), path.join(folder, "node_modules"));
    return folder;
}

async function refuseFailingTests(folder: string, mutants: readonly Mutant[]): Promise<void> {
    const files = new Set(mutants.flatMap(({ tests }) => tests.split(" ")));
    const { hasFailed, because } = await runTests(folder, [...files]);
    if (hasFailed) {
        throw new Error(`The tests fail without a mutant: ${because}`);
    }
}

async function tryMutant(folder: string, mutant: Mutant): Promise<Verdict> {
    const file = path.join(folder, mutant.file);
    const original = fs.readFileSync(file, "utf8");
    fs.writeFileSync(file, mutated(original, mutant));
    try {
        const started = performance.now();
        const files = mutant.tests.split(" ");
        const { hasFailed, because } = await runTests(folder, files, mutant.only);
        const seconds = (performance.now() - started) / 1_000;
        return { mutant, isKilled: hasFailed, seconds, because };
    } finally {
        fs.writeFileSync(file, original);
    }
}

function runTests(
    folder: string,
    files: readonly string[],
    only?: string,
): Promise<{ readonly hasFailed: boolean; readonly because: string }> {
    const mocha = path.join(folder, "node_modules/mocha/bin/mocha.js");
    const filter = only === undefined ? [] : ["--fgrep", only];
    const child = spawn(process.execPath, [mocha, "--exit", "--bail", ...filter, ...files], {
        cwd: folder,
        stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    const collect = (chunk: Buffer) => {
        output = (output + chunk.toString()).slice(-200_000);
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    const timer = setTimeout(() => child.kill("SIGKILL"), limitSeconds * 1_000);
    return new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code) => {
            clearTimeout(timer);
            resolve({ hasFailed: code !== 0, because: code === 0 ? "" : reasonIn(output) });
        });
    });
}

/** The name of the test that failed. */
function reasonIn(output: string): string {
    const lines = output.split("\n");
    const first = lines.findIndex((line) => /^ {2}1\) /.test(line));
    const name = lines
        .slice(first + 1)
        .find((line) => /:$/.test(line) || /^ {7}\S/.test(line))
        ?.trim();
    return first === -1
        ? "it ended without a result"
        : (name ?? lines[first] ?? "").replace(/:$/, "");
}
