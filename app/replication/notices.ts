import type { Statement } from "../database/session";
import type { Cell } from "../http/operation";
import { homeOf } from "../values/ids";
import type { ReplicatedKind } from "./messages";
import type { Neighbours } from "./neighbours";
import { insertNotices, type Notice } from "./outbox-store";

/** A row that a transaction changes. */
export interface ChangedRow {
    readonly tenantId: string;
    readonly kind: ReplicatedKind;
    readonly ref: string;
    /** ISO 8601, milliseconds. */
    readonly changedAt: string;
}

interface Here {
    readonly cell: Cell;
    readonly neighbours: Neighbours;
}

/** The statements that have every other cell told of a row. */
export function tellAll({ cell, neighbours }: Here, row: ChangedRow): readonly Statement[] {
    return tell(
        cell,
        row,
        neighbours.cells.map(({ number }) => number),
    );
}

/** The statements that have the home of something else told of a row, where that is another cell. */
export function tellHomeOf(
    { cell, neighbours }: Here,
    id: string,
    row: ChangedRow,
): readonly Statement[] {
    const home = homeOf(id);
    return tell(cell, row, neighbours.cells.some(({ number }) => number === home) ? [home] : []);
}

function tell(
    cell: Cell,
    { tenantId, kind, ref, changedAt }: ChangedRow,
    destinations: readonly number[],
): readonly Statement[] {
    const notices: readonly Notice[] = destinations.map((destination) => ({
        destination,
        kind,
        ref,
    }));
    return insertNotices(tenantId, cell.number, notices, changedAt);
}
