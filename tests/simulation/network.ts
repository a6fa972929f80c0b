import type { Random } from "../chaos/random";
import type { Kernel } from "./kernel";

/** What befalls everything that goes from one cell to another, each with this likelihood. */
export interface LinkFaults {
    /** Cut: nothing arrives and nobody is told. */
    isCut: boolean;
    /** At most 0.3. */
    loss: number;
    /** At most 0.5. */
    duplication: number;
    /** Milliseconds that a crossing may take beyond the usual. */
    slowness: number;
}

/** The ways between cells, each direction on its own. */
export interface Network {
    link(from: number, to: number): LinkFaults;
    /** Lets something arrive elsewhere, perhaps late, perhaps never. */
    cross(from: number, to: number, arrive: () => void): void;
    /** How often: that a copy of a message comes as well. */
    duplicates(from: number, to: number): boolean;
}

const usualMilliseconds = 35;

export function createNetwork(kernel: Kernel, random: Random): Network {
    const links = new Map<number, LinkFaults>();
    const link = (from: number, to: number): LinkFaults => {
        const key = from * 256 + to;
        const known = links.get(key);
        if (known !== undefined) {
            return known;
        }
        const faults = { isCut: false, loss: 0, duplication: 0, slowness: 0 };
        links.set(key, faults);
        return faults;
    };
    return {
        link,
        cross(from, to, arrive) {
            const { isCut, loss, slowness } = link(from, to);
            if (isCut || random.chance(loss)) {
                return;
            }
            const milliseconds = usualMilliseconds * (1 + random.next()) + slowness * random.next();
            kernel.after(from === to ? 1 : milliseconds, undefined, arrive);
        },
        duplicates: (from, to) => random.chance(link(from, to).duplication),
    };
}

/** Heals every link for good. */
export function heal(network: Network, cells: readonly number[]): void {
    for (const from of cells) {
        for (const to of cells) {
            Object.assign(network.link(from, to), {
                isCut: false,
                loss: 0,
                duplication: 0,
                slowness: 0,
            });
        }
    }
}
