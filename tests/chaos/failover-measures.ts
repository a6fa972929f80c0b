import type { ActionKind, Operation } from "./history";
import { homeOf } from "./state";

/** A Region or a cell that was lost while clients were shopping. */
export interface Loss {
    /** For people: `us-east-1 lost`. */
    readonly name: string;
    /** The number of the cell that answered nobody meanwhile; undefined where its peer served on. */
    readonly lostCell?: number;
    readonly lostAtMilliseconds: number;
    readonly backAtMilliseconds: number;
}

/** How the customers of one place fared. */
export interface ViewerFare {
    /** The cell that is theirs. */
    readonly viewer: string;
    readonly reads: number;
    /** The longest time in which no read of theirs succeeded, from the first that failed. */
    readonly readOutageMilliseconds: number;
    readonly writes: number;
    readonly failedWrites: number;
    /** From the loss to the end of the last write that failed; 0 if none did. */
    readonly writesBackMilliseconds: number;
}

const reads: readonly ActionKind[] = ["readProduct", "readStock", "readOrder", "readCustomer"];

/**
 * What the customers of each place noticed of a loss, until it was repaired. What only a lost cell
 * has, its orders and customers and changes of its products, nobody can have meanwhile; it does
 * not count.
 */
export function measureFares(operations: readonly Operation[], loss: Loss): readonly ViewerFare[] {
    const lostKeys = keysOfLost(operations, loss);
    const concerned = operations.filter(
        (operation) =>
            operation.invokedAtMilliseconds >= loss.lostAtMilliseconds &&
            operation.invokedAtMilliseconds < loss.backAtMilliseconds &&
            !needsCell(operation, loss.lostCell) &&
            !lostKeys.has(operation.key),
    );
    const viewers = [...new Set(concerned.map(({ cell }) => cell))].sort();
    return viewers.map((viewer) => fareOf(viewer, concerned, loss));
}

function fareOf(viewer: string, concerned: readonly Operation[], loss: Loss): ViewerFare {
    const own = concerned.filter(({ cell }) => cell === viewer);
    const isRead = ({ action }: Operation) => reads.includes(action.kind);
    const writes = own.filter((operation) => !isRead(operation));
    const failed = writes.filter(isFailed);
    return {
        viewer,
        reads: own.length - writes.length,
        readOutageMilliseconds: longestOutage(own.filter(isRead), loss.backAtMilliseconds),
        writes: writes.length,
        failedWrites: failed.length,
        writesBackMilliseconds: Math.max(
            0,
            ...failed.map((operation) => endOf(operation) - loss.lostAtMilliseconds),
        ),
    };
}

/** A refusal is an answer; an error of the server, or silence, is none. */
function isFailed({ outcome }: Operation): boolean {
    return outcome === "unknown";
}

/** From the end of a failed operation to the end of the next one that did not fail. */
function longestOutage(operations: readonly Operation[], endsAt: number): number {
    let longest = 0;
    let since: number | undefined;
    for (const operation of [...operations].sort((a, b) => endOf(a) - endOf(b))) {
        const at = Math.min(endOf(operation), endsAt);
        if (isFailed(operation)) {
            since ??= Math.min(operation.invokedAtMilliseconds, at);
        } else if (since !== undefined) {
            longest = Math.max(longest, at - since);
            since = undefined;
        }
    }
    return since === undefined ? longest : Math.max(longest, endsAt - since);
}

function endOf({ endedAtMilliseconds = Number.POSITIVE_INFINITY }: Operation): number {
    return endedAtMilliseconds;
}

/**
 * The keys of orders that the lost cell had told of before: whoever repeats such a checkout
 * elsewhere asks for that order.
 */
function keysOfLost(
    operations: readonly Operation[],
    { lostCell, lostAtMilliseconds }: Loss,
): ReadonlySet<string | undefined> {
    const told = operations.filter(
        (operation) =>
            operation.key !== undefined &&
            operation.action.kind === "placeOrder" &&
            endOf(operation) < lostAtMilliseconds &&
            homeOf(operation.answer?.resourceId ?? "") === lostCell,
    );
    return new Set(lostCell === undefined ? [] : told.map(({ key }) => key));
}

/** Whether an operation is about something that only one cell can answer for. */
function needsCell({ action }: Operation, cell: number | undefined): boolean {
    switch (action.kind) {
        case "readOrder":
        case "cancelOrder":
            return homeOf(action.orderId) === cell;
        case "readCustomer":
            return homeOf(action.customerId) === cell;
        case "updateProduct":
            return homeOf(action.productId) === cell;
        default:
            return false;
    }
}

/** How many requests reached a Region, and how many its viewers had sent. */
export interface Load {
    readonly region: string;
    /** Requests that reached its API. */
    readonly arrived: number;
    /** Requests of the viewers that are its own while the others are lost. */
    readonly share: number;
}

/**
 * The load of the Regions that were left.
 * @param arrived requests that reached each Region's API between loss and repair
 * @param serverOf the Region that serves a viewer as long as the lost ones are away
 */
export function measureLoad(
    operations: readonly Operation[],
    { lostAtMilliseconds, backAtMilliseconds }: Loss,
    arrived: Readonly<Record<string, number>>,
    serverOf: (viewer: string) => string,
): readonly Load[] {
    const shares = new Map<string, number>();
    for (const { cell, invokedAtMilliseconds } of operations) {
        if (
            invokedAtMilliseconds >= lostAtMilliseconds &&
            invokedAtMilliseconds < backAtMilliseconds
        ) {
            const region = serverOf(cell);
            shares.set(region, (shares.get(region) ?? 0) + 1);
        }
    }
    return [...shares].map(([region, share]) => ({
        region,
        arrived: arrived[region] ?? 0,
        share,
    }));
}
