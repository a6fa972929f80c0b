import type { Evidence, Violation } from "../state";

/** Personal data is in the customer's home cell and nowhere else. */
export function findExposed({ cells }: Evidence): readonly Violation[] {
    return cells.flatMap(({ name, number, customers, personalTraces }) => [
        ...customers
            .filter(({ home }) => home !== number)
            .map(({ id }) => exposed(`${name} has the personal data of the customer ${id}.`)),
        ...personalTraces.map((table) =>
            exposed(`${name} has personal data of another cell's customers in ${table}.`),
        ),
    ]);
}

function exposed(detail: string): Violation {
    return { rule: "exposed", detail };
}
