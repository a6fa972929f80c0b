/** An invocation of a function, or a client. It lives until it has ended or is killed. */
export interface Task {
    /** The cell whose clock it reads and that it dies with; 0 for clients. */
    readonly cell: number;
    readonly name: string;
    isAlive: boolean;
    /** How far it has come, where it matters to know what it was killed in. */
    stage?: "committed" | "sent";
}

interface Event {
    readonly time: number;
    readonly order: number;
    /** Whose continuation it is; undefined for what goes on whoever dies. */
    readonly task: Task | undefined;
    readonly run: () => void;
}

/**
 * Virtual time, and the order in which everything goes on. Whatever a task awaits ends by an event
 * of the kernel, so between two events nothing is under way: what happens is decided by the seed
 * alone, and anything can happen to a task at any await.
 */
export interface Kernel {
    /** Milliseconds since the beginning. */
    now(): number;
    /** Events that have happened. */
    steps(): number;
    /** The task that is running. */
    current(): Task | undefined;
    /**
     * Lets something happen later; to a task only if it still lives then. What belongs to no task
     * happens at once: it may set off events, and no promise.
     */
    after(milliseconds: number, task: Task | undefined, run: () => void): void;
    /** Starts a task. If it rejects, the simulation ends with that error. */
    spawn(cell: number, name: string, body: () => Promise<void>): Task;
    /** Ends after the time, for the task that is running. */
    sleep(milliseconds: number): Promise<void>;
    /** Kills a task that is still running by then, as Lambda does. */
    expire(task: Task, milliseconds: number): void;
    /** Ends the simulation with an error. */
    fail(error: unknown): void;
    /** Kills the tasks of a cell that are chosen: they never go on. */
    kill(cell: number, isChosen: (task: Task) => boolean): readonly Task[];
    /** Holds up everything that a cell's tasks do; what was sent before still arrives. */
    pause(cell: number, milliseconds: number): void;
    /** Changes what a cell's clock shows. */
    stepClock(cell: number, milliseconds: number): void;
    /** What the clock of the running task's cell shows, as milliseconds since 1970. */
    epochMilliseconds(): number;
    /** Lets things happen until the condition holds, checked after each event. */
    run(isOver: () => boolean): Promise<void>;
}

const beginning = Date.UTC(2026, 0, 1);

export function createKernel(): Kernel {
    const queue = createQueue();
    const tasks = new Set<Task>();
    const pausedUntil = new Map<number, number>();
    const clockOffset = new Map<number, number>();
    let now = 0;
    let steps = 0;
    let order = 0;
    let current: Task | undefined;
    let failures: readonly unknown[] = [];

    const after: Kernel["after"] = (milliseconds, task, run) => {
        queue.push({ time: now + milliseconds, order: order++, task, run });
    };
    const happen = ({ task, run }: Event): void => {
        const resumesAt = task === undefined ? 0 : (pausedUntil.get(task.cell) ?? 0);
        if (resumesAt > now) {
            after(resumesAt - now, task, run);
            return;
        }
        if (task?.isAlive === false) {
            return;
        }
        steps++;
        current = task;
        run();
    };
    return {
        now: () => now,
        steps: () => steps,
        current: () => current,
        after,
        spawn(cell, name, body) {
            const task: Task = { cell, name, isAlive: true };
            tasks.add(task);
            after(0, task, () => {
                body().then(
                    () => {
                        task.isAlive = false;
                        tasks.delete(task);
                    },
                    (error) => {
                        failures = [...failures, error];
                    },
                );
            });
            return task;
        },
        sleep(milliseconds) {
            const task = current;
            return new Promise((resolve) => after(milliseconds, task, resolve));
        },
        kill(cell, isChosen) {
            const chosen = [...tasks].filter((task) => task.cell === cell && isChosen(task));
            for (const task of chosen) {
                task.isAlive = false;
                tasks.delete(task);
            }
            return chosen;
        },
        expire(task, milliseconds) {
            after(milliseconds, undefined, () => {
                task.isAlive = false;
                tasks.delete(task);
            });
        },
        fail(error) {
            failures = [...failures, error];
        },
        pause: (cell, milliseconds) => void pausedUntil.set(cell, now + milliseconds),
        stepClock: (cell, milliseconds) =>
            void clockOffset.set(cell, (clockOffset.get(cell) ?? 0) + milliseconds),
        epochMilliseconds: () => beginning + now + (clockOffset.get(current?.cell ?? 0) ?? 0),
        async run(isOver) {
            while (!isOver()) {
                const event = queue.pop();
                if (event === undefined) {
                    return;
                }
                now = Math.max(now, event.time);
                happen(event);
                if (event.task !== undefined) {
                    // A macrotask comes only after every microtask: all that it set off is done.
                    await new Promise((resolve) => setImmediate(resolve));
                }
                if (failures.length > 0) {
                    throw failures[0];
                }
            }
        },
    };
}

/** A binary heap: the earliest first, and of equals the one that was added first. */
function createQueue() {
    const heap: Event[] = [];
    const isBefore = (one: Event, other: Event) =>
        one.time < other.time || (one.time === other.time && one.order < other.order);
    return {
        push(event: Event): void {
            let place = heap.length;
            heap.push(event);
            while (place > 0) {
                const parent = (place - 1) >> 1;
                const above = heap[parent] as Event;
                if (!isBefore(event, above)) {
                    break;
                }
                heap[place] = above;
                place = parent;
            }
            heap[place] = event;
        },
        pop(): Event | undefined {
            const [first] = heap;
            const last = heap.pop();
            if (last !== undefined && heap.length > 0) {
                sink(heap, last, isBefore);
            }
            return first;
        },
    };
}

function sink(heap: Event[], event: Event, isBefore: (one: Event, other: Event) => boolean): void {
    let place = 0;
    for (;;) {
        let child = 2 * place + 1;
        if (child >= heap.length) {
            break;
        }
        if (child + 1 < heap.length && isBefore(heap[child + 1] as Event, heap[child] as Event)) {
            child++;
        }
        if (!isBefore(heap[child] as Event, event)) {
            break;
        }
        heap[place] = heap[child] as Event;
        place = child;
    }
    heap[place] = event;
}
