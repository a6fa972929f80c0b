import { Sha256 } from "@smithy/core/checksum";
import { HttpRequest } from "@smithy/core/protocols";
import { SignatureV4 } from "@smithy/signature-v4";
import type { Credentials } from "../environment";

/** A request to a service of AWS, or to an API that wants AWS's signature. */
export interface SignedCall {
    /** `execute-api` or `sqs`. */
    readonly service: string;
    /** Of whoever answers. */
    readonly region: string;
    readonly method: string;
    readonly url: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: string;
    /** From the first byte sent to the last one received. */
    readonly timeoutMilliseconds: number;
}

export interface SignedAnswer {
    readonly status: number;
    readonly headers: Readonly<Record<string, string>>;
    readonly body: string;
}

/** Sends a request; rejects when nobody answers in time, with whatever `fetch` says. */
export type SignedFetch = (call: SignedCall) => Promise<SignedAnswer>;

// More than anything that cells tell each other; SQS's answers are far smaller.
const maxAnswerBytes = 6 * 1024 * 1024;

/**
 * Signs requests with Signature Version 4 and sends them. The signer is the one that the tokens of
 * the database are made with, so it costs a function nothing to have it.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
export function createSignedFetch(
    credentials: Credentials,
    send: typeof fetch = fetch,
): SignedFetch {
    return async (call) => {
        const { hostname, port, protocol, pathname, searchParams, host } = new URL(call.url);
        const signer = new SignatureV4({
            service: call.service,
            region: call.region,
            credentials,
            sha256: Sha256,
        });
        const signed = await signer.sign(
            new HttpRequest({
                method: call.method,
                protocol,
                hostname,
                ...(port === "" ? {} : { port: Number(port) }),
                path: pathname,
                query: Object.fromEntries(searchParams),
                headers: { ...call.headers, host },
                body: call.body,
            }),
        );
        const { host: _, ...headers } = signed.headers;
        const response = await send(call.url, {
            method: call.method,
            headers,
            ...(call.body === undefined ? {} : { body: call.body }),
            redirect: "error",
            // What is left of a budget is a fraction, which the signal refuses.
            signal: AbortSignal.timeout(Math.max(1, Math.ceil(call.timeoutMilliseconds))),
        });
        return {
            status: response.status,
            headers: Object.fromEntries(response.headers),
            body: await readText(response),
        };
    };
}

async function readText(response: Response): Promise<string> {
    const declared = Number(response.headers.get("content-length") ?? 0);
    const text = declared > maxAnswerBytes ? undefined : await response.text();
    if (text === undefined || text.length > maxAnswerBytes) {
        throw new Error(`The answer is larger than ${maxAnswerBytes} bytes.`);
    }
    return text;
}
