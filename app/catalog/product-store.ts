import type { Row, Session, Statement } from "../database/session";
import { knownUnits } from "../inventory/known-units";
import type { Currency } from "../values/money";
import { isoTime } from "../values/time";
import { type Product, type ProductTerms, searchText } from "./product";

/** A change of a product that holds only for one version of it. */
export interface ProductUpdate {
    readonly tenantId: string;
    readonly productId: string;
    readonly expectedVersion: number;
    readonly terms: ProductTerms;
    /** ISO 8601, milliseconds. */
    readonly updatedAt: string;
    /** What else the same transaction does: has the other cells told. */
    readonly notices?: readonly Statement[];
}

/** Inserts a product. Fails with 23505 on `product_pkey` when the id exists. */
export function insertProduct(tenantId: string, product: Product): Statement {
    return {
        name: "insert-product",
        text: `INSERT INTO shop.product
                   (tenant_id, product_id, home, version, deleted, name, description, category,
                    search_text, price_minor, currency, created_at, updated_at)
               VALUES ($1, $2::uuid, $3::smallint, $4::bigint, false, $5, $6, $7,
                       $8, $9::bigint, $10, $11::timestamptz, $12::timestamptz)`,
        values: [
            tenantId,
            product.productId,
            product.home,
            product.version,
            product.name,
            product.description,
            product.category,
            searchText(product),
            String(product.priceMinor),
            product.currency,
            product.createdAt,
            product.updatedAt,
        ],
    };
}

/** Reads a product; undefined when there is none or it was deleted. */
export async function findProduct(
    session: Session,
    tenantId: string,
    productId: string,
): Promise<Product | undefined> {
    const rows = await session.query({
        name: "find-product",
        text: `SELECT product_id::text, name, description, category, price_minor, currency, home,
                      version, created_at, updated_at,
                      ${knownUnits} AS stock_quantity
               FROM shop.product AS listed
               WHERE tenant_id = $1 AND product_id = $2::uuid AND NOT deleted`,
        values: [tenantId, productId],
    });
    return firstProduct(rows);
}

/**
 * Changes a product if it still has the expected version; undefined when it has not.
 *
 * A statement whose answer was lost is sent again, and then it has raised the version already. It
 * knows its own work by the version, the time and every term, so the repeat succeeds as well.
 */
export async function updateProduct(
    session: Session,
    update: ProductUpdate,
): Promise<Product | undefined> {
    const { terms } = update;
    const statement: Statement = {
        name: "update-product",
        text: `UPDATE shop.product AS listed
               SET version = $3::bigint + 1, updated_at = $4::timestamptz, name = $5,
                   description = $6, category = $7, price_minor = $8::bigint, currency = $9,
                   search_text = $10
               WHERE tenant_id = $1 AND product_id = $2::uuid AND NOT deleted
                 AND (version = $3::bigint
                      OR (version = $3::bigint + 1 AND updated_at = $4::timestamptz AND name = $5
                          AND description = $6 AND category = $7 AND price_minor = $8::bigint
                          AND currency = $9))
               RETURNING product_id::text, name, description, category, price_minor, currency,
                         home, version, created_at, updated_at,
                         ${knownUnits} AS stock_quantity`,
        values: [
            update.tenantId,
            update.productId,
            update.expectedVersion,
            update.updatedAt,
            terms.name,
            terms.description,
            terms.category,
            String(terms.priceMinor),
            terms.currency,
            searchText(terms),
        ],
    };
    const [rows = []] = await session.transact([statement, ...(update.notices ?? [])]);
    return firstProduct(rows);
}

/**
 * Marks a product as deleted if it still has the expected version; says whether it had. It is kept,
 * because orders refer to it. Safe to repeat, as `updateProduct`.
 */
export async function deleteProduct(
    session: Session,
    { tenantId, productId, expectedVersion, updatedAt, notices = [] }: Omit<ProductUpdate, "terms">,
): Promise<boolean> {
    const statement: Statement = {
        name: "delete-product",
        text: `UPDATE shop.product
               SET version = $3::bigint + 1, updated_at = $4::timestamptz, deleted = true
               WHERE tenant_id = $1 AND product_id = $2::uuid
                 AND ((version = $3::bigint AND NOT deleted)
                      OR (version = $3::bigint + 1 AND deleted AND updated_at = $4::timestamptz))
               RETURNING version`,
        values: [tenantId, productId, expectedVersion, updatedAt],
    };
    const [rows = []] = await session.transact([statement, ...notices]);
    return rows.length > 0;
}

function firstProduct([row]: readonly Row[]): Product | undefined {
    return row === undefined ? undefined : productOfRow(row);
}

/** A product of a row that has its columns and `stock_quantity`. */
export function productOfRow(row: Row): Product {
    return {
        productId: String(row["product_id"]),
        name: String(row["name"]),
        description: String(row["description"]),
        category: String(row["category"]),
        priceMinor: BigInt(String(row["price_minor"])),
        currency: String(row["currency"]) as Currency,
        home: Number(row["home"]),
        version: Number(row["version"]),
        stockQuantity: Number(row["stock_quantity"]),
        createdAt: isoTime(row["created_at"]),
        updatedAt: isoTime(row["updated_at"]),
    };
}
