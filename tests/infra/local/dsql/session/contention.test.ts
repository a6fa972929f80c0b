import assert from "node:assert/strict";
import {
    type ContentionWatch,
    type FindBlockers,
    watchContention,
} from "../../../../../infra/local/dsql/contention";
import type { Session } from "../../../../../infra/local/dsql/session/state";
import { beginTransaction } from "../../../../../infra/local/dsql/session/transaction";
import { fakeSession, fakeTransaction } from "./fake-session";

/** Whether sessions step back: what they ask PostgreSQL then is never answered here. */
interface Watched {
    readonly holders?: readonly Session[];
    readonly asked?: number;
    readonly whenAsked?: () => void;
}

describe("the watch over those who wait", () => {
    let watch: ContentionWatch | undefined;
    afterEach(() => watch?.stop());

    const waiting = (changes: Partial<Session> = {}): Session =>
        fakeSession({
            phase: "answering",
            transaction: beginTransaction(true),
            expectations: [{ kind: "close", position: 0 }],
            ...changes,
        });
    const idle = (changes: Partial<Session> = {}): Session =>
        fakeSession({ status: "T", transaction: fakeTransaction(), ...changes });
    const rows = { transaction: fakeTransaction() };
    const definition = (): Partial<Session> => ({
        transaction: fakeTransaction({ content: "definition" }),
    });

    /** Watches until PostgreSQL was asked so many times; it always says that one waits for the other. */
    const look = async (
        waiter: Session,
        holder: Session,
        { holders = [holder], asked = 1, whenAsked }: Watched = {},
    ): Promise<void> => {
        let count = 0;
        await new Promise<void>((resolve) => {
            const find: FindBlockers = async (processIds) => {
                count += 1;
                assert.deepEqual(processIds, [waiter.serverProcessId]);
                if (count === asked) {
                    whenAsked?.();
                    setImmediate(resolve);
                }
                return count === asked
                    ? [{ waiting: waiter.serverProcessId, blocking: holder.serverProcessId }]
                    : [];
            };
            watch = watchContention(new Set([waiter, holder]), new Set(holders), find);
            watch.look(waiter);
        });
    };
    const stepsBack = ({ phase }: Session): boolean => phase === "busy";
    const areRivals = (one: Session, other: Session): boolean =>
        one.transaction !== undefined && other.transaction?.rivals.has(one.transaction) === true;

    it("makes an idle transaction step back that another one waits for", async () => {
        const [waiter, holder] = [waiting(rows), idle()];
        await look(waiter, holder);
        assert.ok(stepsBack(holder) && areRivals(waiter, holder));
    });

    it("looks again when at first nobody was in the way", async () => {
        const [waiter, holder] = [waiting(rows), idle()];
        await look(waiter, holder, { asked: 4 });
        assert.ok(stepsBack(holder));
    });

    it("looks again when PostgreSQL could not be asked", async () => {
        const [waiter, holder] = [waiting(rows), idle()];
        let failures = 0;
        await new Promise<void>((resolve) => {
            watch = watchContention(new Set([waiter, holder]), new Set([holder]), async () => {
                failures += 1;
                if (failures === 3) {
                    resolve();
                }
                throw new Error("The connection broke.");
            });
            watch.look(waiter);
        });
        assert.equal(stepsBack(holder), false);
    });

    const busy: readonly (readonly [string, Partial<Session>])[] = [
        ["at work", { phase: "answering" }],
        ["in the middle of an exchange", { exchangeLength: 1 }],
        ["about to go on", { steps: [{ kind: "sync" }] }],
        ["failed", { status: "E" }],
        ["stepped back already", { transaction: fakeTransaction({ isSteppedBack: true }) }],
        ["without a savepoint", { transaction: fakeTransaction({ hasSavepoint: false }) }],
    ];
    for (const [name, changes] of busy) {
        it(`leaves a transaction alone that is ${name}`, async () => {
            const [waiter, holder, other] = [waiting(rows), idle(changes), idle()];
            const { phase } = holder;
            // The other one is what makes it worth while to ask.
            await look(waiter, holder, { holders: [holder, other] });
            assert.deepEqual([holder.phase, areRivals(waiter, holder)], [phase, false]);
        });
    }

    for (const side of ["waits", "is waited for"] as const) {
        it(`does nothing when who ${side} has come to another transaction meanwhile`, async () => {
            const [waiter, holder] = [waiting(rows), idle()];
            const whenAsked = (): void => {
                (side === "waits" ? waiter : holder).transaction = fakeTransaction();
            };
            await look(waiter, holder, { whenAsked });
            assert.deepEqual([stepsBack(holder), areRivals(waiter, holder)], [false, false]);
        });
    }

    it("makes who has only read step back for a change of the catalogue", async () => {
        const holder = idle({ transaction: fakeTransaction({ content: "nothing" }) });
        const waiter = waiting(definition());
        await look(waiter, holder, { holders: [] });
        assert.deepEqual([stepsBack(holder), areRivals(waiter, holder)], [true, false]);
    });

    it("takes a change of rows and one of the catalogue for no rivals", async () => {
        const [waiter, holder] = [waiting(definition()), idle()];
        await look(waiter, holder);
        assert.deepEqual([stepsBack(holder), areRivals(waiter, holder)], [true, false]);
    });

    it("takes two changes of the catalogue for rivals", async () => {
        const [waiter, holder] = [waiting(definition()), idle(definition())];
        await look(waiter, holder);
        assert.ok(stepsBack(holder) && areRivals(waiter, holder));
    });

    it("asks about one thing at a time", async () => {
        const [waiter, holder] = [waiting(rows), idle()];
        let underWay = 0;
        let most = 0;
        await new Promise<void>((resolve) => {
            let count = 0;
            watch = watchContention(new Set([waiter, holder]), new Set([holder]), async () => {
                underWay += 1;
                most = Math.max(most, underWay);
                // Somebody else sends something while PostgreSQL is asked.
                watch?.look(waiter);
                await new Promise((answered) => setTimeout(answered, 10));
                underWay -= 1;
                count += 1;
                if (count === 3) {
                    resolve();
                }
                return [];
            });
            watch.look(waiter);
        });
        assert.equal(most, 1);
    });
});
