import assert from "node:assert/strict";
import { readDatabaseCommand } from "../../../../infra/local/dsql/command-line";

describe("the command line of npm run dsql", () => {
    it("has defaults for everything", () => {
        assert.deepEqual(readDatabaseCommand([]), {
            kind: "start",
            port: 5432,
            folder: ".local/dsql",
            region: "us-east-1",
            isFresh: false,
            isJson: false,
        });
    });

    it("takes every option", () => {
        const line = "--port 6000 --folder /data --region eu-west-1 --fresh --json";
        assert.deepEqual(readDatabaseCommand(line.split(" ")), {
            kind: "start",
            port: 6000,
            folder: "/data",
            region: "eu-west-1",
            isFresh: true,
            isJson: true,
        });
    });

    it("shows help before it checks anything else", () => {
        assert.deepEqual(readDatabaseCommand(["--help", "--port", "x"]), { kind: "help" });
    });

    const refused: [string[], RegExp][] = [
        [["--port", "0"], /--port is "0"; allowed: a number from 1 to 65535\.$/],
        [["--port", "65536"], /--port is "65536"/],
        [["--port", "1e3"], /--port is "1e3"/],
        [["--port"], /--port.*npm run dsql -- --help\.$/],
        [["--folder", ""], /--folder is ""/],
        [["--region", "eu-west-9"], /--region is "eu-west-9"; allowed: us-east-1, .*eu-west-1/],
        [["--prot", "1"], /'--prot'.*--help/],
        [["fresh"], /fresh.*--help/],
    ];
    for (const [line, expected] of refused) {
        it(`refuses ${line.join(" ")} with one sentence`, () => {
            assert.throws(() => readDatabaseCommand(line), expected);
        });
    }
});
