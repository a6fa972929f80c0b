/** A small world as a set of states and the steps between them. */
export interface Model<State> {
    readonly initial: State;
    /** Two states with the same text are the same. */
    textOf(state: State): string;
    /** Every step that can come next; a step that breaks a rule throws. */
    successors(state: State): readonly State[];
    /** @throws Error that says which rule a state breaks */
    check(state: State): void;
    /** Lets everything under way arrive, without a further fault. */
    drained(state: State): State;
    /** @throws Error unless all cells agree */
    checkConverged(state: State): void;
}

/**
 * Visits every state that can be reached, the nearest first, and checks each of them, and what it
 * comes to when it is left in peace.
 * @param maxStates more than so many are an error: the world was meant to be small
 * @returns the number of states
 */
export function explore<State>(model: Model<State>, maxStates: number): number {
    const seen = new Set([model.textOf(model.initial)]);
    let frontier = [model.initial];
    while (frontier.length > 0) {
        const next: State[] = [];
        for (const state of frontier) {
            visit(model, state);
            for (const successor of model.successors(state)) {
                const text = model.textOf(successor);
                if (!seen.has(text)) {
                    seen.add(text);
                    next.push(successor);
                }
            }
        }
        if (seen.size > maxStates) {
            throw new Error(`There are more than ${maxStates} states; make the world smaller.`);
        }
        frontier = next;
    }
    return seen.size;
}

function visit<State>(model: Model<State>, state: State): void {
    try {
        model.check(state);
        model.checkConverged(model.drained(state));
    } catch (cause) {
        throw new Error(`A state breaks a rule: ${model.textOf(state)}`, { cause });
    }
}
