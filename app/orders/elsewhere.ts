import { fault } from "../fault";
import { readFrom } from "../http/forwarding";
import { writtenJson } from "../http/json";
import type { Reply, Request, Services } from "../http/operation";
import { homeOf } from "../values/ids";

/**
 * Answers a repeated checkout with the order that an earlier request of it placed in another cell;
 * undefined when there is no such order any more.
 * @throws fault cell_unreachable: placing another order instead would be the worse answer
 */
export async function readElsewhere(
    { neighbours }: Services,
    { requestId }: Request,
    orderId: string,
): Promise<Reply | undefined> {
    const home = homeOf(orderId);
    const target = { neighbours, home, functionName: "orders" } as const;
    const { statusCode, headers, body } = await readFrom(target, `/orders/${orderId}`, requestId);
    if (statusCode === 404) {
        return undefined;
    }
    if (statusCode !== 200) {
        throw fault(
            "cell_unreachable",
            `Cell ${home}, which has the order of this key, answers ${statusCode}. Repeat the request shortly.`,
        );
    }
    return {
        status: 201,
        headers: { Location: `/orders/${orderId}`, ETag: String(headers?.["ETag"]) },
        body: writtenJson(body),
    };
}
