import { keyIdOf } from "../../../app/database/idempotency-store";
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
        name: "an order that another cell placed too, and that gave way to it",
        spoil(example) {
            const { us, eu, operations } = example;
            for (const cell of [us, eu]) {
                cell.orders = cell.orders.map((row) =>
                    row.id === ids.orderAway ? { ...row, supersededBy: ids.orderAtHome } : row,
                );
            }
            us.keys = [...us.keys, { key: keyIdOf("o2"), resourceId: ids.orderAtHome }];
            eu.keys = eu.keys.map((row) =>
                row.key === keyIdOf("o2") ? { ...row, resourceId: ids.orderAtHome } : row,
            );
            operations.push(
                operation(
                    placedInEu,
                    { status: 201, resourceId: ids.orderAtHome, version: 1 },
                    { key: "o2", cell: "us" },
                ),
            );
        },
    },
    {
        name: "an order that gave way to one that gave way in turn",
        spoil(example) {
            const { us, eu } = example;
            const twin = "00000000-0000-8000-8000-000000000f12";
            for (const cell of [us, eu]) {
                cell.orders = cell.orders.flatMap((row) =>
                    row.id === ids.orderAway
                        ? [
                              { ...row, supersededBy: ids.orderAtHome },
                              { ...row, id: twin, supersededBy: ids.orderAway },
                          ]
                        : [row],
                );
            }
            eu.keys = eu.keys.map((row) =>
                row.key === keyIdOf("o2") ? { ...row, resourceId: ids.orderAtHome } : row,
            );
            eu.pools = eu.pools.map((pool) =>
                pool.taken === 1 ? { ...pool, taken: 2, returned: 2 } : pool,
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
