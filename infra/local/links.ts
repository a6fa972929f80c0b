import { setTimeout as sleep } from "node:timers/promises";

/** What lies between Regions. */
export interface Links {
    /**
     * Resolves when what leaves one Region now has arrived in the other; stays pending while that
     * direction is cut, until healed or aborted (then rejects). What is on its way arrives although
     * its sender gives up, unless the direction is cut: nobody repeats it then.
     */
    cross(from: string, to: string, signal?: AbortSignal): Promise<void>;
}

/** How one direction between two Regions is. */
export type LinkState =
    | { readonly kind: "open" }
    /** A black hole, not a refusal: nothing arrives and nobody is told. */
    | { readonly kind: "cut" }
    | { readonly kind: "slow"; readonly milliseconds: number };

/** One direction that is not as it should be. */
export type DisturbedLink = { readonly from: string; readonly to: string } & LinkState;

export interface LinksState {
    readonly links: readonly DisturbedLink[];
    readonly isolatedRegions: readonly string[];
    /** What has left a Region and has not arrived yet. */
    readonly pending: number;
}

/** Links, with the switches that break them. */
export interface LinkSwitches extends Links {
    /** @throws Error naming what is wrong and what is allowed */
    setLink(from: string, to: string, state: LinkState): void;
    /** Cuts every direction from and to a Region; what `setLink` said stays for afterwards. */
    isolateRegion(region: string): void;
    bringBack(region: string): void;
    /** Opens every direction. */
    heal(): void;
    state(): LinksState;
}

export interface LinksOptions {
    /** How long the way between two Regions takes and back; half of it is a crossing's. */
    readonly roundTripMilliseconds: (from: string, to: string) => number;
    /** Told whenever a crossing is held up by a cut link or delayed by a slow one. */
    readonly onDisturbed?: (kind: "cut" | "slow") => void;
    readonly wait?: (milliseconds: number) => Promise<void>;
}

// More are a program that sends without ever waiting for an answer.
const maxPending = 10_000;
const maxSlowMilliseconds = 600_000;

/** Makes links of which every direction is open. */
export function createLinks(options: LinksOptions): LinkSwitches {
    const { roundTripMilliseconds, onDisturbed = () => undefined } = options;
    const wait = options.wait ?? waitReally;
    const positions = createPositions();
    let pending = 0;
    const untilOpen = async (from: string, to: string, signal?: AbortSignal): Promise<void> => {
        if (positions.of(from, to).kind === "cut") {
            onDisturbed("cut");
        }
        while (positions.of(from, to).kind === "cut") {
            await positions.nextChange(signal);
        }
    };
    const travel = async (from: string, to: string, signal?: AbortSignal): Promise<void> => {
        await untilOpen(from, to, signal);
        const state = positions.of(from, to);
        const extra = state.kind === "slow" ? state.milliseconds : 0;
        if (extra > 0) {
            onDisturbed("slow");
        }
        const milliseconds = roundTripMilliseconds(from, to) / 2 + extra;
        if (milliseconds > 0) {
            await wait(milliseconds);
        }
        // What was on its way when the link was cut has not arrived.
        await untilOpen(from, to, signal);
    };
    return {
        async cross(from, to, signal) {
            signal?.throwIfAborted();
            if (from === to) {
                return;
            }
            if (pending >= maxPending) {
                throw new Error(
                    `${maxPending} messages are between Regions already; one from ${from} to ` +
                        `${to} is one too many.`,
                );
            }
            pending += 1;
            await travel(from, to, signal).finally(() => {
                pending -= 1;
            });
        },
        ...positions.switches,
        state: () => ({ ...positions.disturbed(), pending }),
    };
}

/** How the switches stand. */
interface Positions {
    of(from: string, to: string): LinkState;
    /** Resolves when a switch has been moved. */
    nextChange(signal: AbortSignal | undefined): Promise<void>;
    disturbed(): Omit<LinksState, "pending">;
    readonly switches: Omit<LinkSwitches, "cross" | "state">;
}

function createPositions(): Positions {
    const states = new Map<string, DisturbedLink>();
    const isolated = new Set<string>();
    const held = new Set<() => void>();
    const change = (apply: () => void): void => {
        apply();
        // Everybody looks again; whose direction is still cut is held once more.
        const waiting = [...held];
        held.clear();
        for (const look of waiting) {
            look();
        }
    };
    return {
        of: (from, to) =>
            isolated.has(from) || isolated.has(to)
                ? { kind: "cut" }
                : (states.get(keyOf(from, to)) ?? { kind: "open" }),
        nextChange: (signal) => nextChange(held, signal),
        disturbed: () => ({
            links: [...states.values()],
            isolatedRegions: [...isolated].sort(),
        }),
        switches: {
            setLink(from, to, state) {
                check(from, to, state);
                change(() => {
                    states.delete(keyOf(from, to));
                    if (state.kind !== "open") {
                        states.set(keyOf(from, to), { from, to, ...state });
                    }
                });
            },
            isolateRegion: (region) => void isolated.add(region),
            bringBack: (region) => change(() => isolated.delete(region)),
            heal() {
                change(() => {
                    states.clear();
                    isolated.clear();
                });
            },
        },
    };
}

function keyOf(from: string, to: string): string {
    return `${from} ${to}`;
}

function check(from: string, to: string, state: LinkState): void {
    if (from === to) {
        throw new Error(`A link leads from one Region to another; both are "${from}".`);
    }
    const { kind } = state;
    if (!["open", "cut", "slow"].includes(kind)) {
        throw new Error(`A link cannot be "${kind}"; allowed: open, cut, slow.`);
    }
    if (kind === "slow" && !(state.milliseconds > 0 && state.milliseconds <= maxSlowMilliseconds)) {
        throw new Error(
            `A slow link's milliseconds are ${JSON.stringify(state.milliseconds)}; allowed: more ` +
                `than 0, at most ${maxSlowMilliseconds}.`,
        );
    }
}

function nextChange(held: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
        const giveUp = (): void => {
            held.delete(look);
            reject(signal?.reason);
        };
        const look = (): void => {
            signal?.removeEventListener("abort", giveUp);
            resolve();
        };
        if (signal?.aborted === true) {
            giveUp();
            return;
        }
        held.add(look);
        signal?.addEventListener("abort", giveUp, { once: true });
    });
}

async function waitReally(milliseconds: number): Promise<void> {
    await sleep(milliseconds, undefined, { ref: false });
}
