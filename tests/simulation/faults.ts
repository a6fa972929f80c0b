import type { Random } from "../chaos/random";

/** One thing that goes wrong, at a moment and for a while. Milliseconds of the world's time. */
export type Fault =
    | {
          readonly kind: "cut";
          readonly at: number;
          readonly lasts: number;
          readonly from: number;
          readonly to: number;
      }
    | {
          readonly kind: "noise";
          readonly at: number;
          readonly lasts: number;
          readonly from: number;
          readonly to: number;
          readonly loss: number;
          readonly duplication: number;
          readonly slowness: number;
      }
    | {
          readonly kind: "database";
          readonly at: number;
          readonly lasts: number;
          readonly cell: number;
          readonly refused: number;
          readonly lostAnswer: number;
          readonly conflict: number;
      }
    /** Kills what a cell is running, each with the likelihood, wherever it awaits something. */
    | {
          readonly kind: "kill";
          readonly at: number;
          readonly cell: number;
          readonly likelihood: number;
      }
    | { readonly kind: "pause"; readonly at: number; readonly lasts: number; readonly cell: number }
    | {
          readonly kind: "clock";
          readonly at: number;
          readonly cell: number;
          readonly milliseconds: number;
      }
    /** Messages of a queue end in its dead-letter queue, and are lost. */
    | {
          readonly kind: "dead-letters";
          readonly at: number;
          readonly cell: number;
          readonly loss: number;
      }
    /** A cell gets back the tables that it had so long ago. */
    | { readonly kind: "restore"; readonly at: number; readonly cell: number; readonly age: number }
    /** Many new products at once. */
    | {
          readonly kind: "import";
          readonly at: number;
          readonly cell: number;
          readonly rows: number;
      };

export type FaultKind = Fault["kind"];

const importedRows = 10_500;

/** How often each kind befalls a world, for each. */
const weights: readonly (readonly [FaultKind, number])[] = [
    ["cut", 4],
    ["noise", 5],
    ["database", 5],
    ["kill", 12],
    ["pause", 2],
    ["clock", 3],
    ["dead-letters", 3],
];

/**
 * What goes wrong in a world, from its seed.
 * @param untilMilliseconds nothing begins later
 */
export function planFaults(
    random: Random,
    cells: readonly number[],
    untilMilliseconds: number,
    { hasRestore, hasImport }: { readonly hasRestore: boolean; readonly hasImport: boolean },
): readonly Fault[] {
    const kinds = weights.flatMap(([kind, weight]) => Array.from({ length: weight }, () => kind));
    const count = random.between(4, 40);
    const faults = Array.from({ length: count }, () =>
        planFault(random, random.pick(kinds) ?? "kill", cells, untilMilliseconds),
    );
    const cell = random.pick(cells) ?? 1;
    const at = untilMilliseconds * (0.4 + 0.3 * random.next());
    return [
        ...faults,
        ...(hasRestore
            ? [{ kind: "restore", at, cell, age: at * 0.5 * random.next() } as const]
            : []),
        ...(hasImport ? importInto(cell, cells, untilMilliseconds) : []),
    ].sort((one, other) => one.at - other.at);
}

/** The cell is cut off, so that all of it waits. */
function importInto(cell: number, cells: readonly number[], until: number): readonly Fault[] {
    return [
        ...cells
            .filter((other) => other !== cell)
            .map((to) => ({ kind: "cut", at: 0, lasts: until * 0.6, from: cell, to }) as const),
        { kind: "import", at: until * 0.3, cell, rows: importedRows },
    ];
}

function planFault(
    random: Random,
    kind: FaultKind,
    cells: readonly number[],
    until: number,
): Fault {
    const at = random.next() * until;
    const [from = 1, to = 1] = random.shuffle(cells);
    const lasts = random.next() * random.next() * until;
    switch (kind) {
        case "cut":
            return { kind, at, lasts, from, to };
        case "noise":
            return {
                kind,
                at,
                lasts,
                from,
                to,
                loss: 0.3 * random.next(),
                duplication: 0.5 * random.next(),
                slowness: random.chance(0.3) ? 2_000 * random.next() : 0,
            };
        case "database":
            return {
                kind,
                at,
                lasts,
                cell: from,
                // Sometimes nobody is let in, for longer than anything is tried.
                refused: random.chance(0.2) ? 1 : 0.1 * random.next(),
                lostAnswer: 0.2 * random.next(),
                conflict: 0.2 * random.next(),
            };
        case "pause":
            return { kind, at, lasts: 120_000 * random.next() * random.next() ** 4, cell: from };
        case "clock":
            return { kind, at, cell: from, milliseconds: random.between(-300_000, 300_000) };
        case "dead-letters":
            return { kind, at, cell: from, loss: random.next() };
        default:
            return { kind: "kill", at, cell: from, likelihood: random.chance(0.5) ? 1 : 0.3 };
    }
}
