import type { APIGatewayProxyEvent } from "aws-lambda";
import { fault } from "../fault";
import { isId } from "../values/ids";

const maximumBytes = 256 * 1024;
const maximumValues = 5_000;

/**
 * Reads the JSON body of a request.
 *
 * A body without a type, or with the type that `curl -d` sends, is taken for JSON if it is JSON:
 * the first thing a newcomer types must work.
 * @returns the value; it holds at most 5,000 values and only text that PostgreSQL can store
 * @throws fault body_too_large, unsupported_media_type, malformed_json, invalid_request
 */
export function readBody(event: APIGatewayProxyEvent, contentType: string | undefined): unknown {
    const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
    if (bytes.length > maximumBytes) {
        throw fault("body_too_large", `The body has more than ${maximumBytes} bytes, the limit.`);
    }
    const isGuess = isGuessedType(contentType);
    if (!isGuess && !isJsonType(contentType)) {
        throw unsupported(contentType);
    }
    if (bytes.length === 0) {
        throw invalidBody("is required");
    }
    const body = parse(bytes, contentType);
    checkValues(body);
    return withIdsInLowerCase(body);
}

/**
 * What PostgreSQL cannot store as text, though JSON can say it: NUL and lone surrogates.
 * https://www.postgresql.org/docs/16/datatype-character.html
 */
export function isStorableText(text: string): boolean {
    return !/\0|\p{Surrogate}/u.test(text);
}

function isGuessedType(contentType: string | undefined): boolean {
    const type = mediaType(contentType);
    return type === "" || type === "application/x-www-form-urlencoded";
}

function isJsonType(contentType: string | undefined): boolean {
    const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(contentType ?? "")?.[1] ?? "utf-8";
    const type = mediaType(contentType);
    return /^application\/([\w.-]+\+)?json$/.test(type) && /^utf-?8$/i.test(charset);
}

function mediaType(contentType: string | undefined): string {
    return (contentType ?? "").split(";", 1).join("").trim().toLowerCase();
}

function unsupported(contentType: string | undefined): Error {
    return fault(
        "unsupported_media_type",
        `The Content-Type is "${contentType ?? ""}"; send JSON in UTF-8 as application/json.`,
        { headers: { Accept: "application/json" } },
    );
}

function parse(bytes: Buffer, contentType: string | undefined): unknown {
    try {
        return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    } catch (error) {
        if (mediaType(contentType) === "application/x-www-form-urlencoded") {
            throw unsupported(contentType);
        }
        const reason = error instanceof SyntaxError ? error.message : "it is not UTF-8";
        throw fault("malformed_json", `The body is not JSON: ${reason}.`, {
            errors: [{ pointer: "", detail: reason }],
        });
    }
}

/**
 * Bounds what the schema check has to walk and, for every text in the body, that it can be stored.
 * Without recursion: a body of a quarter megabyte can be nested 100,000 times.
 */
function checkValues(body: unknown): void {
    const waiting: unknown[] = [body];
    for (let count = 0; waiting.length > 0; count++) {
        const value = waiting.pop();
        if (count + waiting.length >= maximumValues) {
            throw invalidBody(`must have at most ${maximumValues} values`);
        }
        if (typeof value === "object" && value !== null) {
            for (const [name, member] of Object.entries(value)) {
                checkText(name);
                waiting.push(member);
            }
        }
        if (typeof value === "string") {
            checkText(value);
        }
    }
}

function checkText(text: string): void {
    if (!isStorableText(text)) {
        throw invalidBody("must not contain NUL characters or halves of characters");
    }
}

function invalidBody(detail: string): Error {
    const errors = [{ pointer: "", detail }];
    return fault("invalid_request", `The body is not valid: it ${detail}.`, { errors });
}

/** UUIDs are equal whatever their case, so two of the same product must look the same from here. */
function withIdsInLowerCase(value: unknown, name = "", depth = 0): unknown {
    if (typeof value === "string") {
        return name.endsWith("_id") && isId(value) ? value.toLowerCase() : value;
    }
    if (typeof value !== "object" || value === null || depth > 8) {
        return value;
    }
    if (Array.isArray(value)) {
        return value.map((item) => withIdsInLowerCase(item, name, depth + 1));
    }
    const members = Object.entries(value).map(([key, member]) => [
        key,
        withIdsInLowerCase(member, key, depth + 1),
    ]);
    return Object.fromEntries(members);
}
