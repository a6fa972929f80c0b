import type { Failure } from "../failure";
import type { Token } from "./token";
import type { Tree } from "./tree";

/** A statement that Aurora DSQL refuses, and what it says. */
export interface Rule {
    /** Unique among the rules. */
    readonly id: string;
    /** What the statement was refused for, "" if nothing is to be named; undefined accepts it. */
    readonly finds: (statement: Statement) => string | undefined;
    /** SQLSTATE. */
    readonly code: string;
    /** `{}` stands for what was found. */
    readonly message: string;
    readonly detail?: string;
    /** The day the answer was seen, or the page read (ISO); none if it is derived. */
    readonly date?: string;
    /** The recording or the page; "derived" if there is only the pattern of its neighbours. */
    readonly source: string;
}

export interface Statement {
    readonly tree: Tree;
    readonly tokens: readonly Token[];
    /** It was written with ASYNC. */
    readonly isAsync: boolean;
}

/** The answer of the first rule that the statement breaks. */
export function refusalOf(rules: readonly Rule[], statement: Statement): Failure | undefined {
    for (const { finds, code, message, detail } of rules) {
        const found = finds(statement);
        if (found === undefined) continue;
        return {
            code,
            message: message.replaceAll("{}", () => found),
            ...(detail !== undefined && { detail }),
        };
    }
    return undefined;
}

/** What a rule that names nothing finds. */
export function when(isFound: boolean | undefined): string | undefined {
    return isFound === true ? "" : undefined;
}

export const notSupported = "0A000";

/** Where an answer of a real cluster was written down. */
export const recorded = (file: string, date: string): Pick<Rule, "date" | "source"> => ({
    date,
    source: `https://github.com/Dreamescaper/dsql-emulator/blob/main/test/conformance/golden/${file}.json`,
});

/** Measured on real clusters by the authors of another emulator. */
export const measured = (date: string): Pick<Rule, "date" | "source"> => ({
    date,
    source: "https://github.com/ministackorg/ministack/blob/main/ministack/core/pgproxy.py",
});

export const reported = (url: string, date: string): Pick<Rule, "date" | "source"> => ({
    date,
    source: url,
});

export const derived: Pick<Rule, "source"> = { source: "derived" };
