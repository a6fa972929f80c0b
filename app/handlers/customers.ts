import { customerRoutes } from "../customers/customer-routes";
import { type ApiHandler, apiHandler } from "../http/api";

/** The function `customers`. */
export function customersHandler(
    variables: Readonly<Record<string, string | undefined>>,
): ApiHandler {
    return apiHandler(variables, customerRoutes);
}
