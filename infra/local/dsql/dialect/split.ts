import { isKeyword, type Token, tokensOf } from "./token";

/** One statement of a text, without the semicolon that ends it. */
export interface Piece {
    readonly text: string;
    /** How it begins: its first 100 tokens. Positions count from the beginning of its text. */
    readonly tokens: readonly Token[];
}

/**
 * Splits a text at the semicolons that end statements: not those within parentheses (CREATE RULE)
 * nor within the body of a function that is written as BEGIN ATOMIC … END. Blanks and comments stay
 * with the statement that follows them; joined by semicolons, the pieces are the text.
 */
export function splitStatements(text: string): readonly Piece[] {
    const pieces: Piece[] = [];
    const depth = { parentheses: 0, body: 0 };
    let start = 0;
    let tokens: Token[] = [];
    let previous: Token | undefined;
    const finish = (end: number) => {
        pieces.push({ text: text.slice(start, end), tokens });
        tokens = [];
        depth.parentheses = 0;
        depth.body = 0;
    };
    for (const token of tokensOf(text)) {
        if (token.text === ";" && depth.parentheses === 0 && depth.body === 0) {
            finish(token.start);
            start = token.end;
            continue;
        }
        if (tokens.length < longestHead) {
            tokens.push({ ...token, start: token.start - start, end: token.end - start });
        }
        deepen(depth, token, previous, createsRoutine(tokens));
        previous = token;
    }
    finish(text.length);
    return pieces;
}

/** A statement may be a list of millions of values; what it is shows at its beginning. */
const longestHead = 100;

interface Depth {
    parentheses: number;
    /** How many BEGIN and CASE wait for their END. */
    body: number;
}

function deepen(depth: Depth, token: Token, previous: Token | undefined, isRoutine: boolean): void {
    if (token.text === "(") depth.parentheses += 1;
    else if (token.text === ")") depth.parentheses = Math.max(0, depth.parentheses - 1);
    else if (!isRoutine) return;
    else if (isKeyword(token, "ATOMIC") && isKeyword(previous, "BEGIN")) depth.body += 1;
    else if (depth.body > 0 && isKeyword(token, "CASE")) depth.body += 1;
    else if (depth.body > 0 && isKeyword(token, "END")) depth.body -= 1;
}

function createsRoutine(tokens: readonly Token[]): boolean {
    const kind = isKeyword(tokens[1], "OR") ? 3 : 1;
    return isKeyword(tokens[0], "CREATE") && isKeyword(tokens[kind], "FUNCTION", "PROCEDURE");
}
