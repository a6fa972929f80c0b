/** Items, each with a time, of which the earliest comes first; of one time the one added first. */
export interface Timeline<Item> {
    add(at: number, item: Item): void;
    /** The time of the item that comes first. */
    earliest(): number | undefined;
    /** Takes those out whose time has come by then. */
    takeUntil(at: number): readonly Item[];
}

interface Entry<Item> {
    readonly at: number;
    readonly item: Item;
    /** How many were added before. */
    readonly order: number;
}

/** Makes an empty timeline: a binary heap, so that a long one costs little. */
export function createTimeline<Item>(): Timeline<Item> {
    const heap: Entry<Item>[] = [];
    let added = 0;
    const isBefore = (left: number, right: number): boolean => {
        const [first, second] = [heap[left], heap[right]];
        return (
            first !== undefined &&
            (second === undefined ||
                first.at < second.at ||
                (first.at === second.at && first.order < second.order))
        );
    };
    const swap = (left: number, right: number): void => {
        const [first, second] = [heap[left], heap[right]];
        if (first !== undefined && second !== undefined) {
            heap[left] = second;
            heap[right] = first;
        }
    };
    const sink = (place: number): void => {
        const [left, right] = [2 * place + 1, 2 * place + 2];
        const child = isBefore(right, left) ? right : left;
        if (isBefore(child, place)) {
            swap(child, place);
            sink(child);
        }
    };
    const removeFirst = (): void => {
        const last = heap.pop();
        if (last !== undefined && heap.length > 0) {
            heap[0] = last;
            sink(0);
        }
    };
    return {
        add(at, item) {
            added += 1;
            heap.push({ at, item, order: added });
            for (let place = heap.length - 1; place > 0; ) {
                const parent = (place - 1) >> 1;
                if (!isBefore(place, parent)) {
                    return;
                }
                swap(place, parent);
                place = parent;
            }
        },
        earliest: () => heap[0]?.at,
        takeUntil(at) {
            const taken: Item[] = [];
            for (let next = heap[0]; next !== undefined && next.at <= at; next = heap[0]) {
                taken.push(next.item);
                removeFirst();
            }
            return taken;
        },
    };
}
