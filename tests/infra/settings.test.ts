import assert from "node:assert/strict";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { readStackConfig } from "../../infra/local/stack-config";
import { readSettings } from "../../infra/settings";
import { type RegisteredResource, registerProgram } from "../support/registered-program";
import { alone, euCell, usCell } from "../support/stacks";

const projectFolder = path.resolve(__dirname, "../..");

function settingsOf(stack: string, overrides: Record<string, unknown> = {}) {
    const { project, values } = readStackConfig(projectFolder, stack, overrides);
    pulumi.runtime.setAllConfig(values);
    return readSettings(new pulumi.Config(project));
}

describe("readSettings", () => {
    for (const stack of ["dev", "staging", "prod"]) {
        it(`accepts the ${stack} stack, which has three peered cells`, () => {
            const { environment, cells } = settingsOf(stack);
            assert.equal(environment, stack);
            assert.deepEqual(
                cells.map((cell) => [cell.name, cell.number, cell.home, cell.peer !== undefined]),
                [
                    ["us", 1, "us-east-1", true],
                    ["eu", 2, "eu-west-1", true],
                    ["ap", 3, "ap-northeast-1", true],
                ],
            );
        });
    }

    it("gives each cell the weight that it names, or 1", () => {
        const cells = [usCell, { ...alone(euCell), weight: 2.5 }].map(({ weight, ...cell }) =>
            weight === 1 ? cell : { ...cell, weight },
        );
        assert.deepEqual(
            settingsOf("dev", { cells }).cells.map(({ weight }) => weight),
            [1, 2.5],
        );
    });

    it("protects the data of prod alone, and says so in every stack", () => {
        const protection = ["dev", "staging", "prod"].map(
            (stack) => settingsOf(stack).deletionProtection,
        );
        assert.deepEqual(protection, [false, false, true]);
    });

    const refused: [string, unknown, RegExp][] = [
        ["environment", "Dev", /environment is "Dev"; allowed: 2-12 lower-case/],
        ["clusterName", "a b", /clusterName is "a b"/],
        ["apiStage", "", /apiStage is ""/],
        ["cells", "us", /cells is "us"; allowed: a list/],
        ["cells", [], /cells is "\[\]"; allowed: at least one cell/],
        ["cells", ["us"], /cells\[0\] is "us"; allowed: an object/],
        ["cells", [{ name: "us" }], /cells\[0\]\.number is not set[\s\S]*cells\[0\]\.home/],
        [
            "cells",
            [{ name: "us", number: "1", home: "us-east-1" }],
            /cells\[0\]\.number is "1"; allowed: a number/,
        ],
        [
            "cells",
            [{ name: "us", number: 1, home: "us-east-1", region: "x" }],
            /cells\[0\]\.region is "x"; allowed: the keys name, number/,
        ],
        [
            "cells",
            [{ name: "us", number: 1, home: "us-east-1", weight: "2" }],
            /cells\[0\]\.weight is "2"; allowed: a number/,
        ],
        [
            "cells",
            [{ name: "us", number: 1, home: "us-east-1", weight: 0 }],
            /cells is \[0\]; allowed: at least one weight above 0/,
        ],
        ["functionMemoryMegabytes", 64, /functionMemoryMegabytes is "64".*128 to 10240/],
        ["functionMemoryMegabytes", "1e3", /functionMemoryMegabytes is "1e3"/],
        ["priceClass", "PriceClass_300", /priceClass is "PriceClass_300".*PriceClass_100/],
        ["deletionProtection", "yes", /deletionProtection is "yes"; allowed: true or false/],
        ["logRetentionDays", 8, /logRetentionDays is "8"; allowed: one of 1, 3, 5, 7/],
        ["throttlingRatePerSecond", 0, /throttlingRatePerSecond is "0".*1 to 10000/],
        ["throttlingBurst", 5001, /throttlingBurst is "5001".*1 to 5000/],
        ["manageApiGatewayAccount", "", /manageApiGatewayAccount is ""/],
        ["auditTrail", 1, /auditTrail is "1"; allowed: true or false/],
    ];
    for (const [option, value, message] of refused) {
        it(`refuses ${option} ${JSON.stringify(value)}`, () => {
            assert.throws(() => settingsOf("dev", { [option]: value }), message);
        });
    }

    it("tells every fault in one error", () => {
        assert.throws(
            () => settingsOf("dev", { environment: "X", throttlingBurst: 0, auditTrail: "no" }),
            /^Error: 3 options are wrong[\s\S]*environment[\s\S]*throttlingBurst[\s\S]*auditTrail/,
        );
    });

    it("refuses bad configuration before anything is registered", async () => {
        const resources: RegisteredResource[] = [];
        await assert.rejects(
            registerProgram("dev", { environment: "X" }, resources),
            /environment is "X"/,
        );
        assert.deepEqual(resources, []);
    });
});
