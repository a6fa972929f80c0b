import { fault } from "../fault";
import type { Request } from "./operation";

/** The strong entity tag of a row's version: `"v7"`. */
export function entityTag(version: number): string {
    return `"v${version}"`;
}

/**
 * Checks `If-Match` against the version that is stored.
 * @throws fault precondition_required (428) without the header, precondition_failed (412) when it
 * names another version
 */
export function requireMatch(request: Request, version: number): void {
    const header = request.headers["if-match"];
    if (header === undefined) {
        throw fault(
            "precondition_required",
            "Send If-Match with the ETag you have read, or * to change whatever is stored.",
        );
    }
    if (!matches(header, version)) {
        throw changed(version);
    }
}

/** The fault for a row that has another version than the client has read. */
export function changed(version?: number): Error {
    const now = version === undefined ? "" : ` It is now ${entityTag(version)}.`;
    return fault(
        "precondition_failed",
        `It has changed since the version that If-Match names.${now} Read it again, then repeat.`,
        version === undefined ? {} : { headers: { ETag: entityTag(version) } },
    );
}

/** Whether `If-Match` is `*`: the client wants its change whatever the version. */
export function matchesAny(request: Request): boolean {
    return request.headers["if-match"]?.trim() === "*";
}

/** Whether `If-None-Match` names the version that is stored, so that 304 is the answer. */
export function isUnchanged(request: Request, version: number): boolean {
    const header = request.headers["if-none-match"];
    return header !== undefined && matches(header, version);
}

function matches(header: string, version: number): boolean {
    // CloudFront weakens a strong tag when it compresses an answer, and a client can only send
    // back what it was given, so `W/` is accepted for If-Match too: the tag counts versions.
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    const tags = header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
    return tags.includes("*") || tags.includes(entityTag(version));
}
