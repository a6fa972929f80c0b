import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from "aws-lambda";
import { openSession } from "../database/dsql";
import { readEnvironment, readOriginSecrets } from "../environment";
import { fault, isFault } from "../fault";
import { type Log, log } from "../log";
import { openNeighbours } from "../replication/neighbours";
import { homeOf } from "../values/ids";
import { operationRequests } from "./contract/requests";
import { type ForwardingTarget, forward, openEnvelope } from "./forwarding";
import { writeJson } from "./json";
import type { Reply, Request, Route, Services } from "./operation";
import { type Admission, admitFromEdge } from "./origin-lock";
import { codeOf, problemReply } from "./problem";
import { readRequest } from "./request";
import { allowedMethods, matchMethod, matchPath } from "./routing";
import { fitToViewer } from "./viewer-answer";

/** A Lambda function behind a REST API's proxy integration. */
export type ApiHandler = (
    event: APIGatewayProxyEvent,
    context: Context,
) => Promise<APIGatewayProxyResult>;

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Makes the handler of an API function. It runs once per execution environment, so the session
 * and its connections live as long as that.
 * @throws Error naming every variable that is missing or wrong
 */
export function apiHandler(variables: Variables, routes: readonly Route[]): ApiHandler {
    const environment = readEnvironment(variables);
    const { cellName: name, cellNumber: number } = environment;
    const neighbours = openNeighbours(environment);
    return createApi(
        { session: openSession(environment), cell: { name, number }, neighbours },
        routes,
        log,
        admitFromEdge(readOriginSecrets(variables)),
    );
}

/**
 * Makes a handler from its routes: finds the operation, checks the request against the contract,
 * answers every error as a problem document and writes one log line for each request.
 * @param admits whom it answers; by default everybody
 * @throws Error for a route that the contract does not have
 */
export function createApi(
    services: Services,
    routes: readonly Route[],
    writeLog: Log = log,
    admits: Admission = () => true,
): ApiHandler {
    const routesById = routeTable(routes);
    return async function answer(received, context) {
        const started = performance.now();
        const forwarded = openEnvelope(received);
        const event = forwarded ?? received;
        const requestId = event.requestContext?.requestId ?? context.awsRequestId;
        const base = { ...everyAnswer, "x-request-id": requestId, "x-cell": services.cell.name };
        const session = services.session.within(timeToAnswer(context));
        const scope = { ...services, session };
        const settled = admits(received)
            ? await settle(event, requestId, routesById, {
                  ...scope,
                  isForwarded: forwarded !== undefined,
              })
            : refused(requestId);
        const { operationId } = settled;
        const written =
            "passed" in settled
                ? { result: settled.passed, error: undefined }
                : write(settled.reply, base, event.httpMethod, requestId, settled.error);
        const viewer = { event, cell: services.cell.name, nowMilliseconds: Date.now() };
        writeLog(levelOf(written.result.statusCode), "request", {
            request_id: requestId,
            cell: services.cell.name,
            operation: operationId,
            method: event.httpMethod,
            status: written.result.statusCode,
            milliseconds: Math.round(performance.now() - started),
            code: written.error === undefined ? undefined : codeOf(written.error),
            error: worthLogging(written.error),
        });
        return fitToViewer(written.result, viewer);
    };
}

/** What a request may spend on the database: Lambda ends whoever has not answered in time. */
function timeToAnswer(context: Context): number {
    return context.getRemainingTimeInMillis() - answerMarginMilliseconds;
}

const answerMarginMilliseconds = 1_000;

type Settled =
    | { readonly reply: Reply; readonly operationId?: string; readonly error?: unknown }
    /** Answered by another cell. */
    | { readonly passed: APIGatewayProxyResult; readonly operationId: string };

/** What an event is settled with. */
interface Scope extends Services {
    /** Whether another cell has sent it here; then it is not sent any further. */
    readonly isForwarded: boolean;
}

const everyAnswer = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers":
        "ETag, Idempotent-Replayed, Location, Retry-After, x-cell, x-request-id",
    "Cache-Control": "no-store",
};

function routeTable(routes: readonly Route[]): ReadonlyMap<string, Route> {
    const known = new Set(operationRequests().map(({ operation }) => operation.operationId));
    const unknown = routes.filter(({ operationId }) => !known.has(operationId));
    if (unknown.length > 0) {
        const names = unknown.map(({ operationId }) => operationId).join(", ");
        throw new Error(`The contract has no operation ${names}; add it there first.`);
    }
    return new Map(routes.map((route) => [route.operationId, route]));
}

/** Answers the event or the error it met with; never rejects. */
async function settle(
    event: APIGatewayProxyEvent,
    requestId: string,
    routes: ReadonlyMap<string, Route>,
    scope: Scope,
): Promise<Settled> {
    let operationId: string | undefined;
    try {
        const matchedPath = matchPath(event.path);
        if (event.httpMethod === "OPTIONS") {
            return { reply: preflight(allowedMethods(matchedPath)) };
        }
        const matched = matchMethod(matchedPath, event.httpMethod);
        operationId = matched.operation.operationId;
        const route = routes.get(operationId);
        if (route === undefined) {
            throw fault("route_not_found", "Another function of this API answers this route.");
        }
        const request = readRequest(event, matched, requestId);
        const home = homeElsewhere(route, request, scope);
        if (home !== undefined) {
            return { passed: await forward(event, requestId, home), operationId };
        }
        return { reply: await route.handle(request, scope), operationId };
    } catch (error) {
        return { reply: problemReply(error, requestId), operationId, error };
    }
}

/** Nothing is looked at, not even whether there is such a path. */
function refused(requestId: string): Settled {
    const error = fault("forbidden", "This API answers only what comes through the shop's edge.");
    return { reply: problemReply(error, requestId), error };
}

/** The cell that has to answer, if it is another one. */
function homeElsewhere(
    { atHome }: Route,
    request: Request,
    { cell, neighbours, isForwarded }: Scope,
): ForwardingTarget | undefined {
    if (atHome === undefined || isForwarded) {
        return undefined;
    }
    const home = homeOf(atHome.idOf(request));
    // An id of no cell that there is was never made here, and the cell itself can say so.
    const isNeighbour = neighbours.cells.some(({ number }) => number === home);
    return home !== cell.number && isNeighbour
        ? {
              neighbours,
              home,
              functionName: atHome.functionName,
              isRepeatable: atHome.isRepeatable ?? false,
          }
        : undefined;
}

function preflight(methods: string): Reply {
    return {
        status: 204,
        headers: {
            Allow: methods,
            "Access-Control-Allow-Methods": methods,
            "Access-Control-Allow-Headers":
                "content-type, idempotency-key, if-match, if-none-match",
            "Access-Control-Max-Age": "86400",
        },
    };
}

function write(
    reply: Reply,
    base: Readonly<Record<string, string>>,
    method: string,
    requestId: string,
    error: unknown,
): { readonly result: APIGatewayProxyResult; readonly error: unknown } {
    try {
        return { result: toResult(reply, base, method), error };
    } catch (unwritable) {
        const result = toResult(problemReply(unwritable, requestId), base, method);
        return { result, error: unwritable };
    }
}

function toResult(
    { status, headers, body }: Reply,
    base: Readonly<Record<string, string>>,
    method: string,
): APIGatewayProxyResult {
    if (body === undefined) {
        return { statusCode: status, headers: { ...base, ...headers }, body: "" };
    }
    const text = writeJson(body);
    return {
        statusCode: status,
        headers: { ...base, "Content-Type": "application/json", ...headers },
        body: method === "HEAD" ? "" : text,
    };
}

function levelOf(status: number): "info" | "error" {
    return status >= 500 ? "error" : "info";
}

/** A fault that the client caused is told by its code; a cause, or a bug, needs its stack. */
function worthLogging(error: unknown): unknown {
    return isFault(error) ? error.cause : error;
}
