import { isNewer } from "../../app/replication/version-guard";
import type { Model } from "./explore";

/** The size of a world of copies. */
export interface CopyWorld {
    readonly copyHolders: number;
    readonly maxVersion: number;
    readonly maxMessages: number;
}

/** One row at its home and its copies elsewhere, by cell. Version 0: there is none yet. */
export interface CopyState {
    readonly home: number;
    readonly copies: readonly number[];
    readonly entries: readonly number[];
    readonly read: readonly number[];
    /** The version that a relay has loaded and not sent yet; -1 for none. */
    readonly loaded: readonly number[];
    readonly accepted: readonly boolean[];
    /** Under way, sorted: cell and version in one. */
    readonly messages: readonly number[];
    /** Whether a message was ever lost. Then only a digest finds what is missing. */
    readonly hasLost: boolean;
}

/**
 * A row that its home changes while relays, one for each copy, send it step by step and may crash
 * between any two; messages are lost, repeated and reordered.
 */
export function copyModel(world: CopyWorld): Model<CopyState> {
    const cells = Array.from({ length: world.copyHolders }, () => 0);
    return {
        initial: {
            home: 0,
            copies: cells,
            entries: cells,
            read: cells,
            loaded: cells.map(() => -1),
            accepted: cells.map(() => false),
            messages: [],
            hasLost: false,
        },
        textOf: (state) => Object.values(state).join("|"),
        successors: (state) => [
            ...changeSteps(world, state),
            ...cells.flatMap((_, cell) => relaySteps(world, state, cell)),
            ...messageSteps(state),
        ],
        check({ home, copies }) {
            if (copies.some((version) => version > home)) {
                throw new Error("A copy is newer than its home.");
            }
        },
        drained,
        checkConverged({ home, copies }) {
            if (copies.some((version) => version !== home)) {
                throw new Error("A copy differs from its home although nothing is under way.");
            }
        },
    };
}

function changeSteps({ maxVersion }: CopyWorld, state: CopyState): CopyState[] {
    const entries = state.entries.map((count) => count + 1);
    return state.home < maxVersion ? [{ ...state, home: state.home + 1, entries }] : [];
}

function relaySteps(world: CopyWorld, state: CopyState, cell: number): CopyState[] {
    const { entries, read, loaded, accepted, messages } = state;
    const begunAgain = relayed(state, cell, 0, -1, false);
    const claimed = read[cell] ?? 0;
    if (claimed === 0) {
        const count = entries[cell] ?? 0;
        return count === 0 ? [] : [relayed(state, cell, count, -1, false)];
    }
    if (accepted[cell] === true) {
        const left = (entries[cell] ?? 0) - claimed;
        return [{ ...begunAgain, entries: changed(entries, cell, left) }, begunAgain];
    }
    const version = loaded[cell] ?? -1;
    if (version < 0) {
        return [relayed(state, cell, claimed, state.home, false), begunAgain];
    }
    if (messages.length >= world.maxMessages) {
        return [begunAgain];
    }
    const sent = [...messages, cell * 100 + version].sort((one, other) => one - other);
    return [{ ...relayed(state, cell, claimed, -1, true), messages: sent }, begunAgain];
}

function relayed(
    state: CopyState,
    cell: number,
    read: number,
    loaded: number,
    accepted: boolean,
): CopyState {
    return {
        ...state,
        read: changed(state.read, cell, read),
        loaded: changed(state.loaded, cell, loaded),
        accepted: changed(state.accepted, cell, accepted),
    };
}

function messageSteps(state: CopyState): CopyState[] {
    return state.messages.flatMap((message, index) => {
        const messages = state.messages.filter((_, other) => other !== index);
        const copies = applied(state.copies, message);
        return [
            { ...state, messages, hasLost: true },
            { ...state, messages, copies },
            { ...state, copies },
        ];
    });
}

function applied(copies: readonly number[], message: number): readonly number[] {
    const cell = Math.floor(message / 100);
    const version = message % 100;
    return isNewer(version, copies[cell]) ? changed(copies, cell, version) : copies;
}

/** The relays are left to themselves; a digest is needed only when a message was lost. */
function drained(state: CopyState): CopyState {
    const copies = state.messages.reduce(applied, state.copies);
    const toTell = state.copies.map(
        (version, cell) =>
            (state.entries[cell] ?? 0) > 0 || (state.hasLost && version !== state.home),
    );
    return {
        ...state,
        messages: [],
        copies: copies.map((version, cell) =>
            toTell[cell] === true && isNewer(state.home, version) ? state.home : version,
        ),
    };
}

function changed<Value>(values: readonly Value[], index: number, value: Value): readonly Value[] {
    return values.map((old, other) => (other === index ? value : old));
}
