import { setTimeout as sleep } from "node:timers/promises";

/** What is wrong with a Region that still answers. */
export type Ailment =
    /** Its APIs take longer to answer. */
    | { readonly kind: "slow"; readonly milliseconds: number }
    /** Its APIs answer 503 to everything. */
    | { readonly kind: "unavailable" }
    /** Every second `GET /health` is answered with 503; everything else is well. */
    | { readonly kind: "flapping" };

/** What ails which Region. */
export interface Ailments {
    /** @throws Error naming what is wrong and what is allowed */
    set(region: string, ailment: Ailment | undefined): void;
    /** Cures every Region. */
    heal(): void;
    list(): Readonly<Record<string, Ailment>>;
    /**
     * What a request meets at an API of a Region.
     * @param path without the stage and the query
     * @returns after the delay: the status that it is answered with; undefined: as always
     */
    meet(region: string, path: string): Promise<number | undefined>;
    /** How many requests have met which. */
    readonly counts: Readonly<Record<Ailment["kind"], number>>;
    /** How many requests of viewers have reached the APIs of each Region. */
    requests(): Readonly<Record<string, number>>;
}

const maxSlowMilliseconds = 600_000;
const kinds: readonly string[] = ["slow", "unavailable", "flapping"];

/** @param wait replaces waiting in tests */
export function createAilments(
    wait: (milliseconds: number) => Promise<unknown> = waitReally,
): Ailments {
    const ailments = new Map<string, Ailment>();
    const healthChecks = new Map<string, number>();
    const counts = { slow: 0, unavailable: 0, flapping: 0 };
    const requests = new Map<string, number>();
    const flaps = (region: string): boolean => {
        const checks = (healthChecks.get(region) ?? 0) + 1;
        healthChecks.set(region, checks);
        return checks % 2 === 0;
    };
    return {
        set(region, ailment) {
            healthChecks.delete(region);
            if (ailment === undefined) {
                ailments.delete(region);
            } else {
                ailments.set(region, checked(ailment));
            }
        },
        heal: () => ailments.clear(),
        list: () => Object.fromEntries(ailments),
        async meet(region, path) {
            const ailment = ailments.get(region);
            const isHealth = path === "/health";
            if (!isHealth && !path.startsWith("/internal/")) {
                requests.set(region, (requests.get(region) ?? 0) + 1);
            }
            if (ailment === undefined || (ailment.kind === "flapping" && !isHealth)) {
                return undefined;
            }
            if (ailment.kind === "flapping" && !flaps(region)) {
                return undefined;
            }
            counts[ailment.kind] += 1;
            if (ailment.kind !== "slow") {
                return 503;
            }
            await wait(ailment.milliseconds);
            return undefined;
        },
        counts,
        requests: () => Object.fromEntries(requests),
    };
}

function checked(ailment: Ailment): Ailment {
    if (!kinds.includes(ailment.kind)) {
        throw new Error(`A Region cannot be "${ailment.kind}"; allowed: ${kinds.join(", ")}.`);
    }
    if (
        ailment.kind === "slow" &&
        !(ailment.milliseconds > 0 && ailment.milliseconds <= maxSlowMilliseconds)
    ) {
        throw new Error(
            `A slow Region's milliseconds are ${JSON.stringify(ailment.milliseconds)}; allowed: ` +
                `more than 0, at most ${maxSlowMilliseconds}.`,
        );
    }
    return ailment;
}

async function waitReally(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false });
}
