import type { Session, Statement } from "../database/session";
import { newId } from "../values/ids";
import type { Message, ReplicatedKind } from "./messages";
import { findStates, readStates } from "./outbox-state-store";
import type { Outbox, OutboxEntry } from "./ports";

/** Another cell to tell of a row that the same transaction changes. */
export interface Notice {
    readonly destination: number;
    readonly kind: ReplicatedKind;
    readonly ref: string;
}

/** Entries are spread over so many lanes, so that no two writers add to one end of the table. */
const laneCount = 16;

/**
 * Writes entries; none, and no statement, where there is nobody to tell.
 * @param cellNumber of this cell
 * @param createdAt ISO 8601, milliseconds
 */
export function insertNotices(
    tenantId: string,
    cellNumber: number,
    notices: readonly Notice[],
    createdAt: string,
): readonly Statement[] {
    if (notices.length === 0) {
        return [];
    }
    // A repeat after a lost answer finds them there. Without naming the key, because whoever names it
    // must be allowed to read the table.
    const ids = notices.map(() => newId(cellNumber));
    return [
        {
            name: "insert-notices",
            text: `INSERT INTO shop.outbox
                       (tenant_id, destination, lane, message_id, kind, ref, created_at)
                   SELECT $1, notice.destination, notice.lane, notice.message_id, notice.kind,
                       notice.ref, $7::timestamptz
                   FROM unnest($2::smallint[], $3::smallint[], $4::uuid[], $5::text[], $6::uuid[])
                       AS notice(destination, lane, message_id, kind, ref)
                   ON CONFLICT DO NOTHING`,
            values: [
                tenantId,
                notices.map(({ destination }) => destination),
                ids.map((id) => Number.parseInt(id.slice(0, 2), 16) % laneCount),
                ids,
                notices.map(({ kind }) => kind),
                notices.map(({ ref }) => ref),
                createdAt,
            ],
        },
    ];
}

/** The outbox of one tenant in a cell's database. */
export function openOutbox(
    session: Session,
    { tenantId, cellNumber }: { readonly tenantId: string; readonly cellNumber: number },
    random: () => number = Math.random,
): Outbox {
    return {
        async read(destination, limit) {
            // Whatever comes in faster than it goes out, no lane is always the last one.
            const firstLane = Math.floor(random() * laneCount);
            const rows = await session.query(findEntries(tenantId, destination, firstLane, limit));
            return rows.map((row) => ({
                tenantId,
                destination,
                lane: Number(row["lane"]),
                messageId: String(row["message_id"]),
                kind: row["kind"] as ReplicatedKind,
                ref: String(row["ref"]),
            }));
        },
        async load(entries) {
            const results = await session.transact(findStates(tenantId, cellNumber, entries));
            const envelope = { tenantId, from: cellNumber, sentAt: new Date().toISOString() };
            return readStates(results, cellNumber).map(
                (message) => ({ ...envelope, ...message }) as Message,
            );
        },
        remove: async (entries) => void (await session.query(deleteEntries(tenantId, entries))),
    };
}

function findEntries(
    tenantId: string,
    destination: number,
    firstLane: number,
    limit: number,
): Statement {
    return {
        name: "find-entries",
        text: `SELECT lane, message_id::text, kind, ref::text
               FROM shop.outbox
               WHERE tenant_id = $1 AND destination = $2::smallint
               ORDER BY lane < $3::smallint, lane, message_id
               LIMIT $4::integer`,
        values: [tenantId, destination, firstLane, limit],
    };
}

function deleteEntries(tenantId: string, entries: readonly OutboxEntry[]): Statement {
    return {
        name: "delete-entries",
        text: `DELETE FROM shop.outbox
               USING unnest($2::smallint[], $3::smallint[], $4::uuid[])
                   AS sent(destination, lane, message_id)
               WHERE outbox.tenant_id = $1 AND outbox.destination = sent.destination
                   AND outbox.lane = sent.lane AND outbox.message_id = sent.message_id`,
        values: [
            tenantId,
            entries.map(({ destination }) => destination),
            entries.map(({ lane }) => lane),
            entries.map(({ messageId }) => messageId),
        ],
    };
}
