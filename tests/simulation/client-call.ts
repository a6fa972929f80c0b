import { productRoutes } from "../../app/catalog/product-routes";
import { isFault } from "../../app/fault";
import type { Reply, Request, Route } from "../../app/http/operation";
import { stockRoutes } from "../../app/inventory/stock-routes";
import { orderRoutes } from "../../app/orders/order-routes";
import { type SimulatedCell, type Surroundings, tenantId } from "./cell";

const routes = new Map(
    [...orderRoutes, ...productRoutes, ...stockRoutes].map((route) => [route.operationId, route]),
);
const clientTimeoutMilliseconds = 29_000;
/** Whoever can ask another cell does not wait for as long. */
const impatienceMilliseconds = 1_000;
const maxAttempts = 6;

/** What a client sends. */
export interface ClientCall {
    readonly path?: Readonly<Record<string, string>>;
    readonly body?: unknown;
    readonly key?: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Where it is repeated, if not where it was asked first. */
    readonly elsewhere?: SimulatedCell;
}

/** Repeats until there is an answer that will not change; undefined when the client gives up. */
export async function call(
    surroundings: Surroundings,
    cell: SimulatedCell,
    operationId: string,
    { path = {}, body, key, headers = {}, elsewhere = cell }: ClientCall,
): Promise<Reply | undefined> {
    const { kernel, random, count } = surroundings;
    const request: Request = {
        tenantId,
        requestId: key ?? "none",
        path,
        query: {},
        headers: key === undefined ? headers : { ...headers, "idempotency-key": key },
        body,
        fingerprint: JSON.stringify([operationId, path, body]),
    };
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        const asked = attempt === 1 ? cell : elsewhere;
        const patience = elsewhere === cell ? clientTimeoutMilliseconds : impatienceMilliseconds;
        const reply = await once(surroundings, asked, operationId, request, patience);
        if (reply !== "unknown" && reply !== "retry") {
            return reply;
        }
        if (key !== undefined && reply === "unknown") {
            count("requests repeated with their key");
            if (elsewhere !== cell) {
                count("checkouts repeated in another cell");
            }
        }
        await kernel.sleep(random.next() * 1_000 * attempt);
    }
    return undefined;
}

type Outcome = Reply | "unknown" | "retry" | undefined;

/** One attempt over a line that may lose the request or the answer. */
function once(
    { kernel, random, network }: Surroundings,
    cell: SimulatedCell,
    operationId: string,
    request: Request,
    patienceMilliseconds: number,
): Promise<Outcome> {
    const route = routes.get(operationId);
    const client = kernel.current();
    return new Promise((resolve) => {
        const answer = (outcome: Outcome) =>
            network.cross(0, cell.number, () => kernel.after(0, client, () => resolve(outcome)));
        kernel.after(patienceMilliseconds, client, () => resolve("unknown"));
        kernel.after(1 + random.next(), undefined, () => {
            if (cell.isClosed || route === undefined) {
                answer("retry");
                return;
            }
            const task = kernel.spawn(cell.number, functionOf(operationId), async () => {
                answer(await outcomeOf(route, request, cell));
            });
            kernel.expire(task, clientTimeoutMilliseconds);
        });
    });
}

async function outcomeOf(
    route: Route,
    request: Request,
    { services }: SimulatedCell,
): Promise<Outcome> {
    const session = services.session.within(clientTimeoutMilliseconds - 1_000);
    try {
        return await route.handle(request, { ...services, session });
    } catch (error) {
        if (!isFault(error)) {
            throw error;
        }
        const isPassing = ["conflict", "overloaded", "database_unavailable", "request_in_progress"];
        return isPassing.includes(error.code) ? "retry" : undefined;
    }
}

function functionOf(operationId: string): string {
    return operationId.endsWith("Order") ? "orders" : "catalog";
}

/** The id of what was created; undefined when it was not, or nobody knows. */
export function idOf(reply: Reply | undefined, member: string): string | undefined {
    const body = reply?.body as Readonly<Record<string, string>> | undefined;
    return reply?.status === 201 ? body?.[member] : undefined;
}
