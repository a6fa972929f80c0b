import type { Row, Statement } from "../database/session";
import { isoTime } from "../values/time";

/** What this cell knows of its link to another one. */
export interface CellLink {
    readonly cell: number;
    /** When its last news was sent, by its own clock, ISO 8601. */
    readonly sentAt: string | null;
    readonly digestAgreedAt: string | null;
}

/** Remembers that another cell's copies were found to agree with this cell's rows. */
export function recordAgreement(tenantId: string, cell: number): Statement {
    return {
        name: "record-agreement",
        text: `INSERT INTO shop.cell_link (tenant_id, cell, digest_agreed_at)
               VALUES ($1, $2::smallint, now())
               ON CONFLICT (tenant_id, cell) DO UPDATE
                   SET digest_agreed_at = excluded.digest_agreed_at`,
        values: [tenantId, cell],
    };
}

/** Entries that are counted; with more, the depth is told as this. */
export const maxCountedEntries = 10_000;

/** Reads the links, and how many entries wait for each cell; `readLinks` and `readDepths`. */
export function findLinks(
    tenantId: string,
    cells: readonly number[],
): readonly [Statement, Statement] {
    return [
        {
            name: "find-links",
            text: `SELECT cell, sent_at, digest_agreed_at
                   FROM shop.cell_link
                   WHERE tenant_id = $1 AND cell = ANY($2::smallint[])`,
            values: [tenantId, cells],
        },
        {
            name: "find-depths",
            text: `SELECT wanted.cell, (
                       SELECT count(*)
                       FROM (
                           SELECT
                           FROM shop.outbox
                           WHERE tenant_id = $1 AND destination = wanted.cell
                           LIMIT $3::integer
                       ) AS counted
                   ) AS depth
                   FROM unnest($2::smallint[]) AS wanted(cell)`,
            values: [tenantId, cells, maxCountedEntries],
        },
    ];
}

export function readLinks(rows: readonly Row[]): ReadonlyMap<number, CellLink> {
    const timeOf = (value: unknown) => (value === null ? null : isoTime(value));
    return new Map(
        rows.map((row) => [
            Number(row["cell"]),
            {
                cell: Number(row["cell"]),
                sentAt: timeOf(row["sent_at"]),
                digestAgreedAt: timeOf(row["digest_agreed_at"]),
            },
        ]),
    );
}

export function readDepths(rows: readonly Row[]): ReadonlyMap<number, number> {
    return new Map(rows.map((row) => [Number(row["cell"]), Number(row["depth"])]));
}
