import { findStub, readStub } from "../customers/customer-stub-store";
import { fault } from "../fault";
import type { InternalRoute } from "../http/internal-api";
import type { Services } from "../http/operation";
import { giveUnits } from "../inventory/gift-store";
import { isId } from "../values/ids";
import { answerDigests, type DigestBody } from "./digest-store";
import {
    type BorrowAnswer,
    type BorrowBody,
    type CustomerStubAnswer,
    type CustomerStubBody,
    exchangePaths,
    maxBorrowRequests,
} from "./exchange-calls";

/** What the function `exchange` answers to other cells. */
export function exchangeRoutes(services: Services): readonly InternalRoute[] {
    const { session, cell, neighbours } = services;
    return [
        {
            method: "POST",
            path: exchangePaths.borrow,
            handle: (body, left) => lend({ ...services, session: session.within(left) }, body),
        },
        {
            method: "POST",
            path: exchangePaths.customerStub,
            async handle(body, left): Promise<CustomerStubAnswer> {
                const { tenantId, customerId } = body as CustomerStubBody;
                refuseUnless(isId(customerId), "customerId is not a UUID");
                const rows = await session.within(left).query(findStub(tenantId, customerId));
                return { stub: readStub(rows) ?? null };
            },
        },
        {
            method: "POST",
            path: exchangePaths.digest,
            handle(body, left) {
                const digestBody = body as DigestBody;
                refuseUnless(
                    neighbours.cells.some(({ number }) => number === digestBody.home),
                    "home is no other cell",
                );
                return answerDigests(session.within(left), cell.number, digestBody);
            },
        },
        {
            method: "GET",
            path: exchangePaths.ping,
            handle: async () => ({ cell: cell.name }),
        },
    ];
}

async function lend(services: Services, body: unknown): Promise<BorrowAnswer> {
    const { session, cell, neighbours } = services;
    const { taker, requests } = body as BorrowBody;
    refuseUnless(
        neighbours.cells.some(({ number }) => number === taker),
        "taker is no other cell",
    );
    refuseUnless(
        Array.isArray(requests) && requests.length <= maxBorrowRequests && requests.every(isSound),
        `requests is not a list of at most ${maxBorrowRequests} requests with whole numbers`,
    );
    const answers = await Promise.all(
        requests.map((request) => giveUnits(session, { donor: cell.number, taker }, request)),
    );
    await neighbours.wakeRelay();
    return { answers };
}

function isSound(request: BorrowBody["requests"][number]): boolean {
    return (
        typeof request.tenantId === "string" &&
        isId(request.productId) &&
        [request.target, request.kept].every((units) => Number.isSafeInteger(units) && units >= 0)
    );
}

function refuseUnless(condition: boolean, detail: string): void {
    if (!condition) {
        throw fault("invalid_request", `The internal request is not valid: ${detail}.`);
    }
}
