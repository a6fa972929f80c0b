import { contract } from "../../app/http/contract";
import type { Operation } from "../../app/http/contract/document";

/**
 * Commands with which a newcomer tries the shop, made from the contract's own examples.
 * @param url a viewer's address
 */
export function exampleCommands(url: string): readonly string[] {
    return [
        post(url, "/products"),
        `curl ${url}/products`,
        post(url, "/customers"),
        post(url, "/orders", { customer_id: "CUSTOMER_ID", product_id: "PRODUCT_ID" }),
    ];
}

function post(url: string, path: string, placeholders: Record<string, string> = {}): string {
    const operation = (contract.paths[path] as { post?: Operation } | undefined)?.post;
    const example = operation?.requestBody?.content["application/json"]?.example ?? {};
    // The contract's ids are nobody's; the reader puts in those from the answers before.
    const body = JSON.stringify(example, (key, value) => placeholders[key] ?? value);
    return `curl ${url}${path} -d '${body.replaceAll("'", "'\\''")}'`;
}
