import { promisify } from "node:util";
import * as zlib from "node:zlib";
import { headerText } from "./edge-request";
import type { OriginAnswer } from "./origin-client";

// Those that an API or its documents may have; CloudFront's list is longer.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html#compressed-content-cloudfront-file-types
const compressedTypes = new Set(
    [
        "application/javascript application/json application/rss+xml application/wasm",
        "application/xhtml+xml application/xml image/svg+xml text/css text/csv text/html",
        "text/javascript text/plain text/xml",
    ].flatMap((line) => line.split(" ")),
);

const minimumBytes = 1_000;
const maximumBytes = 10_000_000;

const gzip = promisify(zlib.gzip);
const brotli = promisify(zlib.brotliCompress);

/**
 * Compresses an answer as CloudFront does before it keeps it: where the size and type allow it and
 * the origin has not. A strong ETag becomes a weak one, because the bytes are others.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
 *
 * @param codings What the viewer accepts and the cache policy knows, the preferred one first.
 */
export async function compressed(
    answer: OriginAnswer,
    codings: readonly string[],
): Promise<OriginAnswer> {
    const [coding] = codings;
    const mediaType = headerText(answer.headers, "content-type")?.split(";")[0]?.trim();
    const isCompressible =
        coding !== undefined &&
        [200, 403, 404].includes(answer.status) &&
        compressedTypes.has(mediaType?.toLowerCase() ?? "") &&
        answer.headers.has("content-length") &&
        !answer.headers.has("content-encoding") &&
        answer.body.length >= minimumBytes &&
        answer.body.length <= maximumBytes;
    if (!isCompressible) {
        return answer;
    }
    const quality = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 5 } };
    const body = await (coding === "br" ? brotli(answer.body, quality) : gzip(answer.body));
    const headers = new Map(answer.headers);
    headers.set("content-encoding", [coding]);
    headers.set("vary", [...new Set([...(headers.get("vary") ?? []), "Accept-Encoding"])]);
    headers.delete("content-length");
    const entityTag = headerText(headers, "etag");
    if (entityTag?.startsWith('"')) {
        headers.set("etag", [`W/${entityTag}`]);
    }
    return { ...answer, headers, body };
}
