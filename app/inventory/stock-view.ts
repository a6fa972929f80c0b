import type { Cell } from "../http/operation";
import type { KnownStock } from "../replication/gauge-store";
import { type Pool, totalAvailable } from "./stock";

/** Everything that a cell knows of a product's stock. */
export interface StockFacts {
    /** This cell's own. */
    readonly pools: readonly Pool[];
    /** Units in live orders that were placed here. */
    readonly held: number;
    readonly known: KnownStock;
}

/** The stock in one cell, as known here. */
export interface CellStock {
    readonly cell: string;
    readonly available: number;
    /** Given to this cell by others, and not known to have arrived. */
    readonly in_flight: number;
    readonly held: number;
    /** When it was so, ISO 8601; null where the cell has not been heard of yet. */
    readonly known_at: string | null;
    readonly age_seconds: number | null;
    /** Only of the cell that answers. */
    readonly shards?: number;
}

export interface StockView {
    readonly cells: readonly CellStock[];
    /** What can be ordered, here or by way of the others: sellable and in flight, of all cells. */
    readonly available: number;
}

/** Shows the stock of a product cell by cell: exactly in this cell, as last heard in the others. */
export function viewStock(
    cell: Cell,
    others: readonly Cell[],
    facts: StockFacts,
    now: Date,
): StockView {
    const { pools, held, known } = facts;
    const own: CellStock = {
        cell: cell.name,
        available: totalAvailable(pools),
        in_flight: inFlightTo(cell.number, sum([...known.applied.values()]), known),
        held,
        known_at: now.toISOString(),
        age_seconds: 0,
        shards: pools.length,
    };
    const cells = [own, ...others.map((other) => stockElsewhere(other, known, now))];
    const available = sum(cells.map((stock) => stock.available + stock.in_flight));
    return { cells, available };
}

function stockElsewhere({ name, number }: Cell, known: KnownStock, now: Date): CellStock {
    const gauge = known.gauges.find((candidate) => candidate.cell === number);
    const in_flight = inFlightTo(number, gauge?.applied ?? 0, known);
    if (gauge === undefined) {
        return {
            cell: name,
            available: 0,
            in_flight,
            held: 0,
            known_at: null,
            age_seconds: null,
        };
    }
    const ageMilliseconds = Math.max(0, now.getTime() - Date.parse(gauge.observedAt));
    return {
        cell: name,
        available: gauge.available,
        in_flight,
        held: gauge.taken - gauge.returned,
        known_at: gauge.observedAt,
        age_seconds: Math.round(ageMilliseconds / 1_000),
    };
}

function inFlightTo(cellNumber: number, applied: number, { grants }: KnownStock): number {
    const given = grants.filter(({ taker }) => taker === cellNumber);
    return Math.max(0, sum(given.map((grant) => grant.given)) - applied);
}

function sum(numbers: readonly number[]): number {
    return numbers.reduce((total, number) => total + number, 0);
}
