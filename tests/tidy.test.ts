import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import * as fs from "node:fs";
import * as path from "node:path";
import regionTable from "../infra/regions.json";
import { longFunctions } from "./support/long-functions";

const root = path.resolve(__dirname, "..");

/** Every file that git tracks or would track. */
const files = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: root,
    encoding: "utf8",
})
    .split("\n")
    .filter((file) => file !== "" && fs.existsSync(path.join(root, file)));
const sources = files
    .filter((file) => file.endsWith(".ts"))
    .map((file) => ({ file, text: fs.readFileSync(path.join(root, file), "utf8") }));
const deployed = sources.filter(({ file }) => !file.startsWith("tests/"));
const app = sources.filter(({ file }) => file.startsWith("app/"));

/** The lines of a source that match, as `file:line`. */
function offences(
    among: readonly { file: string; text: string }[],
    pattern: RegExp,
    isExempt: (file: string) => boolean = () => false,
): string[] {
    return among
        .filter(({ file }) => !isExempt(file))
        .flatMap(({ file, text }) =>
            text
                .split("\n")
                .flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : [])),
        );
}

const withoutComments = deployed.map(({ file, text }) => ({
    file,
    text: text.replace(/\/\*[\s\S]*?\*\/|(^|\s)\/\/.*$/gm, (comment) =>
        comment.replace(/[^\n]/g, " "),
    ),
}));

describe("tidy: files", () => {
    it("stay under 250 lines", () => {
        const long = sources.filter(({ text }) => text.split("\n").length - 1 > 250);
        assert.deepEqual(
            long.map(({ file }) => file),
            [],
        );
    });

    it("have functions of at most 60 lines, tests aside", () => {
        assert.deepEqual(
            deployed.flatMap((source) => longFunctions(source, 60)),
            [],
        );
    });

    it("are named in kebab-case, after what they are about", () => {
        const wrong = sources.filter(({ file }) => {
            const name = path.basename(file).replace(/(\.test|\.d)?\.ts$/, "");
            return (
                !/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) ||
                /^(utils?|helpers?|common|misc)$/.test(name)
            );
        });
        assert.deepEqual(
            wrong.map(({ file }) => file),
            [],
        );
    });

    it("at the top are the ones the design fixes", () => {
        const top = new Set(files.map((file) => file.split("/")[0]));
        const allowed = [
            ".ci .gitignore .mocharc.json .npmrc app ARCHITECTURE.md biome.json CHANGELOG.md index.ts",
            "infra LICENSE package-lock.json package.json Pulumi.dev.yaml Pulumi.prod.yaml",
            "Pulumi.staging.yaml Pulumi.yaml README.md tests tsconfig.json",
        ]
            .join(" ")
            .split(" ");
        assert.deepEqual([...top].sort(), allowed.sort());
    });

    it("lock packages by content, not by address", () => {
        const lock = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        assert.doesNotMatch(lock, /"resolved": "http/);
    });

    it("lock the packages of every platform, or npm ci refuses the others", () => {
        const lock = fs.readFileSync(path.join(root, "package-lock.json"), "utf8");
        const packages: Record<string, { optionalDependencies?: Record<string, string> }> =
            JSON.parse(lock).packages;
        const locked = new Set(
            Object.keys(packages).map((place) => place.split("node_modules/").at(-1)),
        );
        const missing = Object.values(packages)
            .flatMap(({ optionalDependencies = {} }) => Object.keys(optionalDependencies))
            .filter((name) => !locked.has(name));
        assert.deepEqual(missing, []);
    });
});

describe("tidy: imports", () => {
    const imports = sources.flatMap(({ file, text }) =>
        [...text.matchAll(/(?:from|import|require\()\s*"([^"]+)"/g)].map(([, target = ""]) => ({
            file,
            target,
            resolved: target.startsWith(".")
                ? path.posix.normalize(path.posix.join(path.posix.dirname(file), target))
                : target,
        })),
    );
    const breaking = (isWrong: (file: string, resolved: string) => boolean) =>
        imports
            .filter(({ file, resolved }) => isWrong(file, resolved))
            .map(({ file, target }) => `${file} imports ${target}`);

    it("keep Pulumi out of app/", () => {
        assert.deepEqual(
            breaking((file, to) => file.startsWith("app/") && to.startsWith("@pulumi/")),
            [],
        );
    });

    it("keep infra/ out of app/", () => {
        assert.deepEqual(
            breaking((file, to) => file.startsWith("app/") && to.startsWith("infra/")),
            [],
        );
    });

    it("let infra/ see the app's handlers, contract, problems, fault codes, clients of AWS and flags only", () => {
        const visible =
            /^app\/(aws|handlers|http\/(contract|problem)|fault|monitoring\/health-record)/;
        assert.deepEqual(
            breaking(
                (file, to) =>
                    file.startsWith("infra/") && to.startsWith("app/") && !visible.test(to),
            ),
            [],
        );
    });

    it("keep the local cloud out of what is deployed", () => {
        assert.deepEqual(
            breaking(
                (file, to) =>
                    to.startsWith("infra/local/") &&
                    // The operator's command finds the local cloud; it is not deployed either.
                    !/^(infra\/local|infra\/drain|tests)\//.test(file),
            ),
            [],
        );
    });

    it("keep the domain free of handlers, and pure rules free of the database", () => {
        const nouns = /^app\/(catalog|customers|inventory|orders)\//;
        assert.deepEqual(
            breaking((file, to) => nouns.test(file) && to.startsWith("app/handlers/")),
            [],
        );
        const pure = /^app\/(values\/|catalog\/product$|inventory\/stock$|orders\/order$)/;
        assert.deepEqual(
            breaking(
                (file, to) =>
                    pure.test(file.replace(/\.ts$/, "")) && to.startsWith("app/database/"),
            ),
            [],
        );
    });
});

describe("tidy: text", () => {
    it("names Regions only in configuration, in the table of Regions and in tests", () => {
        const names = Object.keys(regionTable.regions).join("|");
        assert.deepEqual(offences(withoutComments, new RegExp(`\\b(${names})\\b`)), []);
    });

    it("never calls a Region or cell primary or secondary", () => {
        assert.deepEqual(offences(deployed, /primary(?! key)|secondary/i), []);
    });

    it("keeps SQL in stores and in the database's folder", () => {
        const sql =
            /["'`]\s*(SELECT|INSERT INTO|UPDATE \w|DELETE FROM|CREATE TABLE|BEGIN|COMMIT|GRANT)\b/;
        assert.deepEqual(
            offences(
                deployed,
                sql,
                (file) =>
                    file.endsWith("-store.ts") ||
                    file.startsWith("app/database/") ||
                    // What stands before PostgreSQL speaks SQL.
                    file.startsWith("infra/local/dsql/"),
            ),
            [],
        );
    });

    it("reads process.env only where a function or a command is handed its environment", () => {
        assert.deepEqual(
            offences(withoutComments, /process\.env/, (file) =>
                /^infra\/(functions\.ts$|drain\/main\.ts$|local\/)/.test(file),
            ),
            [],
        );
    });

    it("writes to the console in one place of each half", () => {
        assert.deepEqual(
            offences(
                withoutComments,
                /console\.|process\.std(out|err)\.write/,
                (file) => file === "app/log.ts" || file === "infra/local/console.ts",
            ),
            [],
        );
    });

    it("leaves no marker for later, no any, no suppression without a reason", () => {
        assert.deepEqual(offences(sources, /\b(TO[D]O|FIX[M]E|XX[X])\b|@ts-(ignore|nocheck)/), []);
        assert.deepEqual(offences(withoutComments, /\bas any\b|: any\b/), []);
        assert.deepEqual(offences(sources, /biome-ignore [^:]*:\s*$/), []);
    });

    it("defines no class in the app, and only components elsewhere", () => {
        assert.deepEqual(offences(app, /^\s*(export )?(abstract )?class /), []);
        assert.deepEqual(
            offences(deployed, /^(export )?class (?!.*extends pulumi\.ComponentResource)/),
            [],
        );
    });

    it("holds one statement in each migration", () => {
        const migrations = files.filter((file) =>
            /^app\/database\/migrations\/.*\.sql$/.test(file),
        );
        assert.ok(migrations.length > 10);
        for (const file of migrations) {
            const sql = fs.readFileSync(path.join(root, file), "utf8").replace(/--.*$/gm, "");
            const statements = sql.split(";").filter((statement) => statement.trim() !== "");
            assert.equal(statements.length, 1, file);
        }
    });
});
