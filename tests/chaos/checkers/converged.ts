import { type CellState, type Evidence, homeOf, sumOf, type Violation } from "../state";

/** Once everything is quiet, every cell holds the same, and nothing waits to be sent. */
export function findDiverged({ cells }: Evidence): readonly Violation[] {
    return [
        ...cells
            .filter(({ outboxDepth }) => outboxDepth > 0)
            .map(({ name, outboxDepth }) =>
                diverged(`${name} has ${outboxDepth} messages that no queue has accepted.`),
            ),
        ...cells.flatMap((home) =>
            cells
                .filter((copy) => copy !== home)
                .flatMap((copy) => [
                    ...compareProducts(home, copy),
                    ...compareStubs(home, copy),
                    ...compareOrders(home, copy),
                    ...compareGrants(home, copy),
                ]),
        ),
    ];
}

function compareProducts(home: CellState, copy: CellState): readonly Violation[] {
    return compare(
        `product of ${home.name} in ${copy.name}`,
        textsOf(
            home.products.filter((row) => row.home === home.number),
            ({ version, digest, isDeleted }) => `version ${version} (${isDeleted}, ${digest})`,
        ),
        textsOf(
            copy.products.filter((row) => row.home === home.number),
            ({ version, digest, isDeleted }) => `version ${version} (${isDeleted}, ${digest})`,
        ),
    );
}

function compareStubs(home: CellState, copy: CellState): readonly Violation[] {
    return compare(
        `customer of ${home.name} in ${copy.name}`,
        textsOf(
            home.customers.filter((row) => row.home === home.number),
            ({ version }) => `version ${version}`,
        ),
        textsOf(
            copy.stubs.filter((row) => row.home === home.number),
            ({ version }) => `version ${version}`,
        ),
    );
}

/** An order lives where it was placed; the home of its customer has a copy. */
function compareOrders(home: CellState, copy: CellState): readonly Violation[] {
    const placed = home.orders.filter(
        (row) => row.home === home.number && homeOf(row.customerId) === copy.number,
    );
    const textOf = ({ version, status, totalMinor, lines }: CellState["orders"][number]): string =>
        `version ${version} (${status}, ${totalMinor}, ${lines.length} lines of ${sumOf(lines, ({ quantity }) => quantity)})`;
    return compare(
        `order of ${home.name} in ${copy.name}`,
        textsOf(placed, textOf),
        textsOf(
            copy.orders.filter((row) => row.home === home.number),
            textOf,
        ),
    );
}

function compareGrants(donor: CellState, taker: CellState): readonly Violation[] {
    const given = donor.grants
        .filter((row) => row.donor === donor.number && row.taker === taker.number)
        .filter((row) => row.given !== 0);
    const applied = taker.applied.filter((row) => row.donor === donor.number && row.applied !== 0);
    return compare(
        `grant of ${donor.name} to ${taker.name}`,
        new Map(given.map((row) => [row.productId, `${row.given} units`])),
        new Map(applied.map((row) => [row.productId, `${row.applied} units`])),
    );
}

function textsOf<Row extends { readonly id: string }>(
    rows: readonly Row[],
    textOf: (row: Row) => string,
): Map<string, string> {
    return new Map(rows.map((row) => [row.id, textOf(row)]));
}

function compare(
    what: string,
    originals: ReadonlyMap<string, string>,
    copies: ReadonlyMap<string, string>,
): readonly Violation[] {
    return [...new Set([...originals.keys(), ...copies.keys()])].flatMap((id) => {
        const original = originals.get(id) ?? "nothing";
        const copy = copies.get(id) ?? "nothing";
        return original === copy
            ? []
            : [diverged(`The ${what} ${id}: there is ${original}, here ${copy}.`)];
    });
}

function diverged(detail: string): Violation {
    return { rule: "diverged", detail };
}
