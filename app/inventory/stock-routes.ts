import { retryConflicts, staleRead } from "../database/retry";
import type { Row, Session, Statement } from "../database/session";
import { isRefusal } from "../database/sqlstate";
import { fault } from "../fault";
import { createOnce } from "../http/idempotency";
import type { Reply, Request, Route, Services } from "../http/operation";
import { findKnownStock, readKnownStock } from "../replication/gauge-store";
import { newId } from "../values/ids";
import { type Pool, planChange, totalAvailable } from "./stock";
import {
    assertProductExists,
    changePools,
    findPools,
    insertMovement,
    openPools,
    readHeld,
    readPools,
} from "./stock-store";
import { viewStock } from "./stock-view";

/** The operations on the stock of a product. */
export const stockRoutes: readonly Route[] = [
    { operationId: "getStock", handle: read },
    { operationId: "changeStock", handle: change },
];

/** The body of `changeStock`, as the contract lets it through. */
interface StockChange {
    readonly quantity: number;
    readonly reason: "receipt" | "correction";
    readonly shards?: number;
}

async function read(request: Request, services: Services): Promise<Reply> {
    const productId = productOf(request);
    const rows = await services.session.transact(findAll(request.tenantId, productId));
    if (readPools(rows[0] ?? []) === undefined) {
        throw unknownProduct(productId);
    }
    return { status: 200, body: stockBody(productId, services, rows) };
}

/**
 * Plans the change from the pools as they are and lets the database refuse it if they have changed
 * since. What was wrong is only found out then: a request that repeats an `Idempotency-Key` has to
 * be answered as it was the first time, even when its units are gone by now.
 */
async function change(request: Request, services: Services): Promise<Reply> {
    const { session, cell } = services;
    const stockChange = request.body as StockChange;
    refuseSenseless(stockChange);
    const movementId = newId(cell.number);
    const createdAt = new Date().toISOString();
    return retryConflicts(async () => {
        try {
            return await attempt(request, services, stockChange, movementId, createdAt);
        } catch (error) {
            if (!isRefusal(error)) {
                throw error;
            }
            const pools = await findStock(session, request.tenantId, productOf(request));
            refuseBelowZero(pools, stockChange.quantity);
            throw staleRead("The pools changed after the change was planned.", error);
        }
    });
}

async function attempt(
    request: Request,
    services: Services,
    { quantity, reason, shards }: StockChange,
    movementId: string,
    createdAt: string,
): Promise<Reply> {
    const { tenantId } = request;
    const { session } = services;
    const productId = productOf(request);
    const pools = readPools(await session.query(findPools(tenantId, productId))) ?? [];
    const changes = planChange(pools, quantity, shards);
    const answer = (id: string, rows: readonly (readonly Row[])[]): Reply => ({
        status: 201,
        headers: { Location: `/products/${productId}/stock` },
        body: { movement_id: id, ...stockBody(productId, services, rows) },
    });
    return createOnce(session, {
        request,
        resourceId: movementId,
        askedAt: createdAt,
        idConstraint: "stock_movement_pkey",
        statements: [
            assertProductExists(tenantId, productId),
            insertMovement({ tenantId, productId, movementId, quantity, reason, createdAt }),
            openPools(
                tenantId,
                productId,
                changes.map(({ shard }) => shard),
            ),
            changePools(
                tenantId,
                productId,
                changes.filter(({ units }) => units !== 0),
            ),
            ...findAll(tenantId, productId),
        ],
        answer: (rows) => answer(movementId, rows.slice(-4)),
        read: async (id) => answer(id, await session.transact(findAll(tenantId, productId))),
    });
}

async function findStock(
    session: Session,
    tenantId: string,
    productId: string,
): Promise<readonly Pool[]> {
    const pools = readPools(await session.query(findPools(tenantId, productId)));
    if (pools === undefined) {
        throw unknownProduct(productId);
    }
    return pools;
}

function unknownProduct(productId: string): Error {
    return fault("not_found", `There is no product ${productId}.`);
}

/** Four statements: the pools, and what is known of the other cells. */
function findAll(tenantId: string, productId: string): readonly Statement[] {
    return [findPools(tenantId, productId), ...findKnownStock(tenantId, [productId])];
}

// JSON Schema's draft 4 can express neither of these two rules.
function refuseSenseless({ quantity, reason }: StockChange): void {
    const detail =
        quantity === 0
            ? "must not be 0: nothing would change"
            : reason === "receipt" && quantity < 0
              ? "must be positive for a receipt; use the reason correction to take units away"
              : undefined;
    if (detail !== undefined) {
        throw fault("invalid_request", `The quantity ${detail}.`, {
            errors: [{ pointer: "/quantity", detail }],
        });
    }
}

function refuseBelowZero(pools: readonly Pool[], quantity: number): void {
    const available = totalAvailable(pools);
    if (available + quantity < 0) {
        const detail = `only ${available} units are available in this cell`;
        throw fault("stock_below_zero", `Cannot take ${-quantity} units away: ${detail}.`, {
            members: { available },
            errors: [{ pointer: "/quantity", detail }],
        });
    }
}

function stockBody(
    productId: string,
    { cell, neighbours }: Services,
    [poolRows = [], ...knownRows]: readonly (readonly Row[])[],
) {
    const facts = {
        pools: readPools(poolRows) ?? [],
        held: readHeld(poolRows),
        known: readKnownStock(knownRows)(productId),
    };
    return { product_id: productId, ...viewStock(cell, neighbours.cells, facts, new Date()) };
}

function productOf(request: Request): string {
    return (request.path["product_id"] ?? "").toLowerCase();
}
