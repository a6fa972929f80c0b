import type { CustomerStub } from "../customers/customer-stub-store";
import { fault } from "../fault";
import type { Neighbours } from "./neighbours";
import type { GiftAnswer, GiftRequest } from "./ports";

/** The internal routes of the function `exchange`, and what is sent to and answered by each. */
export const exchangePaths = {
    borrow: "/internal/borrow",
    customerStub: "/internal/customer-stub",
    digest: "/internal/digest",
    ping: "/internal/ping",
} as const;

export interface BorrowBody {
    /** The number of the cell that asks. */
    readonly taker: number;
    /** At most `maxBorrowRequests`. */
    readonly requests: readonly GiftRequest[];
}

/** As many as an order has lines. */
export const maxBorrowRequests = 50;

export interface BorrowAnswer {
    readonly answers: readonly GiftAnswer[];
}

export interface CustomerStubBody {
    readonly tenantId: string;
    readonly customerId: string;
}

export interface CustomerStubAnswer {
    readonly stub: CustomerStub | null;
}

/** Asks another cell's function `exchange`. */
export interface ExchangeCall {
    readonly neighbours: Neighbours;
    readonly cellNumber: number;
    readonly timeoutMilliseconds: number;
}

/** @throws fault cell_unreachable */
export async function askForGifts(call: ExchangeCall, body: BorrowBody): Promise<BorrowAnswer> {
    return (await post(call, exchangePaths.borrow, body)) as BorrowAnswer;
}

/** @throws fault cell_unreachable */
export async function askForStub(
    call: ExchangeCall,
    body: CustomerStubBody,
): Promise<CustomerStubAnswer> {
    return (await post(call, exchangePaths.customerStub, body)) as CustomerStubAnswer;
}

/**
 * Posts to another cell.
 * @throws fault cell_unreachable, also for every answer that is not 200
 */
export async function post(
    { neighbours, cellNumber, timeoutMilliseconds }: ExchangeCall,
    path: string,
    body: unknown,
): Promise<unknown> {
    const answer = await neighbours.call(cellNumber, {
        method: "POST",
        path,
        body,
        timeoutMilliseconds,
        // What cells ask of each other says how things shall be in the end, or only asks.
        isRepeatable: true,
    });
    if (answer.status !== 200) {
        throw fault(
            "cell_unreachable",
            "Another cell could not help. Repeat the request shortly.",
            {
                cause: new Error(`${path} of cell ${cellNumber} answered ${answer.status}.`),
            },
        );
    }
    return JSON.parse(answer.body);
}
