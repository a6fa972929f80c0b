import assert from "node:assert/strict";
import { ids, operation, unanswered } from "./checkers/example";
import { type Loss, measureFares, measureLoad } from "./failover-measures";
import type { Operation } from "./history";

const loss: Loss = { name: "us lost", lostAtMilliseconds: 1_000, backAtMilliseconds: 31_000 };
const look = { kind: "readProduct", productId: ids.lamp } as const;
const order = { kind: "placeOrder", customerId: ids.bob, lines: [] } as const;

/** Something that a customer of us asked for, from a second to another one. */
const asked = (
    action: Operation["action"],
    [from, to]: readonly [number, number],
    isAnswered = true,
): Operation => {
    const times = {
        cell: "us",
        invokedAtMilliseconds: from * 1_000,
        endedAtMilliseconds: to * 1_000,
    };
    return isAnswered ? operation(action, { status: 200 }, times) : unanswered(action, times);
};

describe("how customers fare while something is lost", () => {
    const outages: [string, Operation[], number][] = [
        ["nothing failed", [asked(look, [2, 3]), asked(look, [4, 5])], 0],
        [
            "a read failed between two good ones",
            [asked(look, [2, 3]), asked(look, [4, 6], false), asked(look, [6, 7])],
            3_000,
        ],
        [
            "reads went on beside one that failed",
            [asked(look, [2, 6], false), asked(look, [3, 6.1])],
            4_100,
        ],
        ["nothing was good again", [asked(look, [2, 3], false)], 29_000],
        ["it failed before the loss", [asked(look, [0.2, 0.4], false)], 0],
        ["a write failed", [asked(order, [2, 4], false)], 0],
    ];
    for (const [what, operations, milliseconds] of outages) {
        it(`is reads for ${milliseconds} ms when ${what}`, () => {
            const [fare] = measureFares(operations, loss);
            assert.equal(fare?.readOutageMilliseconds ?? 0, milliseconds);
        });
    }

    it("is writes until the last one that failed", () => {
        const [fare] = measureFares(
            [asked(order, [2, 4], false), asked(order, [5, 6]), asked(order, [7, 9], false)],
            loss,
        );
        assert.deepEqual([fare?.writes, fare?.failedWrites], [3, 2]);
        assert.equal(fare?.writesBackMilliseconds, 8_000);
    });

    it("does not count a refusal as a failure", () => {
        const times = { cell: "us", invokedAtMilliseconds: 2_000, endedAtMilliseconds: 3_000 };
        const [fare] = measureFares([operation(order, { status: 409 }, times)], loss);
        assert.equal(fare?.failedWrites, 0);
    });

    it("does not count what only the lost cell has", () => {
        const read = asked({ kind: "readOrder", orderId: ids.orderAtHome }, [2, 3], false);
        assert.equal(measureFares([read], loss)[0]?.readOutageMilliseconds, 29_000);
        assert.deepEqual(measureFares([read], { ...loss, lostCell: 1 }), []);
    });

    it("does not count a repeated checkout whose order only the lost cell has", () => {
        const placed = (at: number): Operation =>
            operation(
                order,
                { status: 201, resourceId: ids.orderAtHome },
                { key: "k", invokedAtMilliseconds: at, endedAtMilliseconds: at + 10 },
            );
        const repeated = { ...asked(order, [2, 3], false), key: "k" };
        const lost = { ...loss, lostCell: 1 };
        assert.deepEqual(measureFares([placed(500), repeated], lost), []);
        const laterAlone = measureFares([repeated, placed(32_000)], lost);
        assert.equal(laterAlone[0]?.failedWrites, 1);
        assert.equal(measureFares([placed(500), repeated], loss)[0]?.failedWrites, 1);
    });
});

describe("the load of what is left", () => {
    it("is what arrived, beside what its own and the lost one's customers sent", () => {
        const operations = [asked(look, [2, 3]), asked(look, [4, 5]), asked(look, [40, 41])];
        assert.deepEqual(
            measureLoad(operations, loss, { "eu-west-1": 3 }, () => "eu-west-1"),
            [{ region: "eu-west-1", arrived: 3, share: 2 }],
        );
    });
});
