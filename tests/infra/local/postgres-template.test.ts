import assert from "node:assert/strict";
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { prepareServerAccount, type ServerAccount } from "../../../infra/local/postgres-account";
import { prepareBinaries, versionOfBinaries } from "../../../infra/local/postgres-binaries";
import { fillDataFolder } from "../../../infra/local/postgres-template";

describe("fillDataFolder", () => {
    let folder = "";
    let account: ServerAccount;
    let native = "";
    before(async () => {
        folder = mkdtempSync(path.join(tmpdir(), "postgres-template-"));
        account = await prepareServerAccount(path.join(folder, "account"));
        native = await prepareBinaries(account);
    });
    after(() => rmSync(folder, { recursive: true, force: true }));

    function emptyFolder(name: string): string {
        const empty = path.join(folder, name);
        mkdirSync(empty);
        if (account.identity !== undefined) {
            chownSync(empty, account.identity.uid, account.identity.gid);
        }
        return empty;
    }

    /** Binaries that cannot make databases, said to be of some release. */
    function brokenBinaries(version: string): string {
        const broken = path.join(folder, version, "native");
        mkdirSync(path.join(broken, "bin"), { recursive: true });
        const initdb = path.join(broken, "bin", "initdb");
        writeFileSync(initdb, "#!/bin/sh\necho 'it is out of order' >&2\nexit 1\n", {
            mode: 0o755,
        });
        writeFileSync(path.join(folder, version, "package.json"), JSON.stringify({ version }));
        return broken;
    }

    it("copies what an earlier server began with, and runs no initdb for that", async () => {
        await fillDataFolder(native, emptyFolder("first"), account.identity, false);
        const broken = brokenBinaries(await versionOfBinaries(native));
        const copy = emptyFolder("copy");
        await fillDataFolder(broken, copy, account.identity, false);
        assert.ok(existsSync(path.join(copy, "PG_VERSION")));
        assert.ok(existsSync(path.join(copy, "global", "pg_control")));
    });

    it("says what initdb complained of where nothing can be copied", async () => {
        const broken = brokenBinaries("0.0.0");
        await assert.rejects(
            fillDataFolder(broken, emptyFolder("none"), account.identity, false),
            /initdb failed in .*none: it is out of order/,
        );
    });
});
