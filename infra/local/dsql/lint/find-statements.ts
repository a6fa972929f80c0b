import * as fs from "node:fs";
import * as path from "node:path";
import * as typescript from "typescript";
import { splitStatements } from "../dialect/split";
import { type ConstantText, constantText, isText, type SourceReader } from "./constant-text";

/** An SQL statement in the source code. */
export interface FoundStatement {
    /** Relative to the folder that was searched. */
    readonly file: string;
    /** Where the statement begins, from 1. */
    readonly line: number;
    /** Constants are put in; `placeholder` stands for what is known only when the program runs. */
    readonly text: string;
    /** What `placeholder` stands for, as the source says it. */
    readonly unresolved: readonly string[];
}

/**
 * Finds the SQL below some folders: every statement of a `.sql` file, and in a `.ts` file every
 * string and template that begins with a keyword of SQL.
 * @param root that the folders, and the names of the files, are relative to
 */
export function findStatements(
    root: string,
    folders: readonly string[],
): readonly FoundStatement[] {
    const sources = createSourceReader(root);
    return folders
        .flatMap((folder) => filesBelow(root, folder))
        .flatMap((file) =>
            file.endsWith(".sql")
                ? statementsOfText(file, 1, { text: readText(root, file), unresolved: [] })
                : statementsOfSource(sources(file), sources),
        );
}

function filesBelow(root: string, folder: string): readonly string[] {
    return fs
        .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
        .filter((file) => /\.(sql|ts)$/.test(file))
        .map((file) => path.posix.join(folder, file.replaceAll(path.sep, "/")))
        .sort();
}

/** Reads each file once. */
function createSourceReader(root: string): SourceReader {
    const known = new Map<string, typescript.SourceFile | undefined>();
    return (file) => {
        if (!known.has(file)) {
            const exists = fs.existsSync(path.join(root, file));
            known.set(
                file,
                exists
                    ? typescript.createSourceFile(
                          file,
                          readText(root, file),
                          typescript.ScriptTarget.ES2022,
                          true,
                      )
                    : undefined,
            );
        }
        return known.get(file);
    };
}

function readText(root: string, file: string): string {
    return fs.readFileSync(path.join(root, file), "utf8");
}

function statementsOfSource(
    source: typescript.SourceFile | undefined,
    sources: SourceReader,
): readonly FoundStatement[] {
    const found: FoundStatement[] = [];
    const visit = (node: typescript.Node): void => {
        const constant = isText(node) && isSent(node) ? constantText(node, sources) : undefined;
        if (source === undefined || constant === undefined || !isSql(constant.text)) {
            node.forEachChild(visit);
            return;
        }
        const line = source.getLineAndCharacterOfPosition(node.getStart()).line + 1;
        found.push(...statementsOfText(source.fileName, line, constant));
    };
    source?.forEachChild(visit);
    return found;
}

/** A text that something is compared with, or that names a property, is not sent to a database. */
function isSent(node: typescript.Expression): boolean {
    const { parent } = node;
    return !(
        typescript.isCaseClause(parent) ||
        typescript.isLiteralTypeNode(parent) ||
        (typescript.isPropertyAssignment(parent) && parent.name === node) ||
        (typescript.isElementAccessExpression(parent) && parent.argumentExpression === node) ||
        (typescript.isBinaryExpression(parent) && /^[!=]==?$/.test(parent.operatorToken.getText()))
    );
}

const leading = /^(?:\s|--.*|\/\*[\s\S]*?\*\/|\()*/;
/** These are statements with nothing after them; `DELETE` alone is a method of HTTP. */
const aloneKeywords = /^(BEGIN|COMMIT|END|ROLLBACK|ABORT)\s*(;|$)/;
const keywords =
    /^(SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|TABLE|BEGIN|START|COMMIT|END|ROLLBACK|ABORT|SAVEPOINT|RELEASE|CREATE|ALTER|DROP|TRUNCATE|COMMENT|GRANT|REVOKE|REASSIGN|AWS|CALL|DO|EXECUTE|PREPARE|DEALLOCATE|EXPLAIN|DECLARE|FETCH|MOVE|CLOSE|COPY|SET|RESET|SHOW|LOCK|LISTEN|NOTIFY|UNLISTEN|VACUUM|ANALYZE|REINDEX|CLUSTER|REFRESH|DISCARD|CHECKPOINT|LOAD|IMPORT|SECURITY)\s*[\s(*]\S/;
/** In small letters these are words of English as well, so more of the statement has to be seen. */
const uncapitalized =
    /^(select\s[\s\S]*\sfrom\s|insert\s+into\s|update\s+\S+\s+(as\s+\S+\s+)?set\s|delete\s+from\s|(create|alter|drop)\s+(table|index|schema|role|view|sequence|function)\s|truncate\s+\S)/i;
/** Where it is not known how a text begins, its other keywords tell. */
const unknownStart = /^placeholder\b[\s\S]*\s(FROM|INTO|WHERE|SET|VALUES|TABLE|ROLE)\s/;

function isSql(text: string): boolean {
    const start = text.replace(leading, "");
    // A sentence for people ends with a full stop, and no statement does.
    const isSentence = /\.\s*$/.test(text);
    return (
        !isSentence &&
        [aloneKeywords, keywords, uncapitalized, unknownStart].some((begin) => begin.test(start))
    );
}

function statementsOfText(
    file: string,
    firstLine: number,
    { text, unresolved }: ConstantText,
): readonly FoundStatement[] {
    const found: FoundStatement[] = [];
    let line = firstLine;
    for (const piece of splitStatements(text)) {
        const [first] = piece.tokens;
        if (first !== undefined) {
            const lineOfFirst = line + newlinesIn(piece.text.slice(0, first.start));
            found.push({ file, line: lineOfFirst, text: piece.text.trim(), unresolved });
        }
        line += newlinesIn(piece.text);
    }
    return found;
}

function newlinesIn(text: string): number {
    return text.split("\n").length - 1;
}
