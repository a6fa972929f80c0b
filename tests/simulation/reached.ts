/** Rare states that a simulation of any length worth its name gets to. */
export const rareStates = [
    "orders placed",
    "orders cancelled",
    "borrowed for an order",
    "borrowed while a link was cut",
    "rebalanced",
    "commits that were made though their answer was lost",
    "conflicts",
    "transactions refused",
    "requests repeated with their key",
    "checkouts repeated in another cell",
    "orders that gave way to another cell's",
    "gifts told again that were taken in already",
    "messages sent twice",
    "stale copies ignored",
    "messages lost",
    "killed between commit and send",
    "killed between send and removal",
    "killed in an order",
    "paused",
    "clock steps",
    "links cut one way",
    "restored from a backup",
    "healed with a backlog over 10,000 rows",
    "rows repaired by a digest",
] as const;

export type RareState = (typeof rareStates)[number];

export type Counters = Map<string, number>;

export function add(counters: Counters, name: string, count = 1): void {
    counters.set(name, (counters.get(name) ?? 0) + count);
}

/** Those that were never reached. */
export function missing(counters: Counters): readonly RareState[] {
    return rareStates.filter((name) => (counters.get(name) ?? 0) === 0);
}
