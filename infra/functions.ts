import type { InlineFactory } from "./bundle";

/** A function of the shop: what it runs, as whom it connects, and how long it may take. */
export interface FunctionDefinition {
    readonly inline: InlineFactory;
    /** The database role, created and granted by the migrations. */
    readonly databaseRole: string;
    readonly timeoutSeconds: number;
}

/**
 * The functions behind the API. Each operation of the contract names the one that answers it in
 * its `x-shop-function`.
 */
export const apiFunctions = {
    catalog: {
        databaseRole: "shop_catalog",
        timeoutSeconds: 15,
        inline: () => {
            const { catalogHandler } =
                require("./app/handlers/catalog") as typeof import("../app/handlers/catalog");
            return catalogHandler(process.env);
        },
    },
    customers: {
        databaseRole: "shop_customers",
        timeoutSeconds: 15,
        inline: () => {
            const { customersHandler } =
                require("./app/handlers/customers") as typeof import("../app/handlers/customers");
            return customersHandler(process.env);
        },
    },
    orders: {
        databaseRole: "shop_orders",
        timeoutSeconds: 15,
        inline: () => {
            const { ordersHandler } =
                require("./app/handlers/orders") as typeof import("../app/handlers/orders");
            return ordersHandler(process.env);
        },
    },
    status: {
        databaseRole: "shop_status",
        timeoutSeconds: 5,
        inline: () => {
            const { statusHandler } =
                require("./app/handlers/status") as typeof import("../app/handlers/status");
            return statusHandler(process.env);
        },
    },
} as const satisfies Record<string, FunctionDefinition>;

export type ApiFunctionName = keyof typeof apiFunctions;

/** Runs the migrations; the only function that connects as the database's administrator. */
export const migrateFunction: FunctionDefinition = {
    databaseRole: "admin",
    // The longest that Lambda allows: an asynchronous index build is waited for.
    timeoutSeconds: 900,
    inline: () => {
        const { migrateHandler } =
            require("./app/handlers/migrate") as typeof import("../app/handlers/migrate");
        return migrateHandler(process.env);
    },
};
