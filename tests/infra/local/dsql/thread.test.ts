import assert from "node:assert/strict";
import * as path from "node:path";
import type { FrontDoor, FrontDoorOptions } from "../../../../infra/local/dsql/front-door";
import { startFrontDoorThread, type ThreadSettings } from "../../../../infra/local/dsql/thread";

const settings = {
    entryFile: path.resolve(__dirname, "../../../support/fake-door-host.ts"),
    closeMilliseconds: 50,
} satisfies Partial<ThreadSettings>;
const cluster = {
    identifier: "one",
    region: "us-east-1",
    arn: "arn:one",
    upstream: { port: 5, database: "d" },
};
const permission = {
    secretAccessKey: "secret",
    sessionToken: "token",
    principalArn: "arn:me",
    isAllowed: true,
};

describe("the front door's thread", () => {
    const lines: string[] = [];
    const losses: Error[] = [];
    const doors: FrontDoor[] = [];
    const open = async (options: Partial<FrontDoorOptions> = {}): Promise<FrontDoor> => {
        const door = await startFrontDoorThread(
            {
                authorityFolder: "folder",
                authorize: async () => undefined,
                log: (line) => lines.push(line),
                ...options,
            },
            { ...settings, onLoss: (reason) => losses.push(reason) },
        );
        doors.push(door);
        return door;
    };

    afterEach(async () => {
        await Promise.all(doors.splice(0).map((door) => door.close()));
        lines.length = 0;
        losses.length = 0;
    });

    it("opens with the options and tells its port and authority", async () => {
        const { port, authorityFile, authorityPem } = await open({
            limits: { transactionSeconds: 3 },
        });
        assert.deepEqual([port, authorityFile, authorityPem], [7, "folder", "PEM"]);
        assert.deepEqual(lines, ['opened {"transactionSeconds":3}']);
    });

    it("asks for permission and takes the answer", async () => {
        const door = await open({
            authorize: async ({ accessKeyId, action, clusterArn }) => {
                assert.deepEqual([accessKeyId, action], ["one", "dsql:DbConnect"]);
                return clusterArn === "arn:one" ? permission : undefined;
            },
        });
        await door.addCluster(cluster);
        await door.addCluster({ ...cluster, arn: "arn:other" });
        assert.deepEqual(lines.slice(1), [
            `authorized ${JSON.stringify(permission)}`,
            "authorized undefined",
        ]);
    });

    it("is told of a failure to answer, with its message and code", async () => {
        const door = await open({
            authorize: () => Promise.reject(Object.assign(new Error("locked"), { code: "E1" })),
        });
        await assert.rejects(door.addCluster(cluster), { message: "locked", code: "E1" });
    });

    it("passes data on and carries errors over, with message, code and stack", async () => {
        const door = await open();
        await assert.rejects(door.setFaults("a", { next: { stall: 2 } }), (error: Error) => {
            assert.equal(error.message, 'a {"next":{"stall":2}}');
            assert.equal("code" in error && error.code, "E9");
            assert.match(error.stack ?? "", /fake-door-host\.ts:/);
            return true;
        });
    });

    it("refuses what cannot be sent to it", async () => {
        const door = await open();
        const plan = { rates: (() => undefined) as unknown as Record<string, number> };
        await assert.rejects(door.setFaults("a", plan), { name: "DataCloneError" });
    });

    it("fails to open with the reason's code, and is gone", async () => {
        await assert.rejects(open({ port: 1 }), { message: "taken", code: "EADDRINUSE" });
        assert.deepEqual(lines, []);
    });

    it("fails to open when its code does not load", async () => {
        const broken = { ...settings, entryFile: path.join(__dirname, "no-such-file.ts") };
        await assert.rejects(
            startFrontDoorThread(
                { authorityFolder: "", authorize: async () => undefined, log: () => undefined },
                broken,
            ),
            /no-such-file/,
        );
    });

    const ends: readonly [string, RegExp, RegExp][] = [
        ["crash", /lost: boom\. /, /lost: Error: boom\n.*fake-door-host\.ts:/],
        ["exit", /lost: it ended with exit code 3\. /, /lost: it ended with exit code 3$/],
    ];
    for (const [how, message, line] of ends) {
        it(`that ends by ${how} fails every call and is told once`, async () => {
            const door = await open();
            const pending = door.removeCluster("wait");
            const lost = { message, code: "ERR_FRONT_DOOR_LOST" };
            await Promise.all([
                assert.rejects(pending, lost),
                assert.rejects(door.removeCluster(how), lost),
            ]);
            await assert.rejects(door.statistics(), lost);
            await door.close();
            assert.deepEqual(
                losses.map((loss) => "code" in loss && loss.code),
                ["ERR_FRONT_DOOR_LOST"],
            );
            assert.equal(lines.length, 2);
            assert.match(lines[1] ?? "", line);
        });
    }

    it("closes once, and answers nothing afterwards", async () => {
        const door = await open();
        await Promise.all([door.close(), door.close()]);
        await assert.rejects(door.statistics(), { code: "ERR_FRONT_DOOR_CLOSED" });
        assert.equal(lines.length, 1);
        assert.deepEqual(losses, []);
    });

    it("is ended when it does not close in time, and fails what waits", async () => {
        const door = await open({ authorityFolder: "stuck" });
        const pending = assert.rejects(door.removeCluster("wait"), {
            code: "ERR_FRONT_DOOR_CLOSED",
        });
        await door.close();
        await pending;
    });

    it("prints to the log and sees nothing of the environment", async () => {
        const host = process.env["PGHOST"];
        process.env["PGHOST"] = "elsewhere";
        const printed = new Promise<string>((resolve) => {
            void open({
                log: (line) => (line.startsWith("printed") ? resolve(line) : undefined),
            }).then(async (door) => {
                const statistics: object = await door.statistics();
                assert.deepEqual(statistics, { sessions: 1, environment: "no PGHOST" });
                await door.setLatency("a", { roundTripMilliseconds: 1, commitMilliseconds: 2 });
            });
        });
        assert.equal(await printed, "printed 2");
        if (host === undefined) {
            delete process.env["PGHOST"];
        } else {
            process.env["PGHOST"] = host;
        }
    });
});
