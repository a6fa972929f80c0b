import type { Mutant } from "./mutants";

const simulation = "tests/simulation/simulation.test.ts";

/** Faults that show only when the wrong things happen at once: the simulation and the model see them. */
export const simulatedMutants: readonly Mutant[] = [
    {
        name: "the relay removes what was added while it was sending",
        file: "app/replication/relay.ts",
        find: "        await outbox.remove(sent);\n",
        replace:
            "        await outbox.remove([...sent, ...(await outbox.read(destination, batchSize))]);\n",
        tests: simulation,
        only: "keeps every rule",
    },
    {
        name: "an order stands beside the one that its checkout placed in another cell",
        file: "app/orders/checkout-store.ts",
        find: "return stored !== undefined && givesWayTo(stored, claim)",
        replace: "return stored !== undefined && givesWayTo(stored, claim) && !stored.orderId",
        tests: "tests/app/database-live/checkout-elsewhere.test.ts",
    },
    {
        name: "an order is marked as cancelled before its stock is returned",
        file: "app/orders/order-routes.ts",
        find: "        returnStock(tenantId, orderId, cancellableStatuses),\n        cancelOrder(tenantId, orderId, cancellableStatuses, updatedAt),\n",
        replace:
            "        cancelOrder(tenantId, orderId, cancellableStatuses, updatedAt),\n        returnStock(tenantId, orderId, cancellableStatuses),\n",
        tests: simulation,
        only: "keeps every rule",
    },
    {
        name: "a taker is not told of a gift but by the answer",
        file: "app/inventory/gift-store.ts",
        find: "            ...insertNotices(tenantId, parties.donor, [notice], new Date().toISOString()),\n",
        replace: "",
        tests: simulation,
        only: "keeps every rule",
    },
    {
        name: "an older gift is believed after a newer one",
        file: "app/inventory/grants.ts",
        find: "return Math.max(0, given - applied);",
        replace: "return given - applied;",
        tests: "tests/model/model.test.ts",
    },
];
