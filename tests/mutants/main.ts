import * as path from "node:path";
import { writeSection } from "../results/results";
import { mutants } from "./mutants";
import { runMutants, type Verdict } from "./run-mutants";

/** `npm run mutants [-- <part of a name>]` */
async function main([part = ""]: readonly string[]): Promise<number> {
    const chosen = mutants.filter(({ name }) => name.includes(part));
    if (chosen.length === 0) {
        process.stderr.write(`No mutant's name contains "${part}".\n`);
        return 2;
    }
    process.stdout.write(`${chosen.length} mutants; first the tests without any.\n`);
    const verdicts = await runMutants(chosen, {
        root: path.resolve(__dirname, "../.."),
        onVerdict: (verdict) => process.stdout.write(`${line(verdict)}\n`),
    });
    const survivors = verdicts.filter(({ isKilled }) => !isKilled);
    process.stdout.write(`${verdicts.length - survivors.length} of ${verdicts.length} killed.\n`);
    if (part === "") {
        writeSection("mutants", tableOf(verdicts));
    }
    return survivors.length === 0 ? 0 : 1;
}

function line({ mutant, isKilled, seconds, because }: Verdict): string {
    const verdict = isKilled ? "killed  " : "SURVIVED";
    return `${verdict} ${seconds.toFixed(1).padStart(6)} s  ${mutant.name}${because && ` (${because})`}`;
}

function tableOf(verdicts: readonly Verdict[]): string {
    const killed = verdicts.filter(({ isKilled }) => isKilled).length;
    return [
        `${killed} of ${verdicts.length} killed.`,
        "",
        "| mutant | in | |",
        "|---|---|---|",
        ...verdicts.map(
            ({ mutant, isKilled, because }) =>
                `| ${mutant.name} | \`${mutant.file}\` | ${isKilled ? because : "**survived**"} |`,
        ),
    ].join("\n");
}

main(process.argv.slice(2)).then(
    (code) => process.exit(code),
    (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
        process.exit(2);
    },
);
