import type { InlineFactory } from "./bundle";

/** A function of the shop: what it runs, as whom it connects, and what it may reach. */
export interface FunctionDefinition {
    readonly inline: InlineFactory;
    /** The database role, created and granted by the migrations. */
    readonly databaseRole: string;
    readonly timeoutSeconds: number;
    /** Whether viewers' requests reach it, which have to come through the edge. */
    readonly answersViewers?: boolean;
    /** Whom it may send messages: the relay of its own cell, the other cells. */
    readonly sendsTo: readonly ("wakeUp" | "otherCells")[];
    /** Whose messages start it. */
    readonly takes?: MessageIntake;
}

/** A function that messages or the clock start, and no request. */
export interface BackgroundFunctionDefinition extends FunctionDefinition {
    /**
     * What others wait for goes on in the cell's other Region when its home is lost; two at work at
     * once do no harm, but what only improves things is not worth doing twice.
     */
    readonly runsIn: "home" | "everyRegion";
    readonly schedule?: ScheduleDefinition;
}

export interface MessageIntake {
    readonly from: "wakeUp" | "otherCells";
    /** How many batches of one queue may be in work at once; Lambda's least is 2. */
    readonly maximumConcurrency: number;
    /** Whether it names the messages of a batch that it could not deal with. */
    readonly reportsFailures: boolean;
}

export interface ScheduleDefinition {
    /** As EventBridge Scheduler reads it. */
    readonly rate: `rate(${number} ${"minute" | "minutes"})`;
    readonly input: Readonly<Record<string, unknown>>;
}

/**
 * The functions behind the API. Each operation of the contract names the one that answers it in
 * its `x-shop-function`.
 */
export const apiFunctions = {
    catalog: {
        databaseRole: "shop_catalog",
        timeoutSeconds: 15,
        answersViewers: true,
        sendsTo: ["wakeUp"],
        inline: () => {
            const { catalogHandler } =
                require("./app/handlers/catalog") as typeof import("../app/handlers/catalog");
            return catalogHandler(process.env);
        },
    },
    customers: {
        databaseRole: "shop_customers",
        timeoutSeconds: 15,
        answersViewers: true,
        sendsTo: ["wakeUp"],
        inline: () => {
            const { customersHandler } =
                require("./app/handlers/customers") as typeof import("../app/handlers/customers");
            return customersHandler(process.env);
        },
    },
    orders: {
        databaseRole: "shop_orders",
        timeoutSeconds: 15,
        answersViewers: true,
        sendsTo: ["wakeUp"],
        inline: () => {
            const { ordersHandler } =
                require("./app/handlers/orders") as typeof import("../app/handlers/orders");
            return ordersHandler(process.env);
        },
    },
    status: {
        databaseRole: "shop_status",
        timeoutSeconds: 5,
        answersViewers: true,
        sendsTo: [],
        inline: () => {
            const { statusHandler } =
                require("./app/handlers/status") as typeof import("../app/handlers/status");
            return statusHandler(process.env);
        },
    },
    /** Answers the other cells alone. */
    exchange: {
        databaseRole: "shop_exchange",
        timeoutSeconds: 15,
        sendsTo: ["wakeUp"],
        inline: () => {
            const { exchangeHandler } =
                require("./app/handlers/exchange") as typeof import("../app/handlers/exchange");
            return exchangeHandler(process.env);
        },
    },
} as const satisfies Record<string, FunctionDefinition>;

export type ApiFunctionName = keyof typeof apiFunctions;

/** What runs in a cell that has others beside it. */
export const backgroundFunctions = {
    /** Sends what has changed to the other cells. */
    relay: {
        runsIn: "everyRegion",
        databaseRole: "shop_relay",
        timeoutSeconds: 60,
        sendsTo: ["otherCells"],
        takes: { from: "wakeUp", maximumConcurrency: 2, reportsFailures: false },
        // For the changes whose wake-up was lost.
        schedule: { rate: "rate(1 minute)", input: {} },
        inline: () => {
            const { relayHandler } =
                require("./app/handlers/relay") as typeof import("../app/handlers/relay");
            return relayHandler(process.env);
        },
    },
    /** Writes what the other cells have sent. */
    apply: {
        runsIn: "everyRegion",
        databaseRole: "shop_apply",
        timeoutSeconds: 10,
        sendsTo: [],
        takes: { from: "otherCells", maximumConcurrency: 5, reportsFailures: true },
        inline: () => {
            const { applyHandler } =
                require("./app/handlers/apply") as typeof import("../app/handlers/apply");
            return applyHandler(process.env);
        },
    },
    /** Moves units to where they are wanted. */
    rebalance: {
        runsIn: "home",
        databaseRole: "shop_rebalance",
        timeoutSeconds: 60,
        sendsTo: ["otherCells"],
        schedule: { rate: "rate(1 minute)", input: { loopSeconds: 50, everySeconds: 5 } },
        inline: () => {
            const { rebalanceHandler } =
                require("./app/handlers/rebalance") as typeof import("../app/handlers/rebalance");
            return rebalanceHandler(process.env);
        },
    },
    /** Finds copies that differ from the row at home, and has it sent again. */
    digest: {
        runsIn: "home",
        databaseRole: "shop_digest",
        timeoutSeconds: 120,
        sendsTo: ["wakeUp"],
        schedule: { rate: "rate(5 minutes)", input: {} },
        inline: () => {
            const { digestHandler } =
                require("./app/handlers/digest") as typeof import("../app/handlers/digest");
            return digestHandler(process.env);
        },
    },
} as const satisfies Record<string, BackgroundFunctionDefinition>;

export type BackgroundFunctionName = keyof typeof backgroundFunctions;

/** The functions of the shop; the migrator is not one of them. */
export type ShopFunctionName = ApiFunctionName | BackgroundFunctionName;

/** Runs the migrations; the only function that connects as the database's administrator. */
export const migrateFunction: FunctionDefinition = {
    databaseRole: "admin",
    // The longest that Lambda allows: an asynchronous index build is waited for.
    timeoutSeconds: 900,
    sendsTo: [],
    inline: () => {
        const { migrateHandler } =
            require("./app/handlers/migrate") as typeof import("../app/handlers/migrate");
        return migrateHandler(process.env);
    },
};

/** Watches the Regions from outside, for the edge; it belongs to no cell and has no database. */
export const monitorFunction = {
    // Above the loop, and a last round that waits for everybody.
    timeoutSeconds: 65,
    schedule: { rate: "rate(1 minute)", input: { loopSeconds: 58, everySeconds: 2 } },
    inline: () => {
        const { monitorHandler } =
            require("./app/handlers/monitor") as typeof import("../app/handlers/monitor");
        return monitorHandler(process.env);
    },
} as const satisfies Pick<BackgroundFunctionDefinition, "inline" | "timeoutSeconds" | "schedule">;
