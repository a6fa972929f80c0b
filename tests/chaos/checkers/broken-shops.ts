import { keyIdOf } from "../../../app/database/idempotency-store";
import { brokenCheckouts } from "./broken-checkouts";
import { brokenStock } from "./broken-stock";
import { type Case, type Example, ids, operation } from "./example";

const placedInEu = {
    kind: "placeOrder",
    customerId: ids.ada,
    lines: [{ productId: ids.lamp, quantity: 1 }],
} as const;

/** Histories and states of shops that broke a rule. */
export const brokenShops: readonly Case[] = [
    {
        name: "an acknowledged order that its cell has not",
        rules: ["lost", "oversold", "taken"],
        spoil({ us }) {
            us.orders = us.orders.filter(({ id }) => id !== ids.orderAtHome);
        },
    },
    {
        name: "an acknowledged order whose copy never came to its customer's cell",
        rules: ["lost", "diverged"],
        spoil({ us }) {
            us.orders = us.orders.filter(({ id }) => id !== ids.orderAway);
        },
    },
    {
        name: "an acknowledged order that was not found later",
        rules: ["lost"],
        spoil({ operations }) {
            operations.push(
                operation(
                    { kind: "readOrder", orderId: ids.orderAtHome },
                    { status: 404, code: "not_found" },
                ),
            );
        },
    },
    {
        name: "an acknowledged product that another cell has not",
        rules: ["lost", "diverged"],
        spoil({ eu }) {
            eu.products = eu.products.filter(({ id }) => id !== ids.lamp);
        },
    },
    {
        name: "an acknowledged customer without a stub elsewhere",
        rules: ["lost", "diverged"],
        spoil({ eu }) {
            eu.stubs = eu.stubs.filter(({ id }) => id !== ids.ada);
        },
    },
    {
        name: "an acknowledged receipt that is in no book",
        rules: ["lost", "oversold", "taken"],
        spoil({ eu }) {
            eu.movements = eu.movements.filter(({ id }) => id !== ids.receipt);
        },
    },
    ...brokenStock,
    {
        name: "one key answered with two orders",
        rules: ["duplicated"],
        spoil({ operations }) {
            operations.push(
                operation(
                    placedInEu,
                    { status: 201, resourceId: ids.orderAtHome, version: 1, fingerprint: "order" },
                    { key: "o1" },
                ),
                operation(
                    placedInEu,
                    { status: 201, resourceId: ids.orderAway, version: 2, fingerprint: "order" },
                    { key: "o1" },
                ),
            );
        },
    },
    {
        name: "one key answered with two different texts",
        rules: ["duplicated"],
        spoil({ operations }) {
            operations.push(
                operation(
                    placedInEu,
                    { status: 201, resourceId: ids.orderAway, version: 2, fingerprint: "other" },
                    { key: "o2", cell: "eu" },
                ),
            );
        },
    },
    {
        name: "a second order of a request that had no answer",
        rules: ["duplicated"],
        spoil({ us, eu }) {
            const twin = "00000000-0000-8000-8000-000000000f12";
            const copies = [...us.orders, ...eu.orders].filter(({ id }) => id === ids.orderAway);
            us.orders = [...us.orders, ...copies.slice(0, 1).map((row) => ({ ...row, id: twin }))];
            eu.orders = [...eu.orders, ...copies.slice(0, 1).map((row) => ({ ...row, id: twin }))];
            eu.pools = eu.pools.map((pool) =>
                pool.taken === 1 ? { ...pool, taken: 2, returned: 2 } : pool,
            );
        },
    },
    {
        name: "two cells that mean different orders by one key",
        rules: ["duplicated"],
        spoil({ us }) {
            us.keys = [...us.keys, { key: keyIdOf("o2"), resourceId: ids.orderAtHome }];
        },
    },
    {
        name: "two answers to one key, neither of which gave way",
        rules: ["duplicated"],
        spoil({ operations }) {
            operations.push(
                operation(
                    placedInEu,
                    { status: 201, resourceId: ids.orderAtHome, version: 1 },
                    { key: "o2", cell: "us" },
                ),
            );
        },
    },
    ...brokenCheckouts,
    {
        name: "an order that was refused and is there",
        rules: ["duplicated"],
        spoil({ us }) {
            us.keys = [...us.keys, { key: keyIdOf("o3"), resourceId: ids.orderAtHome }];
        },
    },
    {
        name: "a key that is forgotten",
        rules: ["duplicated"],
        spoil({ us }) {
            us.keys = us.keys.filter(({ key }) => key !== keyIdOf("o1"));
        },
    },
    {
        name: "a cancelled order that is confirmed again",
        rules: ["cancelled", "oversold", "returned", "versions", "diverged"],
        spoil({ eu }) {
            eu.orders = eu.orders.map((row) => ({ ...row, status: "confirmed", version: 1 }));
        },
    },
    {
        name: "an order seen confirmed after it was cancelled",
        rules: ["cancelled", "versions"],
        spoil({ operations }) {
            operations.push(
                operation(
                    { kind: "readOrder", orderId: ids.orderAway },
                    { resourceId: ids.orderAway, version: 1, orderStatus: "confirmed" },
                ),
            );
        },
    },
    {
        name: "a copy that is newer than its home",
        rules: ["versions", "diverged"],
        spoil({ eu }) {
            eu.products = eu.products.map((row) => ({ ...row, version: row.version + 1 }));
        },
    },
    {
        name: "a home that lost a version it had told",
        rules: ["versions"],
        spoil({ us, eu }) {
            us.products = us.products.map((row) => ({ ...row, version: 1 }));
            eu.products = eu.products.map((row) => ({ ...row, version: 1 }));
        },
    },
    {
        name: "copies of one version that differ",
        rules: ["diverged"],
        spoil({ eu }) {
            eu.products = eu.products.map((row) => ({ ...row, digest: "something else" }));
        },
    },
    {
        name: "a gift that never arrived",
        rules: ["diverged"],
        spoil({ us }) {
            us.grants = us.grants.map((grant) => ({ ...grant, given: grant.given + 1 }));
            us.pools = us.pools.map((pool) => ({ ...pool, available: pool.available - 1 }));
        },
    },
    {
        name: "a message that was never sent",
        rules: ["diverged"],
        spoil({ us }) {
            us.outboxDepth = 1;
        },
    },
    {
        name: "a customer in another cell",
        rules: ["exposed"],
        spoil({ eu }) {
            eu.customers = [...eu.customers, { id: ids.ada, home: 1, version: 1 }];
        },
    },
    {
        name: "an email address in another cell's table",
        rules: ["exposed"],
        spoil({ eu }) {
            eu.personalTraces = ["idempotency"];
        },
    },
    ...[
        { name: "an undocumented problem", answer: { status: 409, code: "oops" } },
        { name: "a refusal without a document", answer: { status: 400 } },
        { name: "a problem with another's status", answer: { status: 404, code: "conflict" } },
        {
            name: "a server error that may not be repeated",
            answer: { status: 500, code: "internal", isRetryable: false },
        },
    ].map(({ name, answer }) => ({
        name,
        rules: ["improper"],
        spoil({ operations }: Example) {
            operations.push(operation({ kind: "readStock", productId: ids.lamp }, answer));
        },
    })),
];
