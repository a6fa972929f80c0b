import { type ApiHandler, apiHandler } from "../http/api";
import { orderRoutes } from "../orders/order-routes";

/**
 * The function that answers for orders.
 * @throws Error naming every variable that is missing or wrong
 */
export function ordersHandler(variables: Readonly<Record<string, string | undefined>>): ApiHandler {
    return apiHandler(variables, orderRoutes);
}
