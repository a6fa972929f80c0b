/**
 * Waits for work until the time is over. The work goes on, so whoever gives up on it has to see
 * that it does no harm.
 * @param milliseconds may be infinite
 * @throws Error with the code ETIMEDOUT, which counts as a lost connection: the outcome is unknown
 */
export async function finishWithin<Result>(
    work: Promise<Result>,
    milliseconds: number,
): Promise<Result> {
    if (milliseconds === Number.POSITIVE_INFINITY) {
        return work;
    }
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
        const timeIsOver = () =>
            reject(Object.assign(new Error("The time is over."), { code: "ETIMEDOUT" }));
        timer = setTimeout(timeIsOver, Math.max(0, milliseconds));
    });
    try {
        return await Promise.race([work, late]);
    } finally {
        clearTimeout(timer);
    }
}
