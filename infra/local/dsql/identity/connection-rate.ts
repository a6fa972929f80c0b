import { createTokenBucket } from "../../api-gateway/token-bucket";

export interface ConnectionRateOptions {
    /** New connections each second in the long run. */
    readonly perSecond: number;
    /** New connections that may come at once. */
    readonly burst: number;
    /** Milliseconds from any fixed moment, of a clock that is never set back. */
    readonly now: () => number;
}

/** The rate at which one cluster takes new connections. */
export interface ConnectionRate {
    /** Whether one more connection may be opened now; if so, it is counted. */
    admit(): boolean;
}

/**
 * The bucket of a cluster's new connections, full at first.
 * Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/CHAP_quotas.html
 */
export function createConnectionRate({
    perSecond,
    burst,
    now,
}: ConnectionRateOptions): ConnectionRate {
    const takeToken = createTokenBucket({ ratePerSecond: perSecond, burst }, now);
    return { admit: takeToken };
}
