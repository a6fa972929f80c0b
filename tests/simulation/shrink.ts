/**
 * Finds a small part of a list that still fails, by leaving out halves, quarters and so on, as long
 * as what is left still fails (Zeller's delta debugging,
 * https://doi.org/10.1109/32.988498).
 * @param fails whether a list fails; the whole one does
 * @param maxTries lists that are tried at most
 */
export async function shrink<Item>(
    items: readonly Item[],
    fails: (items: readonly Item[]) => Promise<boolean>,
    maxTries = 200,
): Promise<readonly Item[]> {
    let kept = items;
    let parts = 2;
    let tries = 0;
    while (kept.length > 0 && tries < maxTries) {
        const size = Math.ceil(kept.length / parts);
        const smaller: (readonly Item[])[] = [];
        for (let start = 0; start < kept.length; start += size) {
            smaller.push([...kept.slice(0, start), ...kept.slice(start + size)]);
        }
        let found: readonly Item[] | undefined;
        for (const candidate of smaller) {
            tries++;
            if (await fails(candidate)) {
                found = candidate;
                break;
            }
        }
        if (found !== undefined) {
            kept = found;
            parts = Math.max(2, parts - 1);
        } else if (size === 1) {
            break;
        } else {
            parts = Math.min(kept.length, parts * 2);
        }
    }
    return kept;
}
