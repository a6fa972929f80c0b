import type { ReplicatedKind } from "./messages";

/**
 * What stands for the rows whose ids begin alike. Two sides that have equal digests have equal rows:
 * copies are among the home's rows and none is newer, so equal counts mean the same rows and equal
 * sums the same versions. The squares tell when that should not hold.
 */
export interface Digest {
    /** Hexadecimal digits with which the ids begin. */
    readonly prefix: string;
    readonly count: number;
    /** Sums of versions and of their squares, as text: they may be large. */
    readonly versions: string;
    readonly squares: string;
}

export interface VersionedId {
    readonly id: string;
    readonly version: number;
}

/** One side of a comparison: the home's rows, or the copies of them in another cell. */
export interface DigestSide {
    /** The digests of the rows below a prefix, one for each next digit that has any. */
    children(kind: ReplicatedKind, prefix: string): Promise<readonly Digest[]>;
    list(kind: ReplicatedKind, prefix: string): Promise<readonly VersionedId[]>;
}

export interface Differences {
    /** Rows that the copy lacks or has an older version of. */
    readonly behind: readonly string[];
    /** Rows that only the copy has, or has a newer version of: something has gone back in time. */
    readonly ahead: readonly string[];
}

/** So many rows are rather listed than divided further. */
const listedRows = 500;
/** Differences that one comparison looks for; the next one finds the others. */
const maxDifferences = 5_000;

/** Finds the rows in which a copy differs from its home, level by level, where digests differ. */
export async function findDifferences(
    home: DigestSide,
    copy: DigestSide,
    kind: ReplicatedKind,
): Promise<Differences> {
    const behind: string[] = [];
    const ahead: string[] = [];
    const prefixes = [""];
    while (prefixes.length > 0 && behind.length + ahead.length < maxDifferences) {
        const prefix = prefixes.pop() ?? "";
        const [ours, theirs] = await Promise.all([
            home.children(kind, prefix),
            copy.children(kind, prefix),
        ]);
        for (const child of differing(ours, theirs)) {
            if (child.rows > listedRows) {
                prefixes.push(child.prefix);
                continue;
            }
            const lists = await Promise.all([
                home.list(kind, child.prefix),
                copy.list(kind, child.prefix),
            ]);
            const found = compare(...lists);
            behind.push(...found.behind);
            ahead.push(...found.ahead);
        }
    }
    return { behind, ahead };
}

function differing(
    ours: readonly Digest[],
    theirs: readonly Digest[],
): readonly { readonly prefix: string; readonly rows: number }[] {
    const prefixes = new Set([...ours, ...theirs].map(({ prefix }) => prefix));
    return [...prefixes].flatMap((prefix) => {
        const our = ours.find((digest) => digest.prefix === prefix);
        const their = theirs.find((digest) => digest.prefix === prefix);
        const isEqual =
            our?.count === their?.count &&
            our?.versions === their?.versions &&
            our?.squares === their?.squares;
        return isEqual ? [] : [{ prefix, rows: Math.max(our?.count ?? 0, their?.count ?? 0) }];
    });
}

function compare(
    ours: readonly VersionedId[],
    theirs: readonly VersionedId[],
): { readonly behind: readonly string[]; readonly ahead: readonly string[] } {
    const versionOf = new Map(theirs.map(({ id, version }) => [id, version]));
    const ownVersionOf = new Map(ours.map(({ id, version }) => [id, version]));
    return {
        behind: ours
            .filter(({ id, version }) => (versionOf.get(id) ?? 0) < version)
            .map(({ id }) => id),
        ahead: theirs
            .filter(({ id, version }) => (ownVersionOf.get(id) ?? 0) < version)
            .map(({ id }) => id),
    };
}
