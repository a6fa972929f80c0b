/** That a checkout became an order: what cells tell each other of an `Idempotency-Key`. */
export interface CheckoutClaim {
    readonly orderId: string;
    /** SHA-256 of what was asked for, as an `Idempotency-Key` is checked against it. */
    readonly fingerprint: string;
    /** ISO 8601, milliseconds: when the request came, by the clock of the cell that it came to. */
    readonly askedAt: string;
}

/**
 * Whether an order gives way to another one that was placed with the same key in another cell. Of
 * any number of them the one asked for last stays, since a client repeats only what it had no
 * answer to: the last one is the one it was told of. Both cells have both claims in the end and
 * decide alike, in whatever order they hear; no clock decides whether one order stays, only which.
 * Whoever uses a key for two different things means two orders.
 */
export function givesWayTo(own: CheckoutClaim, other: CheckoutClaim): boolean {
    return own.fingerprint === other.fingerprint && isLater(other, own);
}

function isLater(one: CheckoutClaim, than: CheckoutClaim): boolean {
    return one.askedAt === than.askedAt ? one.orderId > than.orderId : one.askedAt > than.askedAt;
}
