import assert from "node:assert/strict";
import { createKernel } from "./kernel";

describe("simulation: the kernel", () => {
    it("lets things happen in the order of their times, and of their making where these are equal", async () => {
        const kernel = createKernel();
        const order: string[] = [];
        for (const [name, at] of [
            ["c", 5],
            ["a", 1],
            ["d", 5],
            ["b", 3],
        ] as const) {
            kernel.after(at, undefined, () => order.push(name));
        }
        await kernel.run(() => false);
        assert.deepEqual(order, ["a", "b", "c", "d"]);
        assert.equal(kernel.now(), 5);
    });

    it("never lets a killed task go on after the await it was killed in", async () => {
        const kernel = createKernel();
        const done: string[] = [];
        kernel.spawn(1, "victim", async () => {
            await kernel.sleep(10);
            done.push("first");
            await kernel.sleep(10);
            done.push("second");
        });
        kernel.after(15, undefined, () => kernel.kill(1, () => true));
        await kernel.run(() => false);
        assert.deepEqual(done, ["first"]);
    });

    it("holds up the tasks of a paused cell alone", async () => {
        const kernel = createKernel();
        const times: number[] = [];
        for (const cell of [1, 2]) {
            kernel.spawn(cell, "worker", async () => {
                await kernel.sleep(10);
                times.push(kernel.now());
            });
        }
        kernel.after(5, undefined, () => kernel.pause(1, 100));
        await kernel.run(() => false);
        assert.deepEqual(times, [10, 105]);
    });

    it("shows each cell its own clock, and itself another that never goes back", async () => {
        const kernel = createKernel();
        const shown: number[] = [];
        kernel.stepClock(2, -1_000);
        for (const cell of [1, 2]) {
            kernel.spawn(cell, "reader", async () => void shown.push(kernel.epochMilliseconds()));
        }
        await kernel.run(() => false);
        assert.equal((shown[0] ?? 0) - (shown[1] ?? 0), 1_000);
        assert.equal(kernel.now(), 0);
    });

    it("ends with the error of a task that fails", async () => {
        const kernel = createKernel();
        kernel.spawn(1, "broken", () => Promise.reject(new Error("as planned")));
        await assert.rejects(
            kernel.run(() => false),
            /as planned/,
        );
    });
});
