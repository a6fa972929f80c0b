/** Behaviour of Aurora DSQL, as a row of data. */
export interface Probe {
    readonly name: string;
    /** Where the behaviour is known from: a recording, or documentation. */
    readonly source: string;
    /** Statements of the administrator, each of which succeeds, before anybody else connects. */
    readonly setup?: readonly string[];
    readonly steps: readonly Step[];
    /** Whether `OC001` is what it is about; elsewhere a statement that meets it is repeated. */
    readonly isAboutCatalog?: boolean;
    /** Whether it has a cluster of its own, because it counts what is in one. */
    readonly isAlone?: boolean;
    /** Who connects as somebody else than the administrator. */
    readonly users?: Partial<Record<SessionName, string>>;
    /** What single statements are sent with; default both. */
    readonly protocols?: readonly Protocol[];
}

export type Protocol = "simple" | "extended";

export type SessionName = "A" | "B" | "C";

/**
 * A session, which connects before the first step, what it sends, and what it is answered. Tables
 * and other objects are named `lamp…`: every run of a probe has some of its own. `$job` is the job
 * that was submitted last, `$principal` the ARN of the IAM role that everybody connects with.
 */
export type Step = readonly [session: SessionName, text: string, expected: Expected];

/**
 * A command tag, `UPDATE 1`; or a failure, `40001 change conflicts…`: its SQLSTATE and message; or
 * the rows of the last result; or its columns; or the command tags of all results.
 */
export type Expected =
    | string
    | { readonly rows: readonly string[] }
    | { readonly columns: readonly string[] }
    | { readonly tags: readonly string[] };

/** A probe of one session that begins with nothing. */
export function single(
    name: string,
    source: string,
    ...steps: readonly (readonly [text: string, expected: Expected])[]
): Probe {
    return { name, source, steps: steps.map(([text, expected]) => ["A", text, expected]) };
}

/** A probe of one session that begins with what the setup makes. */
export function prepared(
    setup: readonly string[],
    name: string,
    source: string,
    ...steps: readonly (readonly [text: string, expected: Expected])[]
): Probe {
    return { ...single(name, source, ...steps), setup };
}

/** Probes of one statement each, by what it is answered: a failure or a command tag. */
export function statements(
    source: string,
    answers: Readonly<Record<string, readonly string[]>>,
): readonly Probe[] {
    return Object.entries(answers).flatMap(([answer, texts]) =>
        texts.map((text) => single(text, source, [text, answer])),
    );
}

/** The rows of a result, each with its values as text and a bar between them. */
export function rows(...lines: readonly string[]): Expected {
    return { rows: lines };
}

/** The names of a result's columns, whatever is in its rows. */
export function columns(...names: readonly string[]): Expected {
    return { columns: names };
}

/** What each statement of one text is answered. */
export function tags(...all: readonly string[]): Expected {
    return { tags: all };
}

export const conflict = "40001 change conflicts with another transaction (OC000)";
export const catalogChanged = "40001 schema has been updated by another transaction (OC001)";
export const aborted =
    "25P02 current transaction is aborted, commands ignored until end of transaction block";

/** A page of the user guide. */
export function userGuide(page: string): string {
    return `https://docs.aws.amazon.com/aurora-dsql/latest/userguide/${page}.html`;
}
