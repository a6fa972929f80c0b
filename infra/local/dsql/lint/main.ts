import * as path from "node:path";
import { createConsole } from "../../console";
import { createDialect } from "../dialect/dialect";
import { findStatements } from "./find-statements";
import { lintSql } from "./lint-sql";

const projectFolder = path.resolve(__dirname, "../../../..");

void main();

/** Exits with 1 when Aurora DSQL would refuse a statement of the program. */
async function main(): Promise<void> {
    const output = createConsole(process.stdout, process.stderr, {
        isJson: process.argv.includes("--json"),
        noColor: process.env["NO_COLOR"],
    });
    const statements = findStatements(projectFolder, ["app"]);
    const findings = lintSql(statements, await createDialect());
    output.lintedSql(findings, statements.length);
    process.exitCode = findings.length === 0 ? 0 : 1;
}
