import type { Session, SqlValue, Statement } from "../database/session";
import { knownUnits } from "../inventory/known-units";
import type { Position } from "../values/page";
import { isoTime } from "../values/time";
import type { Product } from "./product";
import { productOfRow } from "./product-store";

/** Which products to list. */
export interface ProductFilter {
    readonly category: string | undefined;
    /** All of these, folded, must be in the name or the description. */
    readonly words: readonly string[];
    /** The list starts after this product; undefined for the first page. */
    readonly after: Position | undefined;
    readonly limit: number;
    /** How many products a search looks at before it stops; 2,000 by default. */
    readonly scanLimit?: number;
}

/** Part of a list, newest first. */
export interface ProductPage {
    readonly products: readonly Product[];
    /**
     * The last product that a search looked at before it had found enough; the list goes on after
     * it. Undefined where everything was looked at.
     */
    readonly stoppedAt: Position | undefined;
}

// Later than any product, so that the first page needs no statement of its own.
const start: Position = ["9999-12-31T23:59:59.999Z", "ffffffff-ffff-ffff-ffff-ffffffffffff"];

/**
 * Lists products, newest first. No index knows words, so a search reads products until it has found
 * enough, and never more than `scanLimit` for one page.
 */
export async function listProducts(
    session: Session,
    tenantId: string,
    { category, words, after = start, limit, scanLimit = 2_000 }: ProductFilter,
): Promise<ProductPage> {
    const shared = [tenantId, words, ...after, limit, scanLimit];
    const list: Statement =
        category === undefined
            ? { name: "list-products", text: listText, values: shared }
            : { name: "list-category", text: listCategoryText, values: [...shared, category] };
    if (words.length === 0) {
        const rows = await session.query(list);
        return { products: rows.map(productOfRow), stoppedAt: undefined };
    }
    const last = findLastScanned([tenantId, ...after, scanLimit - 1], category);
    const [rows = [], lastRows = []] = await session.transact([list, last]);
    const [lastRow] = lastRows;
    return {
        products: rows.map(productOfRow),
        stoppedAt: lastRow && [isoTime(lastRow["created_at"]), String(lastRow["product_id"])],
    };
}

function findLastScanned(values: readonly SqlValue[], category: string | undefined): Statement {
    return category === undefined
        ? { name: "find-last-scanned", text: lastScannedText, values }
        : {
              name: "find-last-scanned-of-category",
              text: lastScannedOfCategoryText,
              values: [...values, category],
          };
}

// The page is cut before the units are summed up, so only its own rows are looked up.
const listText = `
    SELECT product_id::text, name, description, category, price_minor, currency, home, version,
           created_at, updated_at,
           ${knownUnits} AS stock_quantity
    FROM (SELECT *
          FROM (SELECT *
                FROM shop.product
                WHERE tenant_id = $1 AND NOT deleted
                  AND (created_at, product_id) < ($3::timestamptz, $4::uuid)
                ORDER BY created_at DESC, product_id DESC
                LIMIT $6::integer) AS scanned
          WHERE NOT EXISTS (SELECT 1 FROM unnest($2::text[]) AS word
                            WHERE strpos(scanned.search_text, word) = 0)
          ORDER BY created_at DESC, product_id DESC
          LIMIT $5::integer) AS listed
    ORDER BY listed.created_at DESC, listed.product_id DESC`;

const listCategoryText = `
    SELECT product_id::text, name, description, category, price_minor, currency, home, version,
           created_at, updated_at,
           ${knownUnits} AS stock_quantity
    FROM (SELECT *
          FROM (SELECT *
                FROM shop.product
                WHERE tenant_id = $1 AND category = $7 AND NOT deleted
                  AND (created_at, product_id) < ($3::timestamptz, $4::uuid)
                ORDER BY created_at DESC, product_id DESC
                LIMIT $6::integer) AS scanned
          WHERE NOT EXISTS (SELECT 1 FROM unnest($2::text[]) AS word
                            WHERE strpos(scanned.search_text, word) = 0)
          ORDER BY created_at DESC, product_id DESC
          LIMIT $5::integer) AS listed
    ORDER BY listed.created_at DESC, listed.product_id DESC`;

const lastScannedText = `
    SELECT created_at, product_id::text
    FROM shop.product
    WHERE tenant_id = $1 AND NOT deleted
      AND (created_at, product_id) < ($2::timestamptz, $3::uuid)
    ORDER BY created_at DESC, product.product_id DESC
    OFFSET $4::integer LIMIT 1`;

const lastScannedOfCategoryText = `
    SELECT created_at, product_id::text
    FROM shop.product
    WHERE tenant_id = $1 AND category = $5 AND NOT deleted
      AND (created_at, product_id) < ($2::timestamptz, $3::uuid)
    ORDER BY created_at DESC, product.product_id DESC
    OFFSET $4::integer LIMIT 1`;
