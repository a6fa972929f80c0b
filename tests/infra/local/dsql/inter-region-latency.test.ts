import assert from "node:assert/strict";
import { roundTripMilliseconds } from "../../../../infra/local/dsql/inter-region-latency";
import table from "../../../../infra/local/dsql/inter-region-latency.json";
import regionTable from "../../../../infra/regions.json";

const regions = [...Object.keys(regionTable.regions), ...Object.keys(regionTable.edgeOnlyRegions)];

describe("the latency between Regions", () => {
    it("is measured for every Region that a stack can use", () => {
        assert.deepEqual([...table.regions].sort(), [...regions].sort());
        assert.deepEqual(
            table.roundTripMilliseconds.map(({ length }) => length),
            table.regions.map((_, index) => index),
        );
    });

    it("is a millisecond within a Region", () => {
        assert.equal(roundTripMilliseconds("eu-west-1", "eu-west-1"), 1);
    });

    const measured: readonly [string, string, number][] = [
        ["us-east-1", "us-east-2", 16],
        ["eu-west-1", "eu-west-2", 13],
        ["ap-northeast-1", "ap-northeast-3", 10],
        ["us-east-1", "eu-west-1", 70],
        ["us-east-1", "ap-northeast-1", 149],
        ["eu-west-1", "ap-northeast-1", 201],
        ["me-central-1", "ap-southeast-4", 192],
    ];
    for (const [from, to, milliseconds] of measured) {
        it(`is ${milliseconds} ms between ${from} and ${to}, in both directions`, () => {
            assert.equal(roundTripMilliseconds(from, to), milliseconds);
            assert.equal(roundTripMilliseconds(to, from), milliseconds);
        });
    }

    it("is never shorter than light in glass needs", () => {
        const places: Readonly<Record<string, { latitude: number; longitude: number }>> = {
            ...regionTable.regions,
            ...regionTable.edgeOnlyRegions,
        };
        const radians = (degrees: number): number => (degrees * Math.PI) / 180;
        for (const from of regions) {
            for (const to of regions) {
                const [a, b] = [places[from], places[to]];
                assert.ok(a !== undefined && b !== undefined);
                const cosine =
                    Math.sin(radians(a.latitude)) * Math.sin(radians(b.latitude)) +
                    Math.cos(radians(a.latitude)) *
                        Math.cos(radians(b.latitude)) *
                        Math.cos(radians(a.longitude - b.longitude));
                const kilometres = 6_371 * Math.acos(Math.min(1, cosine));
                // Light in glass makes 200 km a millisecond, there and back.
                assert.ok(roundTripMilliseconds(from, to) >= kilometres / 100, `${from} ${to}`);
            }
        }
    });

    it("of an unknown Region is the usual one between the continents", () => {
        assert.equal(roundTripMilliseconds("eu-central-9", "eu-west-1"), 27);
        assert.equal(
            roundTripMilliseconds("mx-central-1", "ap-southeast-9"),
            roundTripMilliseconds("ap-southeast-9", "us-north-1"),
        );
        const transatlantic = roundTripMilliseconds("us-east-9", "eu-west-1");
        assert.ok(transatlantic > 69 && transatlantic < 223, String(transatlantic));
    });

    it("of a Region on an unknown continent is the usual one between any two", () => {
        assert.equal(
            roundTripMilliseconds("af-south-1", "eu-west-1"),
            roundTripMilliseconds("af-south-1", "us-east-1"),
        );
    });
});
