/** A piece of SQL that means something: blanks and comments are no tokens. */
export interface Token {
    readonly kind: "word" | "quotedName" | "string" | "parameter" | "number" | "symbol";
    /** As written. */
    readonly text: string;
    /** Where it begins and ends in the text, in UTF-16 units. */
    readonly start: number;
    readonly end: number;
}

/**
 * Reads a text the way PostgreSQL's scanner does, as far as needed to know where strings, quoted
 * names and comments end. What is left open ends with the text.
 *
 * Source: https://www.postgresql.org/docs/16/sql-syntax-lexical.html
 */
export function* tokensOf(text: string): Generator<Token, void> {
    let position = 0;
    while (position < text.length) {
        const start = blankEnd(text, position);
        position = start;
        if (start >= text.length) return;
        const { kind, end } = tokenAt(text, start);
        yield { kind, text: text.slice(start, end), start, end };
        position = end;
    }
}

/** Whether the token is this keyword (given in capitals), unquoted. */
export function isKeyword(token: Token | undefined, ...keywords: readonly string[]): boolean {
    return token?.kind === "word" && keywords.includes(token.text.toUpperCase());
}

/** The name that a word or a quoted name stands for. */
export function nameOf(token: Token): string {
    return token.kind === "quotedName"
        ? token.text.slice(1, -1).replaceAll('""', '"')
        : token.text.toLowerCase();
}

const wordStart = /[A-Za-z_\u0080-\uffff]/;
const word = /[A-Za-z_\u0080-\uffff0-9$]*/y;
const digits = /(?:\d|\.\d)[\w.]*/y;
const parameter = /\$\d+/y;
const dollarTag = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z_\u0080-\uffff0-9]*)?\$/y;
const plainQuotePrefix = /[BbXxNn]'/y;
const unicodeName = /[Uu]&"/y;
const unicodeString = /[Uu]&'/y;
const escapeString = /[Ee]'/y;
const blanks = /[ \t\n\r\f\v]+/y;
const lineComment = /--[^\n\r]*/y;
/** A string goes on in the next line: 'one' newline 'string'. */
const continuation = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*'/y;
const commentMark = /\/\*|\*\//g;

type Read = Pick<Token, "kind" | "end">;

function tokenAt(text: string, position: number): Read {
    const first = text[position] as string;
    if (first === "'") return { kind: "string", end: quoteEnd(text, position + 1, "'", false) };
    if (first === '"') return { kind: "quotedName", end: quoteEnd(text, position + 1, '"', false) };
    if (first === "$") return dollarAt(text, position);
    const prefixed = prefixedAt(text, position);
    if (prefixed !== undefined) return prefixed;
    if (wordStart.test(first)) return { kind: "word", end: matchEnd(word, text, position) };
    const number = matchEnd(digits, text, position);
    if (number > position) return { kind: "number", end: number };
    return { kind: "symbol", end: position + 1 };
}

function prefixedAt(text: string, position: number): Read | undefined {
    if (matchEnd(escapeString, text, position) > position) {
        return { kind: "string", end: quoteEnd(text, position + 2, "'", true) };
    }
    if (matchEnd(plainQuotePrefix, text, position) > position) {
        return { kind: "string", end: quoteEnd(text, position + 2, "'", false) };
    }
    if (matchEnd(unicodeString, text, position) > position) {
        return { kind: "string", end: quoteEnd(text, position + 3, "'", false) };
    }
    if (matchEnd(unicodeName, text, position) > position) {
        return { kind: "quotedName", end: quoteEnd(text, position + 3, '"', false) };
    }
    return undefined;
}

function dollarAt(text: string, position: number): Read {
    const tagEnd = matchEnd(dollarTag, text, position);
    if (tagEnd > position) {
        const tag = text.slice(position, tagEnd);
        const close = text.indexOf(tag, tagEnd);
        return { kind: "string", end: close === -1 ? text.length : close + tag.length };
    }
    const number = matchEnd(parameter, text, position);
    return number > position
        ? { kind: "parameter", end: number }
        : { kind: "symbol", end: position + 1 };
}

function quoteEnd(text: string, from: number, quote: string, hasEscapes: boolean): number {
    const goesOn = (end: number): number | undefined => {
        // Matters only to a string with escapes: what follows would else be read without them.
        const next = hasEscapes ? matchEnd(continuation, text, end) : end;
        return next > end ? next : undefined;
    };
    for (let position = from; position < text.length; position += 1) {
        const character = text[position];
        if (hasEscapes && character === "\\") position += 1;
        else if (character === quote) {
            const next = text[position + 1] === quote ? position + 2 : goesOn(position + 1);
            if (next === undefined) return position + 1;
            position = next - 1;
        }
    }
    return text.length;
}

/** Past all blanks and comments. */
function blankEnd(text: string, position: number): number {
    let end = position;
    for (;;) {
        const next = text.startsWith("/*", end)
            ? blockCommentEnd(text, end)
            : Math.max(matchEnd(blanks, text, end), matchEnd(lineComment, text, end));
        if (next === end) return end;
        end = next;
    }
}

/** Block comments nest. */
function blockCommentEnd(text: string, position: number): number {
    let depth = 0;
    commentMark.lastIndex = position;
    for (;;) {
        const mark = commentMark.exec(text);
        if (mark === null) return text.length;
        depth += mark[0] === "/*" ? 1 : -1;
        if (depth === 0) return commentMark.lastIndex;
    }
}

function matchEnd(pattern: RegExp, text: string, position: number): number {
    pattern.lastIndex = position;
    return pattern.test(text) ? pattern.lastIndex : position;
}
