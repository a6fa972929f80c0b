import type { Evidence, Violation } from "../state";
import { findUncancelled } from "./cancelled";
import { findDiverged } from "./converged";
import { findDuplicated } from "./duplicated";
import { findImproper } from "./error-hygiene";
import { findLost } from "./lost";
import { findExposed } from "./personal-data";
import { findSwallowed } from "./superseded";
import { findOversold } from "./supply";
import { findMistaken } from "./taken";
import { findVersionFaults } from "./versions";

/** A rule of the design's section 9, and what checks it. */
export interface Check {
    readonly name: string;
    /** What is counted, for the report: `0 lost`. */
    readonly rules: readonly string[];
    readonly find: (evidence: Evidence) => readonly Violation[];
}

/** Every rule that must hold when everything is quiet again. */
export const checks: readonly Check[] = [
    { name: "every acknowledged row is where it belongs", rules: ["lost"], find: findLost },
    {
        name: "who gives way to another order is not lost",
        rules: ["swallowed"],
        find: findSwallowed,
    },
    { name: "no unit is sold twice, none vanishes", rules: ["oversold"], find: findOversold },
    { name: "one thing for each key", rules: ["duplicated"], find: findDuplicated },
    {
        name: "an order exists if and only if its stock was taken",
        rules: ["taken", "returned"],
        find: findMistaken,
    },
    { name: "cancelled stays cancelled", rules: ["cancelled"], find: findUncancelled },
    { name: "versions only rise", rules: ["versions"], find: findVersionFaults },
    { name: "all cells hold the same", rules: ["diverged"], find: findDiverged },
    { name: "personal data is at home", rules: ["exposed"], find: findExposed },
    { name: "only documented errors", rules: ["improper"], find: findImproper },
];

/** Everything that is wrong; nothing when all rules hold. */
export function findViolations(evidence: Evidence): readonly Violation[] {
    return checks.flatMap(({ find }) => find(evidence));
}
