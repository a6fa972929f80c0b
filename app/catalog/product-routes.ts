import { retryConflicts, staleRead } from "../database/retry";
import { fault } from "../fault";
import { createOnce } from "../http/idempotency";
import type { Reply, Request, Route, Services } from "../http/operation";
import { changed, entityTag, isUnchanged, matchesAny, requireMatch } from "../http/precondition";
import { insertGrant } from "../inventory/gift-store";
import { divideStock, tellTakers } from "../inventory/new-stock";
import { insertMovement, insertPool } from "../inventory/stock-store";
import { tellAll } from "../replication/notices";
import { newId } from "../values/ids";
import { decodeCursor, encodeCursor, type Position, pageLimit } from "../values/page";
import {
    changedTerms,
    type NewProduct,
    type Product,
    type ProductChanges,
    productBody,
    searchWords,
    termsOf,
} from "./product";
import { listProducts } from "./product-list-store";
import { deleteProduct, findProduct, insertProduct, updateProduct } from "./product-store";

/** A product has one writer. */
const homeOfProduct = { functionName: "catalog", idOf: productOf } as const;

/** The operations on products. */
export const productRoutes: readonly Route[] = [
    { operationId: "listProducts", handle: list },
    { operationId: "createProduct", handle: create },
    { operationId: "getProduct", handle: read },
    { operationId: "updateProduct", handle: update, atHome: homeOfProduct },
    { operationId: "deleteProduct", handle: remove, atHome: homeOfProduct },
];

// The edge answers for two seconds from what it holds, and while it looks again or the origin is
// away. A viewer's own cache asks each time: nobody could empty that.
const cacheControl = "public, max-age=0, s-maxage=2, stale-while-revalidate=8, stale-if-error=60";

/** How often a change with `If-Match: *` is tried when other changes are faster. */
const maxChangeAttempts = 3;

async function list(request: Request, { session }: Services): Promise<Reply> {
    const { category, q = "", cursor } = request.query;
    const limit = pageLimit(request.query["limit"]);
    const words = searchWords(q);
    const name = `products ${JSON.stringify([category ?? null, words])}`;
    const after = cursor === undefined ? undefined : decodeCursor(name, cursor);
    // One more than asked for tells whether there is a next page.
    const filter = { category, words, after, limit: limit + 1 };
    const found = await listProducts(session, request.tenantId, filter);
    const products = found.products.slice(0, limit);
    const last = found.products.length > limit ? products.at(-1) : undefined;
    const next: Position | undefined = last ? [last.createdAt, last.productId] : found.stoppedAt;
    return {
        status: 200,
        headers: { "Cache-Control": cacheControl },
        body: {
            products: products.map(productBody),
            next_cursor: next ? encodeCursor(name, next) : null,
        },
    };
}

async function create(request: Request, services: Services): Promise<Reply> {
    const { session, cell, neighbours } = services;
    const { tenantId } = request;
    const draft = request.body as NewProduct;
    const createdAt = new Date().toISOString();
    const product: Product = {
        ...termsOf(draft),
        productId: newId(cell.number),
        home: cell.number,
        version: 1,
        stockQuantity: draft.stock_quantity,
        createdAt,
        updatedAt: createdAt,
    };
    const { productId, stockQuantity } = product;
    const movement = {
        tenantId,
        productId,
        movementId: newId(cell.number),
        quantity: stockQuantity,
        reason: "receipt",
        createdAt,
    };
    const { own, gifts } = divideStock(services, stockQuantity);
    const row = { tenantId, ref: productId, changedAt: createdAt };
    const reply = await createOnce(session, {
        request,
        resourceId: productId,
        askedAt: createdAt,
        idConstraint: "product_pkey",
        statements: [
            insertProduct(tenantId, product),
            insertPool(tenantId, productId, 0, own),
            ...(stockQuantity === 0 ? [] : [insertMovement(movement)]),
            ...gifts.map(({ taker, given }) =>
                insertGrant(tenantId, productId, { donor: cell.number, taker }, given),
            ),
            ...tellAll(services, { ...row, kind: "product" }),
            ...tellTakers(services, gifts, { ...row, kind: "grant" }),
        ],
        answer: () => created(product),
        read: async (resourceId) => {
            const stored = await findProduct(session, tenantId, resourceId);
            return stored === undefined ? undefined : created(stored);
        },
    });
    await neighbours.wakeRelay();
    return reply;
}

async function read(request: Request, services: Services): Promise<Reply> {
    const product = await existing(request, services);
    const headers = { ETag: tagOf(product), "Cache-Control": cacheControl };
    return isUnchanged(request, headers.ETag)
        ? { status: 304, headers }
        : { status: 200, headers, body: productBody(product) };
}

async function update(request: Request, services: Services): Promise<Reply> {
    const changes = request.body as ProductChanges;
    const product = await changeExisting(request, services, (stored) =>
        updateProduct(services.session, {
            ...guardOf(request, services, stored),
            terms: changedTerms(stored, changes),
        }),
    );
    await services.neighbours.wakeRelay();
    const headers = { ETag: tagOf(product) };
    return { status: 200, headers, body: productBody(product) };
}

async function remove(request: Request, services: Services): Promise<Reply> {
    await changeExisting(request, services, async (stored) =>
        (await deleteProduct(services.session, guardOf(request, services, stored)))
            ? stored
            : undefined,
    );
    await services.neighbours.wakeRelay();
    return { status: 204 };
}

/**
 * Reads the product, checks `If-Match` and changes the version that was read; with `If-Match: *`
 * it starts over when another change was faster.
 * @param change resolves to undefined when that version is no longer stored
 */
function changeExisting(
    request: Request,
    services: Services,
    change: (stored: Product) => Promise<Product | undefined>,
): Promise<Product> {
    return retryConflicts(
        async () => {
            const stored = await existing(request, services);
            requireMatch(request, stored.version);
            const product = await change(stored);
            if (product !== undefined) {
                return product;
            }
            throw matchesAny(request)
                ? staleRead("The product was changed by others meanwhile.", undefined)
                : changed();
        },
        { maxAttempts: maxChangeAttempts },
    );
}

function guardOf({ tenantId }: Request, services: Services, stored: Product) {
    const { productId, version } = stored;
    const updatedAt = new Date().toISOString();
    const row = { tenantId, kind: "product", ref: productId, changedAt: updatedAt } as const;
    const notices = tellAll(services, row);
    return { tenantId, productId, expectedVersion: version, updatedAt, notices };
}

async function existing(request: Request, { session }: Services): Promise<Product> {
    const productId = productOf(request);
    const product = await findProduct(session, request.tenantId, productId);
    if (product === undefined) {
        throw fault("not_found", `There is no product ${productId}.`);
    }
    return product;
}

function productOf(request: Request): string {
    return request.path["product_id"] ?? "";
}

/** Covers all that the answer shows: orders change the stock without raising the version. */
function tagOf({ version, stockQuantity }: Product): string {
    return entityTag(version, stockQuantity);
}

function created(product: Product): Reply {
    return {
        status: 201,
        headers: {
            Location: `/products/${product.productId}`,
            ETag: tagOf(product),
        },
        body: productBody(product),
    };
}
