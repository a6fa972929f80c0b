import { fault } from "../fault";
import {
    type Currency,
    defaultCurrency,
    isCurrency,
    parseAmount,
    toDecimal,
} from "../values/money";

/** What a client may say about a product. */
export interface ProductTerms {
    readonly name: string;
    readonly description: string;
    readonly category: string;
    readonly priceMinor: bigint;
    readonly currency: Currency;
}

/** A product as it is stored, with the units this cell can sell. */
export interface Product extends ProductTerms {
    readonly productId: string;
    /** The number of the cell that may change it. */
    readonly home: number;
    readonly version: number;
    readonly stockQuantity: number;
    /** ISO 8601, milliseconds. */
    readonly createdAt: string;
    readonly updatedAt: string;
}

/** The body of createProduct, valid for its schema. */
export interface NewProduct {
    readonly name: string;
    readonly description?: string;
    readonly price: number;
    readonly currency?: string;
    readonly category: string;
    readonly stock_quantity: number;
}

/** The body of updateProduct, valid for its schema. */
export type ProductChanges = Partial<Omit<NewProduct, "stock_quantity">>;

/** @throws fault invalid_request for a currency that is none and a price it has no digits for */
export function termsOf(draft: NewProduct): ProductTerms {
    const currency = currencyOf(draft.currency ?? defaultCurrency);
    return {
        name: draft.name,
        description: draft.description ?? "",
        category: draft.category,
        priceMinor: parseAmount(draft.price, currency),
        currency,
    };
}

/**
 * The terms of a product after a change.
 * @throws fault invalid_request as `termsOf`, and for a currency without a price, because the
 * same number means another amount in another currency
 */
export function changedTerms(stored: ProductTerms, changes: ProductChanges): ProductTerms {
    if (changes.currency !== undefined && changes.price === undefined) {
        const detail = "can change only together with the price";
        throw fault("invalid_request", `The currency ${detail}; send both.`, {
            errors: [{ pointer: "/currency", detail }],
        });
    }
    const currency =
        changes.currency === undefined ? stored.currency : currencyOf(changes.currency);
    return {
        name: changes.name ?? stored.name,
        description: changes.description ?? stored.description,
        category: changes.category ?? stored.category,
        priceMinor:
            changes.price === undefined ? stored.priceMinor : parseAmount(changes.price, currency),
        currency,
    };
}

/** The text a product is found by: PostgreSQL's C collation would fold only ASCII letters. */
export function searchText({
    name,
    description,
}: Pick<ProductTerms, "name" | "description">): string {
    return folded(`${name}\n${description}`);
}

/** The words of a search, folded as `searchText` is, each once. */
export function searchWords(query: string): readonly string[] {
    return [...new Set(folded(query).split(/\s+/).filter(Boolean))].sort();
}

/** A product as clients see it. */
export function productBody(product: Product): Readonly<Record<string, unknown>> {
    return {
        product_id: product.productId,
        name: product.name,
        description: product.description,
        price: toDecimal(product.priceMinor, product.currency),
        currency: product.currency,
        category: product.category,
        stock_quantity: product.stockQuantity,
        version: product.version,
        home: product.home,
        created_at: product.createdAt,
        updated_at: product.updatedAt,
    };
}

function currencyOf(text: string): Currency {
    if (isCurrency(text)) {
        return text;
    }
    const detail = `"${text}" is not an active ISO 4217 currency; use for example USD`;
    throw fault("invalid_request", `The currency ${detail}.`, {
        errors: [{ pointer: "/currency", detail }],
    });
}

function folded(text: string): string {
    return text.normalize("NFKC").toLowerCase();
}
