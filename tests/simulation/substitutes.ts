import * as crypto from "node:crypto";
import * as timers from "node:timers/promises";
import type { Random } from "../chaos/random";
import type { Kernel } from "./kernel";

/** What the program reads of the outside world while a simulation is running. */
export interface Substitutes {
    readonly kernel: Kernel;
    readonly random: Random;
}

let present: Substitutes | undefined;

/**
 * Puts a simulation in the place of time and chance, for this whole process: the program reads the
 * clock and makes ids where it needs them, and must run as it is. A process that simulates does
 * nothing else.
 */
export function substitute(substitutes: Substitutes): void {
    if (present === undefined) {
        install();
    }
    present = substitutes;
}

function simulation(): Substitutes {
    if (present === undefined) {
        throw new Error("No simulation is running.");
    }
    return present;
}

function install(): void {
    const RealDate = Date;
    globalThis.Date = new Proxy(RealDate, {
        construct: (target, parameters: [], newTarget) =>
            Reflect.construct(
                target,
                parameters.length === 0 ? [simulation().kernel.epochMilliseconds()] : parameters,
                newTarget,
            ),
        get: (target, name, receiver) =>
            name === "now"
                ? () => simulation().kernel.epochMilliseconds()
                : Reflect.get(target, name, receiver),
    });
    performance.now = () => simulation().kernel.now();
    Math.random = () => simulation().random.next();
    replace(timers, "setTimeout", (milliseconds: number) =>
        simulation().kernel.sleep(milliseconds),
    );
    replace(crypto, "randomBytes", (count: number) => {
        const bytes = Buffer.alloc(count);
        for (let index = 0; index < count; index++) {
            bytes[index] = Math.floor(simulation().random.next() * 256);
        }
        return bytes;
    });
}

/** The modules of Node are objects, and what is compiled to CommonJS looks into them at each call. */
function replace(module: object, name: string, value: unknown): void {
    const target = "default" in module ? (module.default as object) : module;
    Object.defineProperty(target, name, { value, configurable: true, writable: true });
}
