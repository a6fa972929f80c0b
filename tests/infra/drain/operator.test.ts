import assert from "node:assert/strict";
import type { KeyValueStoreClient } from "../../../app/aws/key-value-store";
import type { DrainCommand } from "../../../infra/drain/command-line";
import { carryOut } from "../../../infra/drain/operator";

const nowSeconds = 1_790_000_000;
const drainEurope: DrainCommand = { kind: "drain", region: "eu-west-1", isForced: false };

/** A store that others change so many times, each time in the middle of a change. */
function openStore(keys: Record<string, string>, disturbances = 0) {
    let version = 0;
    let left = disturbances;
    const client: KeyValueStoreClient = {
        describe: async () => `v${version}`,
        get: async (key) => keys[key],
        async update(puts, eTag) {
            if (left > 0) {
                left -= 1;
                version += 1;
                keys["drained"] = `{"us-east-1":${version}}`;
            }
            if (eTag !== `v${version}`) {
                return false;
            }
            version += 1;
            Object.assign(keys, puts);
            return true;
        },
    };
    return client;
}

async function run(command: DrainCommand, store: KeyValueStoreClient) {
    const regions = ["us-east-1", "eu-west-1", "ap-northeast-1"];
    return carryOut(command, { store, regions, nowSeconds: () => nowSeconds });
}

describe("the operator's change", () => {
    it("writes the operator's own key alone", async () => {
        const keys: Record<string, string> = { health: "{}" };
        assert.equal((await run(drainEurope, openStore(keys))).hasChanged, true);
        assert.deepEqual(keys, { health: "{}", drained: `{"eu-west-1":${nowSeconds}}` });
    });

    it("keeps what others wrote in between", async () => {
        const keys: Record<string, string> = {};
        await run(drainEurope, openStore(keys, 4));
        const drained = JSON.parse(keys["drained"] ?? "");
        assert.deepEqual(drained, { "us-east-1": 4, "eu-west-1": nowSeconds });
    });

    it("is given up when others change the flags for ever", async () => {
        await assert.rejects(run(drainEurope, openStore({}, 100)), /5 times .* Try again/);
    });

    it("is not written where there is nothing to change", async () => {
        const store = { ...openStore({}), update: () => assert.fail() };
        const { hasChanged } = await run({ kind: "undrain", region: undefined }, store);
        assert.equal(hasChanged, false);
    });

    it("replaces a text that nobody can read", async () => {
        const keys: Record<string, string> = { drained: "nope" };
        await run(drainEurope, openStore(keys));
        assert.equal(keys["drained"], `{"eu-west-1":${nowSeconds}}`);
    });

    for (const error of [new TypeError("fetch failed"), new DOMException("late", "TimeoutError")]) {
        it(`says that the store does not answer when a call ends with ${error.name}`, async () => {
            const store = { ...openStore({}), get: () => Promise.reject(error) };
            await assert.rejects(
                run({ kind: "status" }, store),
                /does not answer; nothing is changed/,
            );
        });

        it(`leaves open what has become of a change that ends with ${error.name}`, async () => {
            const store = { ...openStore({}), update: () => Promise.reject(error) };
            await assert.rejects(run(drainEurope, store), /not known whether the change was made/);
        });
    }
});
