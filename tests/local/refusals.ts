import type { Call } from "../support/local-shop";

/** An id that no cell has made. */
export const nobody = "00000000-0000-8000-8000-000000000002";
export const product = {
    name: "Desk lamp",
    description: "Warm light",
    price: 49.9,
    stock_quantity: 20,
    category: "lighting",
};
export const json = { "content-type": "application/json" };

/** A request and how it is refused. */
export interface Refusal {
    readonly what: string;
    readonly call: Call;
    readonly status: number;
    readonly code: string;
    /** Pointers of `errors`, in order. */
    readonly pointers?: readonly string[];
}

export const refusals: readonly Refusal[] = [
    {
        what: "an unknown route",
        call: { path: "/nowhere" },
        status: 404,
        code: "route_not_found",
    },
    {
        what: "a method that the path lacks",
        call: { method: "PUT", path: "/products", body: product },
        status: 405,
        code: "method_not_allowed",
    },
    {
        what: "a body that is no JSON",
        call: { path: "/products", body: '{"name":' },
        status: 400,
        code: "malformed_json",
    },
    {
        what: "a body of another type",
        call: { path: "/products", body: "<a/>", headers: { "content-type": "text/xml" } },
        status: 415,
        code: "unsupported_media_type",
    },
    {
        what: "a form that holds no JSON",
        call: {
            path: "/products",
            body: "name=lamp",
            headers: { "content-type": "application/x-www-form-urlencoded" },
        },
        status: 415,
        code: "unsupported_media_type",
    },
    {
        what: "a body above 256 KiB",
        call: { path: "/products", body: { ...product, description: "x".repeat(270_000) } },
        status: 413,
        code: "body_too_large",
    },
    {
        what: "missing members, each named",
        call: { path: "/products", body: { name: "Lamp", price: 1 } },
        status: 400,
        code: "invalid_request",
        pointers: ["/category", "/stock_quantity"],
    },
    {
        what: "wrong types and unknown members, each named",
        call: { path: "/products", body: { ...product, price: "1", stock_quantity: -1, x: 1 } },
        status: 400,
        code: "invalid_request",
        pointers: ["/price", "/stock_quantity", "/x"],
    },
    {
        what: "more digits than the currency has",
        call: { path: "/products", body: { ...product, price: 1.005 } },
        status: 400,
        code: "invalid_request",
        pointers: ["/price"],
    },
    {
        what: "a currency that does not exist",
        call: { path: "/products", body: { ...product, currency: "XYZ" } },
        status: 400,
        code: "invalid_request",
        pointers: ["/currency"],
    },
    {
        what: "an unknown query parameter",
        call: { path: "/products?colour=red" },
        status: 400,
        code: "invalid_request",
        pointers: ["/query/colour"],
    },
    {
        what: "a query parameter that every object has",
        call: { path: "/health?constructor=1" },
        status: 400,
        code: "invalid_request",
        pointers: ["/query/constructor"],
    },
    {
        what: "a query parameter that is a prototype",
        call: { path: "/products?__proto__=1" },
        status: 400,
        code: "invalid_request",
        pointers: ["/query/__proto__"],
    },
    {
        what: "a limit out of range",
        call: { path: "/products?limit=101" },
        status: 400,
        code: "invalid_request",
        pointers: ["/query/limit"],
    },
    {
        what: "a cursor that the API did not make",
        call: { path: "/products?cursor=abc" },
        status: 400,
        code: "invalid_cursor",
    },
    {
        what: "a list of orders without a customer",
        call: { path: "/orders" },
        status: 400,
        code: "invalid_request",
    },
    {
        what: "a product that does not exist",
        call: { path: `/products/${nobody}` },
        status: 404,
        code: "not_found",
    },
    {
        what: "an id that is none",
        call: { path: "/orders/42" },
        status: 404,
        code: "not_found",
    },
    {
        what: "an order without items",
        call: { path: "/orders", body: { customer_id: nobody, items: [] } },
        status: 400,
        code: "invalid_request",
        pointers: ["/items"],
    },
    {
        what: "an idempotency key with a space in it",
        call: {
            path: "/products",
            body: product,
            headers: { ...json, "idempotency-key": "two words" },
        },
        status: 400,
        code: "invalid_request",
        pointers: ["/headers/idempotency-key"],
    },
];
