import type { StatementPlan } from "./plan";

/** Longer texts are rarely sent twice: they carry their values. */
const longestText = 64 * 1024;

/** Plans by text; the one that was not used for longest makes room. */
export function createPlanCache(options: { texts: number }): {
    get(text: string, plan: (text: string) => readonly StatementPlan[]): readonly StatementPlan[];
} {
    const plans = new Map<string, readonly StatementPlan[]>();
    return {
        get(text, plan) {
            if (text.length > longestText) return plan(text);
            const known = plans.get(text) ?? plan(text);
            plans.delete(text);
            plans.set(text, known);
            for (const oldest of plans.keys()) {
                if (plans.size <= options.texts) break;
                plans.delete(oldest);
            }
            return known;
        },
    };
}
