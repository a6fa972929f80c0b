import { createHash, timingSafeEqual } from "node:crypto";
import type { APIGatewayProxyEvent } from "aws-lambda";
import { headerOf } from "./event-header";

/** Whether an API may answer an event. */
export type Admission = (event: APIGatewayProxyEvent) => boolean;

/** What the edge sends its secret in. */
const secretHeader = "x-origin-verify";

// The health checks come from monitors, and the cells' requests to each other are signed, which API
// Gateway checks; both go past the edge.
const openPaths = ["/health"];
const signedPaths = "/internal/";

/**
 * Admits what came through the edge, which alone knows the secret. Any of several counts, so that
 * one can take the place of another. How long a comparison takes tells nothing of a secret: hashes
 * of one length are compared whole, and each of them.
 */
export function admitFromEdge(secrets: readonly string[]): Admission {
    const accepted = secrets.map(hashOf);
    return (event) => {
        if (openPaths.includes(event.path) || event.path.startsWith(signedPaths)) {
            return true;
        }
        const presented = hashOf(headerOf(event, secretHeader) ?? "");
        return accepted.filter((secret) => timingSafeEqual(secret, presented)).length > 0;
    };
}

function hashOf(secret: string): Buffer {
    return createHash("sha256").update(secret).digest();
}
