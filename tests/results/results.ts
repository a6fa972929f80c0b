import * as fs from "node:fs";
import * as path from "node:path";

/** The commands that write a section, in the order of the sections. */
export const sections = {
    simulate: "Simulation",
    mutants: "Mutants",
    chaos: "Chaos",
    failover: "Failover",
    bench: "Benchmarks",
} as const;

export type SectionName = keyof typeof sections;

const resultsFile = path.resolve(__dirname, "../RESULTS.md");

const preamble = `# Results

Written by the commands that it names, each of which replaces its own section; not by hand.
`;

/**
 * Replaces what one command has to say in `tests/RESULTS.md`.
 * @param markdown without a heading of the first or second level
 */
export function writeSection(name: SectionName, markdown: string, file = resultsFile): void {
    const before = fs.existsSync(file) ? fs.readFileSync(file, "utf8") : "";
    fs.writeFileSync(file, replaceSection(before, name, markdown));
}

/** The document with one section replaced; what was not made by this module is dropped. */
export function replaceSection(document: string, name: SectionName, markdown: string): string {
    const kept = (Object.keys(sections) as SectionName[]).flatMap((section) => {
        const body = section === name ? markdown.trim() : bodyOf(document, section);
        return body === undefined
            ? []
            : [
                  `${beginning(section)}\n## ${sections[section]}\n\n` +
                      `\`npm run ${section}\`\n\n${body}\n${end(section)}\n`,
              ];
    });
    return [preamble, ...kept].join("\n");
}

function bodyOf(document: string, section: SectionName): string | undefined {
    const [, text] = document.split(`${beginning(section)}\n`);
    return text
        ?.split(`\n${end(section)}\n`)[0]
        ?.split("\n")
        .slice(4)
        .join("\n");
}

function beginning(section: SectionName): string {
    return `<!-- begin ${section} -->`;
}

function end(section: SectionName): string {
    return `<!-- end ${section} -->`;
}
