import { type CheckoutClaim, givesWayTo } from "../../app/orders/checkout-claim";
import type { Model } from "./explore";

/** The size of a world in which one client repeats a checkout. */
export interface CheckoutWorld {
    readonly cells: number;
    /** For each time that the client may ask, what the clock says then; equal ones are a tie. */
    readonly clocks: readonly number[];
    /** Whether the order that the client was told of has to be the one that stays. */
    readonly keepsAcknowledged: boolean;
}

/** Claims are named by the number of their attempt; -1 is none. */
export interface CheckoutState {
    /** The cell of each attempt so far; the client asks again when it has waited too long. */
    readonly asked: readonly number[];
    /** Attempts that may still be answered, sorted. */
    readonly running: readonly number[];
    /** The claim that the client was told of. */
    readonly acknowledged: number;
    /** By cell: its own claim, whether its order stands, and the best claim that it knows. */
    readonly own: readonly number[];
    readonly stands: readonly boolean[];
    readonly known: readonly number[];
    /** Units that are out of each cell's pool. */
    readonly taken: readonly number[];
}

/**
 * One checkout that a client repeats in any cells while earlier attempts are still running and
 * claims are under way. Claims arrive in any order and any number of times.
 */
export function checkoutModel(world: CheckoutWorld): Model<CheckoutState> {
    const cells = Array.from({ length: world.cells }, (_, cell) => cell);
    const none = cells.map(() => -1);
    return {
        initial: {
            asked: [],
            running: [],
            acknowledged: -1,
            own: none,
            stands: cells.map(() => false),
            known: none,
            taken: cells.map(() => 0),
        },
        textOf: (state) => JSON.stringify(Object.values(state)),
        successors: (state) => [
            ...askSteps(world, state),
            ...state.running.flatMap((attempt) => answerSteps(world, state, attempt)),
            ...cells.flatMap((from) => cells.map((to) => hear(world, state, from, to))),
        ],
        check({ stands, taken }) {
            if (stands.some((isStanding, cell) => Number(isStanding) !== taken[cell])) {
                throw new Error("An order stands without its unit, or a unit is out without it.");
            }
        },
        drained: (state) =>
            cells.reduce(
                (all, from) => cells.reduce((some, to) => hear(world, some, from, to), all),
                state,
            ),
        checkConverged: (state) => checkConverged(world, state),
    };
}

function askSteps(world: CheckoutWorld, state: CheckoutState): readonly CheckoutState[] {
    const attempt = state.asked.length;
    if (state.acknowledged >= 0 || attempt === world.clocks.length) {
        return [];
    }
    return state.own.map((_, cell) => ({
        ...state,
        asked: [...state.asked, cell],
        running: [...state.running, attempt],
    }));
}

/** The attempt comes to nothing, or its answer is lost, or the client, still waiting, gets it. */
function answerSteps(
    world: CheckoutWorld,
    state: CheckoutState,
    attempt: number,
): readonly CheckoutState[] {
    const ended = { ...state, running: state.running.filter((other) => other !== attempt) };
    const cell = state.asked[attempt] ?? 0;
    const isNew = state.known[cell] === -1;
    const placed = isNew
        ? {
              ...learn(world, ended, cell, attempt),
              own: state.own.with(cell, attempt),
              stands: state.stands.with(cell, true),
              taken: state.taken.with(cell, 1),
          }
        : ended;
    const isAwaited = attempt === state.asked.length - 1;
    const told = { ...placed, acknowledged: placed.known[cell] ?? -1 };
    return [ended, placed, ...(isAwaited ? [told] : [])];
}

/** A cell hears of another one's claim; an order that gives way returns its unit. */
function hear(world: CheckoutWorld, state: CheckoutState, from: number, to: number): CheckoutState {
    const told = state.own[from] ?? -1;
    return from === to || told === -1 ? state : learn(world, state, to, told);
}

function learn(
    world: CheckoutWorld,
    state: CheckoutState,
    cell: number,
    told: number,
): CheckoutState {
    const known = state.known[cell] ?? -1;
    const own = state.own[cell] ?? -1;
    const isBetter = known === -1 || givesWayTo(claim(world, known), claim(world, told));
    const isSuperseded =
        state.stands[cell] === true && givesWayTo(claim(world, own), claim(world, told));
    return {
        ...state,
        known: isBetter ? state.known.with(cell, told) : state.known,
        stands: isSuperseded ? state.stands.with(cell, false) : state.stands,
        taken: isSuperseded ? state.taken.with(cell, (state.taken[cell] ?? 0) - 1) : state.taken,
    };
}

function claim({ clocks }: CheckoutWorld, attempt: number): CheckoutClaim {
    const askedAt = new Date((clocks[attempt] ?? 0) * 1_000).toISOString();
    return { orderId: `order-${attempt}`, fingerprint: "same", askedAt };
}

function checkConverged(world: CheckoutWorld, state: CheckoutState): void {
    const { own, stands, known, acknowledged } = state;
    if (own.every((attempt) => attempt === -1)) {
        return;
    }
    const standing = own.filter((_, cell) => stands[cell]);
    if (standing.length !== 1) {
        throw new Error(`${standing.length} orders stand, not one.`);
    }
    if (known.some((attempt) => attempt !== standing[0])) {
        throw new Error("A cell would answer with an order that does not stand.");
    }
    if (world.keepsAcknowledged && acknowledged >= 0 && acknowledged !== standing[0]) {
        throw new Error("The order that the client was told of does not stand.");
    }
}
