import type { BorrowBody } from "../../app/replication/exchange-calls";
import { homeOf } from "../../app/values/ids";
import { contentName, contentOf, destinationsOf, presentVersion, unitsOf } from "./accounts";
import type { MemoryDatabase } from "./memory-database";
import { allRows, type Change, type Tables } from "./memory-table";
import { grantKey } from "./statements";

/** An error for a rule of section 9 of the design that does not hold. */
export function violation(message: string): Error {
    return Object.assign(new Error(message), { name: "Violation" });
}

/** Watches every commit of every cell. */
export interface Auditor {
    /** @throws Violation when a commit has broken a rule */
    committed(cell: number, changes: readonly Change[]): void;
    /** A cell has asked another one for units. */
    asked(donor: number, body: BorrowBody): void;
    /** A queue has accepted a message. */
    accepted(from: number, to: number, text: string): void;
    /** A cell has lost its present, and until `restored` says less than others know. */
    restoring(cell: number): void;
    /** Counts everything anew, after something that no commit did: a cell was restored. */
    restored(cell: number): void;
}

const versionedTables = ["product", "stub", "orders"];
const noticeKinds: Readonly<Record<string, string>> = { product: "product", stub: "customer_stub" };

/** @param databases by the number of their cell */
export function createAuditor(databases: ReadonlyMap<number, MemoryDatabase>): Auditor {
    /** By product: supplied, less pools, gifts on their way and live orders. */
    const balances = new Map<string, number>();
    /** What each version of a row says, by its home. */
    const contents = new Map<string, string>();
    /** The highest target that a donor was asked for. */
    const mostAsked = new Map<string, number>();
    /** Cells that are not open yet. */
    const beingRestored = new Set<number>();
    /** The newest state of a row that a queue has accepted, and what an outbox entry stands for. */
    const acceptedVersions = new Map<string, number>();
    const demandedVersions = new Map<string, number>();
    const tablesOf = (cell: number): Tables => {
        const database = databases.get(cell);
        if (database === undefined) {
            throw violation(`There is no cell ${cell}.`);
        }
        return database.tables();
    };

    const auditVersion = (cell: number, change: Change): void => {
        const { table, key, before, after } = change;
        if (after === undefined) {
            throw violation(`Cell ${cell} deleted ${key} of ${table}.`);
        }
        const version = Number(after["version"]);
        const content = contentOf(after);
        const name = contentName(table, after);
        if (Number(before?.["version"] ?? 0) > version) {
            violated(`The version of ${key} has fallen in cell ${cell}`, change);
        }
        if (after["home"] === cell) {
            if (contents.has(name) && contents.get(name) !== content) {
                violated(`${key} was changed without a new version`, change);
            }
            contents.set(name, content);
        } else if (contents.get(name) !== content) {
            violated(`The copy of ${key} in cell ${cell} is none of its home's versions`, change);
        }
    };
    /** What is changed for others to know is in the outbox by the same commit. */
    const auditNotices = (cell: number, change: Change, changes: readonly Change[]): void => {
        const { table, before, after } = change;
        // A change that is repeated, because its answer was lost, changes nothing.
        if (before?.["version"] === after?.["version"] && before?.["given"] === after?.["given"]) {
            return;
        }
        const destinations = destinationsOf(cell, table, after, [...databases.keys()]);
        const kind =
            table === "orders" ? "order" : table === "grant" ? "grant" : noticeKinds[table];
        for (const destination of destinations) {
            const ref = table === "grant" ? after?.["product_id"] : change.key;
            const isTold = changes.some(
                ({ table: other, after: entry }) =>
                    other === "outbox" &&
                    entry?.["destination"] === destination &&
                    entry["kind"] === kind &&
                    entry["ref"] === ref,
            );
            if (!isTold) {
                violated(`Cell ${destination} is not told of a ${kind}`, change);
            }
        }
    };
    const auditOutbox = (cell: number, { key, before, after }: Change): void => {
        const entry = after ?? before ?? {};
        const subject = `${cell} ${entry["destination"]} ${entry["kind"]} ${entry["ref"]}`;
        if (after !== undefined) {
            demandedVersions.set(key, presentVersion(tablesOf(cell), entry, cell));
        } else if ((acceptedVersions.get(subject) ?? 0) < (demandedVersions.get(key) ?? 0)) {
            violated(`An entry left the outbox of cell ${cell} before it was sent`, entry);
        }
    };
    const auditApplied = (cell: number, { after }: Change): void => {
        const donor = Number(after?.["donor"]);
        const key = `${after?.["product_id"]}/${donor}/${cell}`;
        const given = tablesOf(donor).grant.entries.get(key)?.row?.["given"] ?? 0;
        if (Number(after?.["applied"]) > Number(given) && !beingRestored.has(donor)) {
            violated(`Cell ${cell} took in more than cell ${donor} gave`, after);
        }
    };
    /** What is given follows from what was asked, however often; or it came with a new product. */
    const auditGiven = (cell: number, change: Change, changes: readonly Change[]): void => {
        const { key, before, after } = change;
        const isFirst = changes.some(({ table, before: old }) => table === "product" && !old);
        const most = Math.max(Number(before?.["given"] ?? 0), mostAsked.get(key) ?? 0);
        if (after?.["donor"] === cell && !isFirst && Number(after["given"]) > most) {
            violated(`Cell ${cell} gave more than it was ever asked for`, change);
        }
    };
    const auditBalances = (products: ReadonlySet<string>): void => {
        for (const product of products) {
            if (balances.get(product) !== 0) {
                violated(`${balances.get(product)} units of ${product} are missing`, product);
            }
        }
    };
    const weigh = (cell: number, change: Change, touched: Set<string>): void => {
        for (const { product, units } of unitsOf(cell, change, () => tablesOf(cell))) {
            balances.set(product, (balances.get(product) ?? 0) + units);
            touched.add(product);
        }
    };
    return {
        committed(cell, changes) {
            const touched = new Set<string>();
            for (const change of changes) {
                if (Number(change.after?.["available"] ?? 0) < 0 && change.table === "pool") {
                    violated("A pool is below zero", change);
                }
                weigh(cell, change, touched);
                if (versionedTables.includes(change.table)) {
                    auditVersion(cell, change);
                }
                if (change.table === "outbox") {
                    auditOutbox(cell, change);
                }
                if (change.table === "grant") {
                    auditGiven(cell, change, changes);
                }
                if (change.table === "applied") {
                    auditApplied(cell, change);
                }
                if (change.table in noticeKinds || ["orders", "grant"].includes(change.table)) {
                    auditNotices(cell, change, changes);
                }
            }
            auditBalances(touched);
        },
        asked(donor, { taker, requests }) {
            for (const { productId, target } of requests) {
                const key = grantKey(productId, donor, taker);
                mostAsked.set(key, Math.max(target, mostAsked.get(key) ?? 0));
            }
        },
        accepted(from, to, text) {
            const { kind, state } = JSON.parse(text);
            const id = state.orderId ?? state.productId ?? state.customerId;
            const subject = `${from} ${to} ${kind} ${id}`;
            const version = state.version ?? state.given ?? 0;
            acceptedVersions.set(subject, Math.max(version, acceptedVersions.get(subject) ?? 0));
        },
        restoring: (cell) => void beingRestored.add(cell),
        restored(restoredCell) {
            beingRestored.delete(restoredCell);
            for (const name of contents.keys()) {
                if (homeOf(name.split("@")[0] ?? "") === restoredCell) {
                    contents.delete(name);
                }
            }
            balances.clear();
            const touched = new Set<string>();
            for (const [cell, database] of databases) {
                for (const table of Object.values(database.tables())) {
                    for (const row of allRows(table)) {
                        if (versionedTables.includes(table.name)) {
                            contents.set(contentName(table.name, row), contentOf(row));
                        }
                        weigh(
                            cell,
                            { table: table.name, key: "", before: undefined, after: row },
                            touched,
                        );
                    }
                }
            }
            auditBalances(touched);
        },
    };
}

function violated(rule: string, details: unknown): never {
    throw violation(`${rule}: ${JSON.stringify(details)}`);
}
