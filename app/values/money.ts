import { fault } from "../fault";
import { currencyDigits } from "./currencies";

/** An ISO 4217 code of an active currency, for example `USD`. */
export type Currency = string & { readonly __currency: true };

/** The currency of a price that names none. */
export const defaultCurrency = "USD" as Currency;

/** The largest amount a client may send, in minor units: 99,999,999.99 of a two-digit currency. */
export const maximumMinorUnits = 9_999_999_999n;

const decimalText = Symbol("decimal");

/** A number in decimal notation, which `http/json.ts` writes digit by digit: 299.90 stays `299.90`. */
export interface Decimal {
    readonly [decimalText]: string;
}

/** Whether the text is the code of an active ISO 4217 currency, in upper case. */
export function isCurrency(text: string): text is Currency {
    return currencyDigits.has(text);
}

/** How many digits the currency has after the point: 2 for USD, 0 for JPY, 3 for KWD. */
export function minorUnitDigits(currency: Currency): number {
    const digits = currencyDigits.get(currency);
    if (digits === undefined) {
        throw new Error(`"${currency}" is not an active ISO 4217 currency.`);
    }
    return digits;
}

/**
 * Reads an amount of money, exactly: from the shortest decimal text of the number, which is what
 * the client wrote unless it wrote more digits than any currency has.
 * @param amount in major units, as JSON.parse gives it: 299.9
 * @param pointer the JSON pointer of the amount, for the fault
 * @returns minor units: 29990n
 * @throws fault invalid_request when it is negative, too large or has too many digits
 */
export function parseAmount(amount: number, currency: Currency, pointer = "/price"): bigint {
    const digits = minorUnitDigits(currency);
    const refuse = (allowed: string) => {
        const detail = `${amount} is not an amount of ${currency}: ${allowed}`;
        return fault("invalid_request", `${detail}.`, { errors: [{ pointer, detail }] });
    };
    if (!Number.isFinite(amount) || amount < 0) {
        throw refuse("allowed are amounts from 0 up");
    }
    const largest = toText(maximumMinorUnits, digits);
    if (amount > Number(largest)) {
        throw refuse(`the largest allowed is ${largest}`);
    }
    // Within the limit a number is only ever written with an exponent when it is below 0.000001.
    const [, whole, fraction = ""] = /^(\d+)(?:\.(\d+))?$/.exec(String(amount)) ?? [];
    if (whole === undefined || fraction.length > digits) {
        throw refuse(`allowed are ${digits === 0 ? "no" : `at most ${digits}`} decimal digits`);
    }
    return BigInt(whole + fraction.padEnd(digits, "0"));
}

/** Writes minor units as an amount with exactly the currency's digits: 29990n USD is `299.90`. */
export function toDecimal(minorUnits: bigint, currency: Currency): Decimal {
    return { [decimalText]: toText(minorUnits, minorUnitDigits(currency)) };
}

/** The digits of a decimal, or undefined for any other value. */
export function textOfDecimal(value: object): string | undefined {
    return decimalText in value ? (value as Decimal)[decimalText] : undefined;
}

function toText(minorUnits: bigint, digits: number): string {
    const sign = minorUnits < 0n ? "-" : "";
    const text = String(minorUnits < 0n ? -minorUnits : minorUnits).padStart(digits + 1, "0");
    const point = text.length - digits;
    return sign + text.slice(0, point) + (digits === 0 ? "" : `.${text.slice(point)}`);
}
