import assert from "node:assert/strict";
import {
    type CellSettings,
    clusterRegions,
    nearest,
    regionalEdgeCaches,
    servingRegions,
    topologyFaults,
} from "../../infra/topology";
import { alone, apCell, euCell, usCell } from "../support/stacks";

describe("topologyFaults", () => {
    const accepted: Record<string, CellSettings[]> = {
        "one cell without a peer": [alone(usCell)],
        "one peered cell": [euCell],
        "three peered cells": [usCell, euCell, apCell],
        "peered and single cells together": [usCell, alone(apCell)],
        "a single-Region cell in a Region without a Region set": [
            { name: "br", number: 9, home: "sa-east-1", peerServes: false, weight: 1 },
        ],
        "four cells": [
            usCell,
            euCell,
            apCell,
            { name: "au", number: 4, home: "ap-southeast-2", peerServes: false, weight: 1 },
        ],
    };
    for (const [what, cells] of Object.entries(accepted)) {
        it(`accepts ${what}`, () => assert.deepEqual(topologyFaults(cells), []));
    }

    const refused: [string, CellSettings[], string[]][] = [
        ["no cell", [], ["cells"]],
        ["a name with capitals", [{ ...usCell, name: "US" }], ["cells[0].name"]],
        ["number 0", [{ ...usCell, number: 0 }], ["cells[0].number"]],
        ["number 256", [{ ...usCell, number: 256 }], ["cells[0].number"]],
        ["a fraction as number", [{ ...usCell, number: 1.5 }], ["cells[0].number"]],
        ["an unknown home", [{ ...alone(usCell), home: "us-east-9" }], ["cells[0].home"]],
        ["an unknown peer", [{ ...usCell, peer: "us-east-9" }], ["cells[0].peer"]],
        ["an unknown witness", [{ ...usCell, witness: "mars-1" }], ["cells[0].witness"]],
        ["a peer in another Region set", [{ ...usCell, peer: "eu-west-1" }], ["cells[0].peer"]],
        [
            "a witness in another Region set",
            [{ ...usCell, witness: "eu-west-1" }],
            ["cells[0].witness"],
        ],
        ["a peer that is the home", [{ ...usCell, peer: "us-east-1" }], ["cells[0].peer"]],
        ["a witness that is the home", [{ ...usCell, witness: "us-east-1" }], ["cells[0].witness"]],
        ["a witness that is the peer", [{ ...usCell, witness: "us-east-2" }], ["cells[0].witness"]],
        ["a peer without a witness", [{ ...usCell, witness: undefined }], ["cells[0].witness"]],
        ["a witness without a peer", [{ ...usCell, peer: undefined }], ["cells[0].peer"]],
        [
            "a serving peer that does not exist",
            [{ ...alone(usCell), peerServes: true }],
            ["cells[0].peerServes"],
        ],
        [
            "a pair in a Region that offers single clusters only",
            [{ ...usCell, home: "sa-east-1" }],
            ["cells[0].peer", "cells[0].witness"],
        ],
        ["a name twice", [usCell, { ...euCell, name: "us" }], ["cells"]],
        ["a number twice", [usCell, { ...euCell, number: 1 }], ["cells"]],
        [
            "a home that is another cell's peer",
            [usCell, { ...alone(euCell), home: "us-east-2" }],
            ["cells"],
        ],
        ["a weight below 0", [{ ...usCell, weight: -1 }], ["cells[0].weight"]],
        ["a weight above 1000", [{ ...usCell, weight: 1001 }], ["cells[0].weight"]],
        ["a weight that is no number", [{ ...usCell, weight: NaN }], ["cells[0].weight"]],
        ["weights that are all 0", [usCell, euCell].map(weightless), ["cells"]],
    ];
    for (const [what, cells, options] of refused) {
        it(`refuses ${what}`, () => {
            assert.deepEqual(
                topologyFaults(cells).map((fault) => fault.option),
                options,
            );
        });
    }

    it("accepts a cell without a share, and shares that are fractions", () => {
        assert.deepEqual(topologyFaults([weightless(usCell), { ...euCell, weight: 0.5 }]), []);
    });

    it("tells every fault at once", () => {
        const faults = topologyFaults([
            { ...usCell, name: "U", number: 0, peer: "ap-south-1" },
            { ...euCell, witness: "eu-west-1" },
        ]);
        assert.deepEqual(
            faults.map((fault) => [fault.option, fault.value]),
            [
                ["cells[0].name", "U"],
                ["cells[0].number", 0],
                ["cells[0].peer", "ap-south-1"],
                ["cells[1].witness", "eu-west-1"],
            ],
        );
    });

    it("names the Regions that would be allowed", () => {
        const [fault] = topologyFaults([{ ...usCell, peer: "eu-west-1" }]);
        assert.match(fault?.allowed ?? "", /same Region set as us-east-1.*us-east-2, us-west-2/);
    });
});

describe("the Regions of a cell", () => {
    it("are home and peer for the clusters", () => {
        assert.deepEqual(clusterRegions(usCell), ["us-east-1", "us-east-2"]);
        assert.deepEqual(clusterRegions(alone(usCell)), ["us-east-1"]);
    });

    it("serve only at home unless the stack says otherwise", () => {
        assert.deepEqual(servingRegions(usCell), ["us-east-1"]);
        assert.deepEqual(servingRegions({ ...usCell, peerServes: true }), [
            "us-east-1",
            "us-east-2",
        ]);
    });
});

describe("nearest", () => {
    const homes = [usCell, euCell, apCell].map(({ home }) => ({ region: home })) as [
        { region: string },
    ];
    const expected: Record<string, string> = {
        "us-east-1": "us-east-1",
        "us-east-2": "us-east-1",
        "us-west-2": "us-east-1",
        "sa-east-1": "us-east-1",
        "eu-central-1": "eu-west-1",
        "eu-west-1": "eu-west-1",
        "eu-west-2": "eu-west-1",
        "me-central-1": "eu-west-1",
        "ap-south-1": "ap-northeast-1",
        "ap-southeast-1": "ap-northeast-1",
        "ap-southeast-2": "ap-northeast-1",
        "ap-northeast-1": "ap-northeast-1",
        "ap-northeast-2": "ap-northeast-1",
    };

    it("knows every regional edge cache", () => {
        assert.deepEqual([...regionalEdgeCaches].sort(), Object.keys(expected).sort());
    });

    for (const [cache, home] of Object.entries(expected)) {
        it(`sends ${cache} to ${home}`, () => {
            assert.equal(nearest(cache, homes).region, home);
        });
    }

    it("gives an unknown Region the first", () => {
        assert.equal(nearest("mars-north-1", homes).region, "us-east-1");
    });
});

function weightless(cell: CellSettings): CellSettings {
    return { ...cell, weight: 0 };
}
