import type { Operation } from "../history";
import {
    type CellState,
    type Evidence,
    groupBy,
    type VersionedRow,
    type Violation,
} from "../state";
import { describe } from "./attempts";

/** Versions only rise, and no copy is newer than the row in its home. */
export function findVersionFaults({ operations, cells }: Evidence): readonly Violation[] {
    const homes = new Map(cells.map((cell) => [cell.number, cell]));
    const newerThanHome = (
        what: string,
        copiesIn: (cell: CellState) => readonly VersionedRow[],
        originalsIn: (cell: CellState) => readonly VersionedRow[],
    ): readonly Violation[] => {
        const originals = new Map(
            cells.flatMap((cell) =>
                originalsIn(cell)
                    .filter(({ home }) => home === cell.number)
                    .map(({ id, version }) => [id, version] as const),
            ),
        );
        return cells.flatMap((cell) =>
            copiesIn(cell)
                .filter(({ home }) => home !== cell.number && homes.has(home))
                .filter(({ id, version }) => version > (originals.get(id) ?? 0))
                .map(({ id, version }) =>
                    wrong(
                        `${cell.name} has version ${version} of the ${what} ${id}, its home ${originals.get(id) ?? "none"}.`,
                    ),
                ),
        );
    };
    return [
        ...newerThanHome(
            "product",
            ({ products }) => products,
            ({ products }) => products,
        ),
        ...newerThanHome(
            "customer",
            ({ stubs }) => stubs,
            ({ customers }) => customers,
        ),
        ...newerThanHome(
            "order",
            ({ orders }) => orders,
            ({ orders }) => orders,
        ),
        ...findRegressions(operations, cells),
    ];
}

/** Answers that come straight from a database. */
const direct = new Set(["placeOrder", "readOrder", "cancelOrder", "updateProduct"]);

/**
 * Whoever asks after an answer has come sees that answer's version or a later one, and so does the
 * home in the end. A cell's copy of a product may lag, so products are compared among changes only.
 */
function findRegressions(
    operations: readonly Operation[],
    cells: readonly CellState[],
): readonly Violation[] {
    const finals = new Map(
        cells.flatMap(({ number, products, orders }) =>
            [...products, ...orders]
                .filter(({ home }) => home === number)
                .map(({ id, version }) => [id, version] as const),
        ),
    );
    const seen = operations.filter(
        ({ action, outcome, answer }) =>
            direct.has(action.kind) &&
            outcome === "ok" &&
            answer?.version !== undefined &&
            answer.isCached !== true,
    );
    const byResource = groupBy(seen, ({ answer }) => answer?.resourceId ?? "");
    return [...byResource].flatMap(([id, answers]) => {
        const final = finals.get(id);
        const highest = Math.max(...answers.map(versionOf));
        return [
            ...findFallenBack(answers),
            ...(final === undefined || final >= highest
                ? []
                : [wrong(`${id} was seen at version ${highest}, but ends at ${final}.`)]),
        ];
    });
}

function findFallenBack(answers: readonly Operation[]): readonly Violation[] {
    const ended = [...answers].sort((a, b) => endOf(a) - endOf(b));
    const invoked = [...answers].sort((a, b) => a.invokedAtMilliseconds - b.invokedAtMilliseconds);
    const violations: Violation[] = [];
    let next = 0;
    let highest = 0;
    for (const operation of invoked) {
        for (let earlier = ended[next]; earlier !== undefined; earlier = ended[next]) {
            if (endOf(earlier) >= operation.invokedAtMilliseconds) {
                break;
            }
            highest = Math.max(highest, versionOf(earlier));
            next += 1;
        }
        if (versionOf(operation) < highest) {
            violations.push(
                wrong(
                    `${describe(operation)} saw version ${versionOf(operation)} of ${operation.answer?.resourceId} after version ${highest} had been seen.`,
                ),
            );
        }
    }
    return violations;
}

function versionOf({ answer }: Operation): number {
    return answer?.version ?? 0;
}

function endOf({ endedAtMilliseconds }: Operation): number {
    return endedAtMilliseconds ?? Number.POSITIVE_INFINITY;
}

function wrong(detail: string): Violation {
    return { rule: "versions", detail };
}
