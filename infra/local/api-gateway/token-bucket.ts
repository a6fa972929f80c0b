/** Takes one token; false where there is none. */
export type TokenBucket = () => boolean;

/**
 * The token bucket with which API Gateway throttles a stage: `burst` tokens at most, refilled at
 * the steady rate.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function createTokenBucket(
    limits: { readonly ratePerSecond: number; readonly burst: number },
    nowMilliseconds: () => number = () => performance.now(),
): TokenBucket {
    let tokens = limits.burst;
    let filledAt = nowMilliseconds();
    return () => {
        const now = nowMilliseconds();
        tokens = Math.min(limits.burst, tokens + ((now - filledAt) / 1000) * limits.ratePerSecond);
        filledAt = now;
        if (tokens < 1) {
            return false;
        }
        tokens -= 1;
        return true;
    };
}
