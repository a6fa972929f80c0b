import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import { headerOf } from "./event-header";

/** What an answer is fitted to its viewer with. */
interface Answering {
    readonly event: APIGatewayProxyEvent;
    /** The name of the cell that answers. */
    readonly cell: string;
    readonly nowMilliseconds: number;
}

/** For so long a viewer is sent back to the cell that it wrote in; then copies have arrived. */
const stickySeconds = 30;

/** The edge's router says in it which cell it would have had answer. */
const viewerCellHeader = "x-viewer-cell";

const readingMethods = ["GET", "HEAD", "OPTIONS"];

/**
 * Fits an answer to the viewer behind it:
 *
 * - a write that succeeded leaves a cookie, by which the edge sends the viewer's next requests to the
 *   cell that has the write. A cell that only passes the answer of a row's home on leaves the
 *   home's cookie as it is;
 * - an answer that CloudFront got here because another cell failed must not be kept, because it
 *   would be kept under that other cell's name.
 */
export function fitToViewer(
    result: APIGatewayProxyResult,
    { event, cell, nowMilliseconds }: Answering,
): APIGatewayProxyResult {
    const viewerCell = headerOf(event, viewerCellHeader);
    const isElsewhere = viewerCell !== undefined && viewerCell !== cell;
    const isWritten =
        !readingMethods.includes(event.httpMethod) &&
        result.statusCode >= 200 &&
        result.statusCode < 300;
    const cookie: Readonly<Record<string, string>> = isWritten
        ? { "Set-Cookie": stickyCookie(cell, nowMilliseconds) }
        : {};
    return {
        ...result,
        headers: {
            ...cookie,
            ...result.headers,
            ...(isElsewhere ? { "Cache-Control": "no-store" } : {}),
        },
    };
}

/** Shops that embed the API from another site send it, too; hence `SameSite=None`. */
function stickyCookie(cell: string, nowMilliseconds: number): string {
    const stamp = `${cell}.${Math.floor(nowMilliseconds / 1_000)}`;
    return `shop_wrote=${stamp}; Max-Age=${stickySeconds}; Path=/; Secure; HttpOnly; SameSite=None`;
}
