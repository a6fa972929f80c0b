import { type Case, ids, operation, unanswered } from "./example";

const placedInEu = {
    kind: "placeOrder",
    customerId: ids.ada,
    lines: [{ productId: ids.lamp, quantity: 1 }],
} as const;

/** Histories and states that look odd and are right. */
export const soundShops: readonly Pick<Case, "name" | "spoil">[] = [
    { name: "a healthy shop", spoil: () => undefined },
    {
        name: "an order without an answer that was not placed",
        spoil: ({ operations }) => operations.push(unanswered(placedInEu, { key: "o4" })),
    },
    {
        name: "an order without an answer that was placed",
        spoil(example) {
            example.operations = example.operations.filter(
                ({ action, outcome, key }) =>
                    action.kind !== "placeOrder" || key !== "o2" || outcome === "unknown",
            );
        },
    },
    {
        name: "an order that was refused while its first request still ran, which then placed it",
        spoil({ operations }) {
            operations.push(
                operation(placedInEu, { status: 409, code: "out_of_stock" }, { key: "o2" }),
            );
        },
    },
    {
        name: "a receipt without an answer that is in no book",
        spoil: ({ operations }) =>
            operations.push(
                unanswered({ kind: "receiveStock", productId: ids.rug, units: 3 }, { key: "k6" }),
            ),
    },
    {
        name: "an old version in an answer that came late",
        spoil({ operations }) {
            operations.push(
                operation(
                    { kind: "readOrder", orderId: ids.orderAway },
                    { resourceId: ids.orderAway, version: 1, orderStatus: "confirmed" },
                    { invokedAtMilliseconds: 0, endedAtMilliseconds: 1_000_000_000 },
                ),
            );
        },
    },
    {
        name: "an edge that cannot reach its cell",
        spoil: ({ operations }) =>
            operations.push(
                operation({ kind: "readStock", productId: ids.lamp }, { status: 502 }),
                operation(
                    { kind: "readStock", productId: ids.lamp },
                    { status: 503, code: "database_unavailable", isRetryable: true },
                ),
            ),
    },
    {
        name: "a product on its way whose units nobody has counted",
        spoil({ operations }) {
            operations.push(unanswered({ kind: "createProduct", units: 7 }, { key: "k7" }));
        },
    },
];
