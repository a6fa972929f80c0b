/**
 * A time of the database as clients see it: ISO 8601 in UTC with milliseconds, which is all that
 * is stored, because the app makes every time itself.
 * @param value a `Date` or text that one can be made of, as the driver returns `timestamptz`
 * @throws RangeError for any other value
 */
export function isoTime(value: unknown): string {
    return (value instanceof Date ? value : new Date(String(value))).toISOString();
}
