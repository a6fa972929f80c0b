import { productRoutes } from "../catalog/product-routes";
import { type ApiHandler, apiHandler } from "../http/api";
import type { Route } from "../http/operation";
import { stockRoutes } from "../inventory/stock-routes";

/** What the function `catalog` answers. */
export const catalogRoutes: readonly Route[] = [...productRoutes, ...stockRoutes];

/** The function `catalog`: products and stock. */
export function catalogHandler(
    variables: Readonly<Record<string, string | undefined>>,
): ApiHandler {
    return apiHandler(variables, catalogRoutes);
}
