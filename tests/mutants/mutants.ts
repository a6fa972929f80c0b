import { simulatedMutants } from "./simulated-mutants";

/** A deliberate fault: a piece of the program's text, and what stands there instead. */
export interface Mutant {
    readonly name: string;
    readonly file: string;
    /** Occurs exactly once in the file. */
    readonly find: string;
    readonly replace: string;
    /** The tests that have to fail, the cheapest that can. */
    readonly tests: string;
    /** Which of them, when the file has slow others. */
    readonly only?: string;
}

const live = "tests/app/database-live";
const cells = `${live}/replicating.test.ts`;
const stock = `${live}/sharing-stock.test.ts`;

/** What the suite has to notice. */
export const mutants: readonly Mutant[] = [
    {
        name: "transactions read what others commit meanwhile",
        file: "app/database/pipeline.ts",
        find: "ISOLATION LEVEL REPEATABLE READ",
        replace: "ISOLATION LEVEL READ COMMITTED",
        tests: `${live}/placing.test.ts`,
    },
    {
        name: "a COMMIT that was answered with ROLLBACK counts",
        file: "app/database/pipeline.ts",
        find: 'if (committed.value.command !== "COMMIT") {',
        replace: "if (committed.value.command === undefined) {",
        tests: `${live}/session.test.ts`,
    },
    {
        name: "a gift is added whole whenever it is heard of",
        file: "app/inventory/grants.ts",
        find: "return Math.max(0, given - applied);",
        replace: "return given;",
        tests: "tests/app/inventory/grants.test.ts",
    },
    {
        name: "a request for units names an amount",
        file: "app/inventory/grants.ts",
        find: "Math.min(target - given, spare)",
        replace: "Math.min(target, spare)",
        tests: "tests/app/inventory/grants.test.ts",
    },
    {
        name: "new stock loses what does not divide evenly",
        file: "app/inventory/grants.ts",
        find: "shares[index] = (shares[index] ?? 0) + 1;",
        replace: "shares[index] = shares[index] ?? 0;",
        tests: "tests/app/inventory/grants.test.ts",
    },
    {
        name: "a donor gives without lowering its pools",
        file: "app/inventory/gift-store.ts",
        find: "            changePools(tenantId, productId, gift.changes),\n",
        replace: "",
        tests: stock,
        only: "give and take each unit once",
    },
    {
        name: "a gift whose commit was not answered is given again",
        file: "app/inventory/gift-store.ts",
        find: "            assertGiven(tenantId, productId, parties, givenBefore),\n",
        replace: "",
        tests: stock,
        only: "give and take each unit once",
    },
    {
        name: "a taker does not remember what it has added",
        file: "app/inventory/receipt-store.ts",
        find: "DO UPDATE SET applied = excluded.applied",
        replace: "DO UPDATE SET applied = stock_applied.applied",
        tests: stock,
        only: "give and take each unit once",
    },
    {
        name: "a taker adds units whatever others have added meanwhile",
        file: "app/inventory/receipt-store.ts",
        find: "WHERE coalesce(stored.applied, 0) = expected.applied",
        replace: "WHERE coalesce(stored.applied, 0) >= 0",
        tests: stock,
        only: "give and take each unit once",
    },
    {
        name: "lines of one product are checked one by one",
        file: "app/orders/order.ts",
        find: "quantity: quantity + item.quantity",
        replace: "quantity: item.quantity",
        tests: "tests/app/orders/order.test.ts",
    },
    {
        name: "an order is placed without the check that it holds",
        file: "app/orders/place-order.ts",
        find: "            assertOrderHolds(order),\n",
        replace: "",
        tests: `${live}/refused-orders.test.ts`,
    },
    {
        name: "a pool is written as it was read, not by the difference",
        file: "app/inventory/stock-store.ts",
        find: "SET available = pool.available + change.units",
        replace: "SET available = greatest(0, change.units)",
        tests: `${live}/stock.test.ts`,
    },
    {
        name: "a cancelled order returns its stock again",
        file: "app/orders/stock-taking-store.ts",
        find: "                   AND orders.status = ANY($3::text[])\n",
        replace: "                   AND $3::text[] IS NOT NULL\n",
        tests: `${live}/cancelling.test.ts`,
    },
    {
        name: "an order gives way without returning its stock",
        file: "app/orders/checkout-store.ts",
        find: "        returnStock(tenantId, orderId, cancellableStatuses),\n",
        replace: "",
        tests: `${live}/checkout-elsewhere.test.ts`,
    },
    {
        name: "an order does not claim its key in its own transaction",
        file: "app/http/idempotency.ts",
        find: "session.transact([...claims, ...statements])",
        replace: "session.transact([...claims.slice(1), ...statements])",
        tests: `${live}/placing.test.ts`,
    },
    {
        name: "a home does not raise the version",
        file: "app/catalog/product-store.ts",
        find: "SET version = $3::bigint + 1, updated_at = $4::timestamptz, name = $5,",
        replace: "SET version = $3::bigint, updated_at = $4::timestamptz, name = $5,",
        tests: cells,
        only: "change a product at its home",
    },
    {
        name: "a change is committed without an entry in the outbox",
        file: "app/catalog/product-routes.ts",
        find: "    const notices = tellAll(services, row);\n",
        replace: "    const notices: never[] = [];\n",
        tests: cells,
        only: "change a product at its home",
    },
    {
        name: "an order placed abroad is not told to its customer's home",
        file: "app/replication/notices.ts",
        find: "({ number }) => number === home) ? [home] : []",
        replace: "({ number }) => number === home) ? [] : []",
        tests: cells,
        only: "list the orders of a customer",
    },
    {
        name: "the relay reads behind a cursor",
        file: "app/replication/outbox-store.ts",
        find: "WHERE tenant_id = $1 AND destination = $2::smallint\n               ORDER BY lane",
        replace:
            "WHERE tenant_id = $1 AND destination = $2::smallint\n" +
            "                   AND message_id > '80000000-0000-0000-0000-000000000000'\n" +
            "               ORDER BY lane",
        tests: cells,
    },
    {
        name: "the relay removes entries before it sends",
        file: "app/replication/relay.ts",
        find: "    const messages = await outbox.load(entries);\n",
        replace:
            "    await outbox.remove(entries);\n    const messages = await outbox.load(entries);\n",
        tests: "tests/app/replication/relay.test.ts",
    },
    {
        name: "the relay removes what the queue has refused",
        file: "app/replication/relay.ts",
        find: "accepted[index] !== true",
        replace: "accepted[index] === undefined",
        tests: "tests/app/replication/relay.test.ts",
    },
    {
        name: "a message is acknowledged before it is committed",
        file: "app/replication/apply.ts",
        find: "            await applyAll(copies, [message]);\n",
        replace: "            void applyAll(copies, [message]).catch(() => undefined);\n",
        tests: "tests/app/replication/apply.test.ts",
    },
    {
        name: "an older state overwrites a newer copy",
        file: "app/replication/copy-store.ts",
        find: "WHERE product.version < excluded.version AND product.home = excluded.home",
        replace: "WHERE product.home = excluded.home",
        tests: cells,
        only: "ignore what is repeated",
    },
    {
        name: "of two states in a batch the older one is taken",
        file: "app/replication/version-guard.ts",
        find: "incoming > stored",
        replace: "incoming < stored",
        tests: cells,
        only: "ignore what is repeated",
    },
    {
        name: "anybody may overwrite a row",
        file: "app/replication/messages.ts",
        find: "owner !== message.from || owner === receiver",
        replace: "owner === undefined",
        tests: "tests/app/replication/messages.test.ts",
    },
    {
        name: "a customer is read from any cell's own rows",
        file: "app/customers/customer-routes.ts",
        find: 'idOf: (request) => request.path["customer_id"] ?? ""',
        replace: 'idOf: () => "00000000-0000-8000-8000-000000000000"',
        tests: cells,
        only: "keep personal data at home",
    },
    {
        name: "sold out is said while units are elsewhere",
        file: "app/orders/borrowing.ts",
        find: "isCertain &&= gauge !== undefined || answered.has(number);",
        replace: "isCertain &&= true;",
        tests: stock,
        only: "tell sold out from units",
    },
    {
        name: "a digest compares how many rows there are and no versions",
        file: "app/replication/digest.ts",
        find: "            our?.versions === their?.versions &&\n            our?.squares === their?.squares;",
        replace: "            our?.count === their?.count;",
        tests: "tests/app/replication/digest.test.ts",
    },
    ...simulatedMutants,
];
