import { readEnvironment } from "../environment";
import { type ApiHandler, apiHandler } from "../http/api";
import { statusRoutes } from "../status/status-routes";

/** The function `status`: the health of the cell, and the contract. */
export function statusHandler(variables: Readonly<Record<string, string | undefined>>): ApiHandler {
    return apiHandler(variables, statusRoutes(readEnvironment(variables).region));
}
