/**
 * Whether a row that arrives replaces the one that is stored. Only a row's home raises its version,
 * in the transaction of the change, so rows may arrive in any order and any number of times.
 * @param stored undefined where there is none yet
 */
export function isNewer(incoming: number, stored: number | undefined): boolean {
    return stored === undefined || incoming > stored;
}
