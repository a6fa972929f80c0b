import { fault } from "../fault";
import type { Request } from "./operation";

/**
 * The strong entity tag of a row's version: `"v7"`. What an answer shows beside the row, for example
 * how many units are left, changes without the version and is named after it: `"v7.20"`.
 */
export function entityTag(version: number, beside?: number): string {
    return beside === undefined ? `"v${version}"` : `"v${version}.${beside}"`;
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
    // Only the version is guarded: units that were sold meanwhile are no reason to refuse.
    const versions = tagsOf(header).map((tag) => tag.replace(/^"v(\d+)\.\d+"$/, '"v$1"'));
    if (!versions.includes("*") && !versions.includes(entityTag(version))) {
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

/** Whether `If-None-Match` names the tag of what would be answered, so that 304 is the answer. */
export function isUnchanged(request: Request, tag: string): boolean {
    const tags = tagsOf(request.headers["if-none-match"] ?? "");
    return tags.includes("*") || tags.includes(tag);
}

function tagsOf(header: string): readonly string[] {
    // CloudFront weakens a strong tag when it compresses an answer, and a client can only send
    // back what it was given, so `W/` is accepted for If-Match too: the tag counts versions.
    // https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/ServingCompressedFiles.html
    return header.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
}
