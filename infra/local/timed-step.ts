import type { Report } from "./cloud";

/** Does something, and tells how long it took. */
export async function timed<Result>(
    subject: string,
    report: Report,
    run: () => Result | Promise<Result>,
): Promise<Result> {
    const started = performance.now();
    const result = await run();
    report({ kind: "step", subject, milliseconds: performance.now() - started });
    return result;
}
