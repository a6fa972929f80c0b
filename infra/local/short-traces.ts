/**
 * Runs a Pulumi program with stack traces of one frame. Pulumi notes a trace for every promise of a
 * program, and behind source maps each frame is dear: ten of them are half of the time a run takes.
 */
export async function withShortTraces<Result>(run: () => Promise<Result>): Promise<Result> {
    const before = Error.stackTraceLimit;
    Error.stackTraceLimit = 1;
    try {
        return await run();
    } finally {
        Error.stackTraceLimit = before;
    }
}
