import type { Client } from "pg";

/**
 * What has to agree between cells, as counts and sums that are cheap to read. Two sides that agree
 * in number and in the sum of versions, of which none is newer than its home, are the same.
 */
export interface Summary {
    readonly name: string;
    readonly number: number;
    readonly outboxDepth: number;
    /** By `<kind> <home>`, with the other cell where only that one has copies: `order 1 2`. */
    readonly tallies: Readonly<Record<string, Tally>>;
}

export interface Tally {
    readonly count: number;
    readonly sum: number;
}

const nothing: Tally = { count: 0, sum: 0 };

/** What still differs between the cells, in words; nothing when they have converged. */
export function differencesOf(summaries: readonly Summary[]): readonly string[] {
    return [
        ...summaries
            .filter(({ outboxDepth }) => outboxDepth > 0)
            .map(({ name, outboxDepth }) => `${name} has ${outboxDepth} messages to send`),
        ...summaries.flatMap((home) =>
            summaries
                .filter((copy) => copy !== home)
                .flatMap((copy) => {
                    const pairs = [
                        [`product ${home.number}`, `product ${home.number}`],
                        [`customer ${home.number}`, `stub ${home.number}`],
                        [
                            `order ${home.number} ${copy.number}`,
                            `order ${home.number} ${copy.number}`,
                        ],
                        [
                            `given ${home.number} ${copy.number}`,
                            `applied ${home.number} ${copy.number}`,
                        ],
                    ] as const;
                    return pairs.flatMap(([original, copied]) =>
                        compare(home, original, copy, copied),
                    );
                }),
        ),
    ];
}

function compare(
    home: Summary,
    original: string,
    copy: Summary,
    copied: string,
): readonly string[] {
    const here = home.tallies[original] ?? nothing;
    const there = copy.tallies[copied] ?? nothing;
    return here.count === there.count && here.sum === there.sum
        ? []
        : [
              `${original}: ${here.count}/${here.sum} in ${home.name}, ${there.count}/${there.sum} in ${copy.name}`,
          ];
}

/** Reads a cell's summary in one statement. */
export async function readSummary(
    client: Client,
    { name, number }: { readonly name: string; readonly number: number },
): Promise<Summary> {
    const { rows } = await client.query<{ name: string; count: string; sum: string }>(summaryText, [
        number,
    ]);
    const tallies = Object.fromEntries(
        rows.map((row) => [row.name, { count: Number(row.count), sum: Number(row.sum) }]),
    );
    const { outbox = nothing, ...rest } = tallies;
    return { name, number, outboxDepth: outbox.count, tallies: rest };
}

// The last byte of an id is the number of its home cell. Gifts of 0 units need not be known.
const summaryText = `
    SELECT 'outbox' AS name, count(*) AS count, 0::numeric AS sum FROM shop.outbox
    UNION ALL
    SELECT 'product ' || home, count(*), sum(version) FROM shop.product GROUP BY home
    UNION ALL
    SELECT 'customer ' || home, count(*), sum(version) FROM shop.customer GROUP BY home
    UNION ALL
    SELECT 'stub ' || home, count(*), sum(version) FROM shop.customer_stub GROUP BY home
    UNION ALL
    SELECT 'order ' || home || ' ' || ('x' || right(customer_id::text, 2))::bit(8)::integer,
        count(*), sum(version)
    FROM shop.orders
    GROUP BY home, ('x' || right(customer_id::text, 2))::bit(8)::integer
    UNION ALL
    SELECT 'given ' || donor || ' ' || taker, count(*), sum(given)
    FROM shop.stock_grant
    WHERE donor = $1::smallint AND given > 0
    GROUP BY donor, taker
    UNION ALL
    SELECT 'applied ' || donor || ' ' || $1::smallint, count(*), sum(applied)
    FROM shop.stock_applied
    WHERE applied > 0
    GROUP BY donor`;
