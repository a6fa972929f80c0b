import type { Operation } from "../history";
import { type CellState, type Evidence, homeOf, type Violation } from "../state";
import { describe } from "./attempts";

type Found = ReadonlyMap<number, ReadonlySet<string>>;

interface Places {
    readonly cells: readonly CellState[];
    readonly products: Found;
    readonly customers: Found;
    readonly stubs: Found;
    readonly orders: Found;
    readonly movements: Found;
}

/** Whatever was acknowledged has to be in every cell that keeps it, once everything is quiet. */
export function findLost({ operations, cells }: Evidence): readonly Violation[] {
    const idsOf = (rowsOf: (cell: CellState) => readonly { readonly id: string }[]): Found =>
        new Map(cells.map((cell) => [cell.number, new Set(rowsOf(cell).map(({ id }) => id))]));
    const places: Places = {
        cells,
        products: idsOf(({ products }) => products),
        customers: idsOf(({ customers }) => customers),
        stubs: idsOf(({ stubs }) => stubs),
        orders: idsOf(({ orders }) => orders),
        movements: idsOf(({ movements }) => movements),
    };
    const acknowledged = operations.filter(({ outcome }) => outcome === "ok");
    return [
        ...acknowledged.flatMap((operation) =>
            missingFrom(operation, places).map((place) => ({
                rule: "lost",
                detail: `${describe(operation)} was acknowledged, but ${operation.answer?.resourceId} is not among ${place}.`,
            })),
        ),
        ...findVanished(operations),
    ];
}

/** The places that should have what an operation made and have not, in words. */
function missingFrom({ action, answer }: Operation, places: Places): readonly string[] {
    const id = answer?.resourceId;
    if (id === undefined) {
        return [];
    }
    const home = homeOf(id);
    const absent = (found: Found, among: string, isExpected: (number: number) => boolean) =>
        places.cells
            .filter(({ number }) => isExpected(number) && found.get(number)?.has(id) !== true)
            .map(({ name }) => `the ${among} of ${name}`);
    switch (action.kind) {
        case "createProduct":
            return absent(places.products, "products", () => true);
        case "createCustomer":
            return [
                ...absent(places.customers, "customers", (number) => number === home),
                ...absent(places.stubs, "customer stubs", (number) => number !== home),
            ];
        case "placeOrder": {
            const customerHome = homeOf(action.customerId);
            const isKept = (number: number) => number === home || number === customerHome;
            return absent(places.orders, "orders", isKept);
        }
        case "receiveStock":
            return absent(places.movements, "stock movements", (number) => number === home);
        default:
            return [];
    }
}

/** An order that was acknowledged before somebody asks for it is never answered with "not found". */
function findVanished(operations: readonly Operation[]): readonly Violation[] {
    const acknowledgedAt = new Map<string, number>();
    for (const { action, outcome, answer, endedAtMilliseconds } of operations) {
        const id = answer?.resourceId;
        if (action.kind === "placeOrder" && outcome === "ok" && id !== undefined) {
            const at = endedAtMilliseconds ?? Number.POSITIVE_INFINITY;
            acknowledgedAt.set(id, Math.min(at, acknowledgedAt.get(id) ?? at));
        }
    }
    return operations.flatMap((operation) => {
        const { action, answer, invokedAtMilliseconds } = operation;
        if (
            (action.kind !== "readOrder" && action.kind !== "cancelOrder") ||
            answer?.status !== 404
        ) {
            return [];
        }
        const at = acknowledgedAt.get(action.orderId);
        return at !== undefined && at < invokedAtMilliseconds
            ? [
                  {
                      rule: "lost",
                      detail: `${describe(operation)} did not find the order ${action.orderId}, which had been acknowledged.`,
                  },
              ]
            : [];
    });
}
