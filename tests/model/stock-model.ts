import { planGift, splitUnits, unitsToApply } from "../../app/inventory/grants";
import { takeUnits } from "../../app/inventory/stock";
import type { Model } from "./explore";

/** The size of a world of stock. */
export interface StockWorld {
    readonly weights: readonly number[];
    readonly units: number;
    /** Messages under way at once, requests and gifts together. */
    readonly maxMessages: number;
    /** What a cell ever gives another, so that units do not circle for ever. */
    readonly maxGiven: number;
    /** Which cell may ask which: pairs of donor and taker. */
    readonly pairs: readonly (readonly [number, number])[];
}

/** One product in all cells. Arrays are by cell, or by pair of donor and taker. */
export interface StockState {
    readonly pools: readonly number[];
    /** Units in live orders. */
    readonly ordered: readonly number[];
    readonly given: readonly number[];
    readonly applied: readonly number[];
    /** Outbox entries about the gift. */
    readonly entries: readonly number[];
    /** Entries that a relay has read, and has to remove when what it sends is accepted. */
    readonly read: readonly number[];
    /** What a relay has loaded and not sent yet; -1 for none. */
    readonly loaded: readonly number[];
    /** Whether the queue has accepted what the relay is about to remove. */
    readonly accepted: readonly boolean[];
    /** Requests and gifts under way, sorted: kind, pair and number in one. */
    readonly messages: readonly number[];
}

const maxEntries = 2;
const isRequest = (message: number) => message >= 1_000;
const pairOf = (message: number) => Math.floor((message % 1_000) / 100);
const numberOf = (message: number) => message % 100;

/**
 * Cells that sell one product and give each other units of it, in every order of events: orders,
 * cancellations, requests, gifts, the relay step by step, crashes between its steps, messages that
 * are lost, repeated and reordered. What is decided is decided by the functions of the program.
 */
export function stockModel(world: StockWorld): Model<StockState> {
    const pairs = world.pairs.map(() => 0);
    const pools = splitUnits(world.units, world.weights);
    return {
        initial: {
            pools,
            ordered: pools.map(() => 0),
            given: pairs,
            applied: pairs,
            entries: pairs,
            read: pairs,
            loaded: pairs.map(() => -1),
            accepted: pairs.map(() => false),
            messages: [],
        },
        textOf: (state) => Object.values(state).join("|"),
        successors: (state) => [
            ...customerSteps(state),
            ...world.pairs.flatMap((_, pair) => [
                ...requestSteps(world, state, pair),
                ...relaySteps(world, state, pair),
            ]),
            ...messageSteps(world, state),
        ],
        check: (state) => checkStock(world, state),
        drained: (state) => drain(world, state),
        checkConverged(state) {
            if (state.given.some((given, pair) => given !== state.applied[pair])) {
                throw new Error("A gift has not arrived although everything was repaired.");
            }
        },
    };
}

function checkStock(world: StockWorld, { pools, ordered, given, applied }: StockState): void {
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    if (pools.some((units) => units < 0)) {
        throw new Error("A pool is below zero.");
    }
    if (applied.some((units, pair) => units > at(given, pair))) {
        throw new Error("More was taken in than was given.");
    }
    const units = sum(pools) + sum(ordered) + sum(given) - sum(applied);
    if (units !== world.units) {
        throw new Error(`There are ${units} units; supplied were ${world.units}.`);
    }
}

function customerSteps(state: StockState): StockState[] {
    return state.pools.flatMap((units, cell) => {
        const [taken] = takeUnits([{ shard: 0, available: units }], 1);
        const ordered = taken && move(state, cell, -taken.units, taken.units);
        const cancelled = at(state.ordered, cell) > 0 ? move(state, cell, 1, -1) : undefined;
        return [ordered, cancelled].filter((next) => next !== undefined);
    });
}

function move(state: StockState, cell: number, pool: number, ordered: number): StockState {
    return {
        ...state,
        pools: changed(state.pools, cell, at(state.pools, cell) + pool),
        ordered: changed(state.ordered, cell, at(state.ordered, cell) + ordered),
    };
}

/** A taker asks for one unit more than it has, or two: it knows what it has taken in. */
function requestSteps(world: StockWorld, state: StockState, pair: number): StockState[] {
    return [1, 2]
        .map((units) => at(state.applied, pair) + units)
        .filter((target) => target <= world.maxGiven)
        .flatMap((target) => sending(world, state, 1_000 + pair * 100 + target));
}

/** Read, load, send and remove are apart, and whoever crashes in between begins again. */
function relaySteps(world: StockWorld, state: StockState, pair: number): StockState[] {
    const read = at(state.read, pair);
    const loaded = at(state.loaded, pair);
    const begunAgain = relayed(state, pair, 0, -1, false);
    if (read === 0) {
        const entries = at(state.entries, pair);
        return entries === 0 ? [] : [relayed(state, pair, entries, -1, false)];
    }
    if (at(state.accepted, pair)) {
        const left = Math.max(0, at(state.entries, pair) - read);
        const removed = { ...begunAgain, entries: changed(state.entries, pair, left) };
        return [removed, begunAgain];
    }
    if (loaded < 0) {
        return [relayed(state, pair, read, at(state.given, pair), false), begunAgain];
    }
    const accepted = relayed(state, pair, read, -1, true);
    return [...sending(world, accepted, pair * 100 + loaded), begunAgain];
}

function relayed(
    state: StockState,
    pair: number,
    read: number,
    loaded: number,
    accepted: boolean,
): StockState {
    return {
        ...state,
        read: changed(state.read, pair, read),
        loaded: changed(state.loaded, pair, loaded),
        accepted: changed(state.accepted, pair, accepted),
    };
}

function sending(world: StockWorld, state: StockState, message: number): StockState[] {
    return state.messages.length < world.maxMessages
        ? [{ ...state, messages: [...state.messages, message].sort((a, b) => a - b) }]
        : [];
}

/** Each message under way may be lost, arrive, or arrive and stay under way. */
function messageSteps(world: StockWorld, state: StockState): StockState[] {
    return state.messages.flatMap((message, index) => {
        const without = {
            ...state,
            messages: state.messages.filter((_, other) => other !== index),
        };
        return [without, ...arrived(world, without, message), ...arrived(world, state, message)];
    });
}

function arrived(world: StockWorld, state: StockState, message: number): StockState[] {
    const pair = pairOf(message);
    const [donor, taker] = world.pairs[pair] ?? [0, 0];
    if (!isRequest(message)) {
        return [takenIn(state, pair, taker, numberOf(message))];
    }
    const given = at(state.given, pair);
    const gift = planGift(
        [{ shard: 0, available: at(state.pools, donor) }],
        given,
        numberOf(message),
    );
    if (gift.given === given) {
        return [state];
    }
    const units = gift.changes.reduce((total, change) => total + change.units, 0);
    const next: StockState = {
        ...state,
        pools: changed(state.pools, donor, at(state.pools, donor) + units),
        given: changed(state.given, pair, gift.given),
        entries: changed(state.entries, pair, Math.min(maxEntries, at(state.entries, pair) + 1)),
    };
    // The answer may be lost.
    return [next, ...sending(world, next, pair * 100 + gift.given)];
}

function takenIn(state: StockState, pair: number, taker: number, given: number): StockState {
    const applied = at(state.applied, pair);
    const units = unitsToApply(given, applied);
    return {
        ...state,
        pools: changed(state.pools, taker, at(state.pools, taker) + units),
        applied: changed(state.applied, pair, applied + units),
    };
}

/** What is under way arrives, and the digests find what was lost: the last word of each donor. */
function drain(world: StockWorld, state: StockState): StockState {
    const deliveredAll = state.messages
        .filter((message) => !isRequest(message))
        .reduce((next, message) => arrived(world, next, message)[0] ?? next, state);
    return world.pairs.reduce<StockState>(
        (next, [, taker], pair) => takenIn(next, pair, taker, at(next.given, pair)),
        { ...deliveredAll, messages: [] },
    );
}

function at(numbers: readonly number[], index: number): number;
function at(values: readonly boolean[], index: number): boolean;
function at(values: readonly (number | boolean)[], index: number): number | boolean {
    return values[index] ?? 0;
}

function changed<Value>(values: readonly Value[], index: number, value: Value): readonly Value[] {
    return values.map((old, other) => (other === index ? value : old));
}
