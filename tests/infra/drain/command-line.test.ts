import assert from "node:assert/strict";
import { readDrainRequest } from "../../../infra/drain/command-line";

describe("the command line of drain", () => {
    const commands: readonly [string, object | undefined][] = [
        ["", undefined],
        ["eu-west-1 --help", undefined],
        ["eu-west-1", { kind: "drain", region: "eu-west-1", isForced: false }],
        ["eu-west-1 --force", { kind: "drain", region: "eu-west-1", isForced: true }],
        ["undrain eu-west-1", { kind: "undrain", region: "eu-west-1" }],
        ["undrain", { kind: "undrain", region: undefined }],
        ["status", { kind: "status" }],
    ];
    for (const [line, command] of commands) {
        it(`asks by "${line}" for ${command === undefined ? "help" : JSON.stringify(command)}`, () => {
            const request = readDrainRequest(line === "" ? [] : line.split(" "));
            assert.deepEqual(request.command, command);
        });
    }

    it("means the stack dev that runs here, and a table, unless it says otherwise", () => {
        const { command: _, ...usual } = readDrainRequest(["status"]);
        assert.deepEqual(usual, {
            stack: "dev",
            folder: ".local",
            isDeployed: false,
            isJson: false,
        });
        const line = ["status", "--stack", "prod", "--deployed", "--folder", "x", "--json"];
        const { command: __, ...other } = readDrainRequest(line);
        assert.deepEqual(other, { stack: "prod", folder: "x", isDeployed: true, isJson: true });
    });

    const mistakes: readonly [string, RegExp][] = [
        ["status eu-west-1", /"status" is followed by eu-west-1; allowed: nothing/],
        ["eu-west-1 us-east-1", /"eu-west-1" is followed by us-east-1; allowed: nothing/],
        ["undrain a b", /"undrain" is followed by a b; allowed: one Region or none/],
        ["undrain --force", /--force does nothing for undrain/],
        ["status --stack ../x", /--stack is "..\/x"; allowed/],
        ["status --verbose", /Unknown option '--verbose'. See npm run drain -- --help/],
    ];
    for (const [line, message] of mistakes) {
        it(`is refused as "${line}"`, () => {
            assert.throws(() => readDrainRequest(line.split(" ")), message);
        });
    }
});
