import assert from "node:assert/strict";
import { readCommand } from "../../../infra/local/options";

describe("the command line of npm start", () => {
    it("has defaults for everything", () => {
        assert.deepEqual(readCommand([]), {
            kind: "start",
            stack: "dev",
            folder: ".local",
            port: 8080,
            isFresh: false,
            hasLatency: false,
            isJson: false,
        });
    });

    it("takes every option", () => {
        const line = "--port 9000 --fresh --latency --stack prod --folder /data --resources --json";
        assert.deepEqual(readCommand(line.split(" ")), {
            kind: "listResources",
            stack: "prod",
            folder: "/data",
            port: 9000,
            isFresh: true,
            hasLatency: true,
            isJson: true,
        });
    });

    it("shows help before it checks anything else", () => {
        assert.deepEqual(readCommand(["--help", "--port", "x"]), { kind: "help" });
    });

    const refused: [string[], RegExp][] = [
        [["--port", "0"], /--port is "0"; allowed: a number from 1 to 65280\.$/],
        [["--port", "65281"], /--port is "65281"/],
        [["--port", "80a"], /--port is "80a"/],
        [["--port"], /--port.*--help/],
        [["--stack", "../x"], /--stack is "\.\.\/x"/],
        [["--folder", ""], /--folder is ""/],
        [["--prot", "1"], /'--prot'.*--help/],
        [["fresh"], /fresh.*--help/],
    ];
    for (const [line, expected] of refused) {
        it(`refuses ${line.join(" ")} with one sentence`, () => {
            assert.throws(() => readCommand(line), expected);
        });
    }
});
