import type { SignedAnswer } from "../../app/aws/signed-fetch";
import { productRoutes } from "../../app/catalog/product-routes";
import { customerRoutes } from "../../app/customers/customer-routes";
import type { OtherCell } from "../../app/environment";
import { fault } from "../../app/fault";
import { type ApiHandler, createApi } from "../../app/http/api";
import { createInternalApi } from "../../app/http/internal-api";
import type { Cell, Services } from "../../app/http/operation";
import { stockRoutes } from "../../app/inventory/stock-routes";
import { orderRoutes } from "../../app/orders/order-routes";
import { applyBatch, type Delivery, type RefusedDelivery } from "../../app/replication/apply";
import { openCopies } from "../../app/replication/copy-store";
import { exchangeRoutes } from "../../app/replication/exchange-routes";
import { writeMessage } from "../../app/replication/messages";
import type { Neighbours } from "../../app/replication/neighbours";
import { openOutbox } from "../../app/replication/outbox-store";
import { rebalanceOnce } from "../../app/replication/rebalance";
import { openRebalancing } from "../../app/replication/rebalance-ports";
import { relayOnce } from "../../app/replication/relay";
import { statusRoutes } from "../../app/status/status-routes";
import { migratedDatabase, type TestDatabase } from "./database";
import { type Call, context, proxyEvent } from "./proxy-event";

/** A cell with a real database and the real code, but without functions, queues and APIs around. */
export interface TestCell {
    readonly cell: Cell;
    readonly database: TestDatabase;
    /** Answers a request as the public API of the cell would. */
    request(call: Call): Promise<{
        status: number;
        headers: Readonly<Record<string, unknown>>;
        body: Record<string, unknown>;
        /** The body as it was written. */
        text: string;
    }>;
    /** Sends what is in the outbox to the queues of the other cells that can be reached. */
    relay(): Promise<void>;
    /** Takes in what is in its own queue; the messages stay known in `delivered`. */
    applyAll(): Promise<readonly RefusedDelivery[]>;
    apply(deliveries: readonly Delivery[]): Promise<readonly RefusedDelivery[]>;
    rebalance(): Promise<void>;
    readonly queue: string[];
    /** When its functions had the relay look at the outbox. */
    readonly wakeUps: ("now" | "soon")[];
    /** Answers what another cell asks. */
    answerInternally(method: string, path: string, body: unknown): Promise<SignedAnswer>;
    services(role: string): Services;
    /** Until `true` again, nobody reaches the cell's API. */
    isReachable: boolean;
    /** Numbers of the cells that this one cannot reach. */
    readonly cutOff: Set<number>;
}

const tenantId = "main";

/** Makes cells that know each other. Close their databases. */
export async function connectedCells(
    names: readonly string[],
    openDatabase: () => Promise<TestDatabase> = migratedDatabase,
): Promise<readonly TestCell[]> {
    const cells: TestCell[] = [];
    for (const [index, name] of names.entries()) {
        cells.push(createCell({ name, number: index + 1 }, await openDatabase(), cells, names));
    }
    return cells;
}

/** Lets everything that is under way arrive. */
export async function settle(cells: readonly TestCell[]): Promise<void> {
    for (let round = 0; round < 3; round++) {
        for (const cell of cells) {
            await cell.relay();
        }
        for (const cell of cells) {
            const refused = await cell.applyAll();
            if (refused.length > 0) {
                throw new Error(`${cell.cell.name} refused a message.`, {
                    cause: refused[0]?.error,
                });
            }
        }
    }
}

function createCell(
    cell: Cell,
    database: TestDatabase,
    all: readonly TestCell[],
    names: readonly string[],
): TestCell {
    const otherCells: readonly OtherCell[] = names
        .map((name, index) => ({
            name,
            number: index + 1,
            weight: 1,
            region: "test-region-1",
            url: `https://${name}`,
            queueUrl: `queue:${index + 1}`,
        }))
        .filter(({ name }) => name !== cell.name);
    const cutOff = new Set<number>();
    const wakeUps: TestCell["wakeUps"] = [];
    const neighbours: Neighbours = {
        ownWeight: 1,
        cells: otherCells,
        async call(cellNumber, { method, path, body }) {
            const other = all[cellNumber - 1];
            if (other?.isReachable !== true || cutOff.has(cellNumber)) {
                throw fault("cell_unreachable", "The test has cut it off.");
            }
            return other.answerInternally(method, path, body);
        },
        wakeRelay: async () => void wakeUps.push("now"),
        wakeRelaySoon: async () => void wakeUps.push("soon"),
    };
    const services = (role: string): Services => ({
        session: database.session(role),
        cell,
        neighbours,
    });
    const queue: string[] = [];
    const apis = publicApis(services);
    const copies = openCopies(database.session("shop_apply"), cell.number);
    const outbox = openOutbox(database.session("shop_relay"), {
        tenantId,
        cellNumber: cell.number,
    });
    const send = async (destination: number, texts: readonly string[]) => {
        all[destination - 1]?.queue.push(...texts);
        return texts.map(() => true);
    };
    const rebalancing = openRebalancing(services("shop_rebalance"), tenantId, {
        send: (queueUrl, texts) => send(Number(queueUrl.split(":")[1]), texts),
    });
    return {
        cell,
        database,
        queue,
        wakeUps,
        services,
        isReachable: true,
        cutOff,
        answerInternally: internalApi(cell, services, apis),
        async request(call) {
            const answer = await apis(call.path)(proxyEvent(call), context);
            const { statusCode: status, headers = {}, body } = answer;
            return { status, headers, body: body === "" ? {} : JSON.parse(body), text: body };
        },
        async relay() {
            const queues = {
                send: (
                    destination: number,
                    messages: readonly Parameters<typeof writeMessage>[0][],
                ) => send(destination, messages.map(writeMessage)),
            };
            const reached = otherCells.filter(
                ({ number }) => !cutOff.has(number) && all[number - 1]?.isReachable === true,
            );
            for (const { number } of reached) {
                await relayOnce({ outbox, queues }, number);
            }
        },
        apply: (deliveries) => applyBatch(copies, cell.number, deliveries),
        applyAll() {
            const texts = queue.splice(0);
            return applyBatch(
                copies,
                cell.number,
                texts.map((text, index) => ({ id: `${index}`, text })),
            );
        },
        rebalance: async () => void (await rebalanceOnce(rebalancing, undefined)),
    };
}

/** The API of the function that answers for a path. */
function publicApis(services: (role: string) => Services): (path: string) => ApiHandler {
    const silent = () => undefined;
    const catalog = createApi(services("shop_catalog"), [...productRoutes, ...stockRoutes], silent);
    const customers = createApi(services("shop_customers"), customerRoutes, silent);
    const orders = createApi(services("shop_orders"), orderRoutes, silent);
    const status = createApi(services("shop_status"), statusRoutes("test-region-1"), silent);
    return (path) =>
        /^(\/internal)?\/(products|catalog)/.test(path)
            ? catalog
            : /^(\/internal)?\/customers/.test(path)
              ? customers
              : path === "/cells"
                ? status
                : orders;
}

function internalApi(
    cell: Cell,
    services: (role: string) => Services,
    apis: (path: string) => ApiHandler,
): TestCell["answerInternally"] {
    const exchange = createInternalApi(
        cell.name,
        exchangeRoutes(services("shop_exchange")),
        () => undefined,
    );
    return async (method, path, body) => {
        const event = proxyEvent({ method, path, body });
        const isForwarded = /^\/internal\/(catalog|customers|orders)$/.test(path);
        const answer = await (isForwarded ? apis(path) : exchange)(event, context);
        const headers = Object.entries(answer.headers ?? {}).map(([name, value]) => [
            name.toLowerCase(),
            String(value),
        ]);
        return {
            status: answer.statusCode,
            headers: Object.fromEntries(headers),
            body: answer.body,
        };
    };
}
