import * as http from "node:http";
import type { AddressInfo } from "node:net";
import { type AuthorizeCaller, nobody } from "./caller";
import { type ContextVariables, renderTemplate } from "./context-variables";
import { type GatewayApi, readDocument } from "./document";
import { type Exchange, exchange, type Invoke, payloadMaxBytes, type StageParts } from "./exchange";
import { errorVariables, type Refusal, renderRefusal } from "./gateway-response";
import type { ProxyAnswer } from "./proxy-answer";
import { type GatewayRequest, headerValue, requestVariables } from "./proxy-event";
import { headersBytes, headersMaxBytes, readRequest } from "./request-reader";
import { compressAnswer, type GatewayAnswer, sendAnswer } from "./response-writer";
import { createTokenBucket } from "./token-bucket";

export interface RestApiOptions {
    apiId: string;
    region: string;
    accountId: string;
    stageName: string;
    /** The parsed `body` of the RestApi. */
    document: Readonly<Record<string, unknown>>;
    /** Undefined: not throttled. */
    throttling: { ratePerSecond: number; burst: number } | undefined;
    /** Of the stage's access log settings; undefined where it has none. */
    accessLogFormat: string | undefined;
    writeAccessLog: (line: string) => void;
    invoke: Invoke;
    isPermitted: (invokeArn: string, sourceArn: string) => boolean;
    /** Default: nobody may call a method that asks for a signature. */
    authorizeCaller?: AuthorizeCaller;
    /** Whether the API's Region is down: then nobody is answered. Left out: never. */
    isDown?: () => boolean;
    /** Whether it is down without refusing anybody. Left out: never. */
    isSilent?: () => boolean;
    /** The status that a request to a path meets instead of its answer. Left out: none. */
    meet?: (path: string) => Promise<number | undefined>;
    /** The RestApi's `minimumCompressionSize`, in bytes; undefined: it never compresses. */
    minimumCompressionSizeBytes?: number;
}

export interface RestApiServer {
    readonly port: number;
    close(): Promise<void>;
}

// Longer than any client of ours keeps an idle connection, so that it is never us who close one
// that a request is just being sent on.
const keepAliveMilliseconds = 75_000;

/**
 * Serves one stage of a REST API on 127.0.0.1, below the path `/<stage>`. Throws where the
 * document asks for something that the local API Gateway does not imitate.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
 */
export async function startRestApi(options: RestApiOptions): Promise<RestApiServer> {
    const parts: StageParts = {
        stage: options,
        api: readDocument(options.document),
        takeToken: options.throttling ? createTokenBucket(options.throttling) : () => true,
        invoke: options.invoke,
        isPermitted: options.isPermitted,
        authorizeCaller: options.authorizeCaller ?? (() => nobody),
    };
    const server = http.createServer(
        // A little above the limit, so that the gateway answers and not Node.
        { maxHeaderSize: 65_536, keepAliveTimeout: keepAliveMilliseconds, requestTimeout: 60_000 },
        (incoming, outgoing) => {
            handle(incoming, outgoing, options, parts).catch(() => outgoing.destroy());
        },
    );
    server.maxConnections = 2_000;
    await new Promise<void>((resolve, reject) => {
        server.once("error", reject);
        server.listen(0, "127.0.0.1", resolve);
    });
    return {
        port: (server.address() as AddressInfo).port,
        close: () =>
            new Promise((resolve) => {
                server.close(() => resolve());
                server.closeAllConnections();
            }),
    };
}

async function handle(
    incoming: http.IncomingMessage,
    outgoing: http.ServerResponse,
    options: RestApiOptions,
    parts: StageParts,
): Promise<void> {
    if (isGivenUp(outgoing, options)) {
        return;
    }
    const startedAt = performance.now();
    const prefix = `/${options.stageName}`;
    const url = incoming.url ?? "/";
    const status = await options.meet?.(url.slice(prefix.length).replace(/\?.*$/s, ""));
    if (status !== undefined) {
        await sendAnswer(outgoing, unavailableAnswer(status), incoming.method ?? "");
        return;
    }
    const isOfStage =
        url === prefix || url.startsWith(`${prefix}/`) || url.startsWith(`${prefix}?`);
    const { request, isBodyTooLarge } = await readRequest(
        incoming,
        isOfStage ? url.slice(prefix.length) : url,
        payloadMaxBytes,
    );
    if (!isOfStage) {
        // Without a stage there is no API whose gateway responses could apply.
        await sendAnswer(outgoing, forbiddenAnswer(), request.httpMethod);
        return;
    }
    const refusal = sizeRefusal(incoming, isBodyTooLarge);
    const done: Exchange =
        refusal === undefined
            ? await exchange(request, parts)
            : { route: undefined, result: refusal };
    if (isGivenUp(outgoing, options)) {
        return;
    }
    const variables = requestVariables(request, parts.stage, done.route);
    const answer = await compressAnswer(
        answerOf(done.result, request, parts.api, variables),
        headerValue(request, "accept-encoding"),
        parts.api.minimumCompressionSizeBytes ?? options.minimumCompressionSizeBytes,
    );
    await sendAnswer(outgoing, answer, request.httpMethod);
    if (options.accessLogFormat !== undefined) {
        const milliseconds = Math.round(performance.now() - startedAt);
        const logged = { ...variables, ...answerVariables(done, answer, milliseconds) };
        options.writeAccessLog(renderTemplate(options.accessLogFormat, logged, "-"));
    }
}

/** Leaves whoever asks a Region that is down without an answer, and tells whether it did. */
function isGivenUp(outgoing: http.ServerResponse, options: RestApiOptions): boolean {
    const isDown = options.isDown?.() === true;
    if (isDown && options.isSilent?.() !== true) {
        outgoing.destroy();
    }
    return isDown;
}

/** As API Gateway says it when it is the service that fails. */
function unavailableAnswer(status: number): GatewayAnswer {
    return {
        status,
        headers: [
            ["x-amzn-ErrorType", "ServiceUnavailableException"],
            ["Content-Type", "application/json"],
        ],
        body: Buffer.from('{"message":"Service Unavailable"}'),
    };
}

/**
 * Sources: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
 * for the limits; which status too large headers get is not documented there.
 */
function sizeRefusal(incoming: http.IncomingMessage, isBodyTooLarge: boolean): Refusal | undefined {
    if (isBodyTooLarge) {
        const message = `HTTP content length exceeded ${payloadMaxBytes} bytes.`;
        return { type: "REQUEST_TOO_LARGE", message };
    }
    if (headersBytes(incoming) > headersMaxBytes) {
        return { type: "REQUEST_TOO_LARGE", message: "Request Header Fields Too Large" };
    }
    return undefined;
}

function answerOf(
    result: ProxyAnswer | Refusal,
    request: GatewayRequest,
    api: GatewayApi,
    variables: ContextVariables,
): GatewayAnswer {
    const own: [string, string][] = [
        ["x-amzn-RequestId", request.requestId],
        ["x-amz-apigw-id", request.extendedRequestId],
    ];
    if ("type" in result) {
        const { status, headers, body } = renderRefusal(result, api.responses, variables);
        return { status, headers: [...own, ...Object.entries(headers)], body: Buffer.from(body) };
    }
    const hasContentType = result.headers.some(([name]) => name.toLowerCase() === "content-type");
    const contentType: [string, string][] = hasContentType
        ? []
        : [["Content-Type", "application/json"]];
    return {
        status: result.status,
        headers: [...own, ["X-Amzn-Trace-Id", request.traceId], ...contentType, ...result.headers],
        body: result.body,
    };
}

function forbiddenAnswer(): GatewayAnswer {
    return {
        status: 403,
        headers: [
            ["x-amzn-ErrorType", "ForbiddenException"],
            ["Content-Type", "application/json"],
        ],
        body: Buffer.from('{"message":"Forbidden"}'),
    };
}

function answerVariables(
    done: Exchange,
    answer: GatewayAnswer,
    milliseconds: number,
): ContextVariables {
    const { integrationMilliseconds, integrationStatus } = done;
    const integration: ContextVariables =
        integrationMilliseconds === undefined || integrationStatus === undefined
            ? {}
            : {
                  "integration.latency": String(integrationMilliseconds),
                  integrationLatency: String(integrationMilliseconds),
                  "integration.status": String(integrationStatus),
                  integrationStatus: String(integrationStatus),
              };
    return {
        ...integration,
        ...("type" in done.result ? errorVariables(done.result) : {}),
        responseLatency: String(milliseconds),
        responseLength: String(answer.body.length),
        status: String(answer.status),
    };
}
