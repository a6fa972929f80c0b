import { customerRequestPaths, customerRequestSchemas } from "./customer-requests";
import {
    type OperationRequest,
    type PathEntry,
    pathEntries,
    type RequestPaths,
    type Schemas,
} from "./document";
import { orderRequestPaths, orderRequestSchemas } from "./order-requests";
import { productRequestPaths, productRequestSchemas } from "./product-requests";
import { statusRequestPaths } from "./status-requests";
import { stockRequestPaths, stockRequestSchemas } from "./stock-requests";

/**
 * The part of the contract that every function carries: what requests are matched to and checked
 * against. Its descriptions and answers are several times as large, and would be compiled at each
 * start of each function to be read by one.
 */
export const requestPaths: RequestPaths = {
    ...productRequestPaths,
    ...stockRequestPaths,
    ...customerRequestPaths,
    ...orderRequestPaths,
    ...statusRequestPaths,
};

/** The schemas of request bodies. */
export const requestSchemas: Schemas = {
    ...productRequestSchemas,
    ...stockRequestSchemas,
    ...customerRequestSchemas,
    ...orderRequestSchemas,
};

/** Every operation with its path and method. */
export function operationRequests(): readonly PathEntry<OperationRequest>[] {
    return pathEntries(requestPaths);
}
