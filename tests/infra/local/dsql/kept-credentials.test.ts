import assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { keepCredentials } from "../../../../infra/local/dsql/kept-credentials";

describe("kept credentials", () => {
    let folder = "";
    beforeEach(() => {
        folder = fs.mkdtempSync(path.join(os.tmpdir(), "shop-credentials-"));
    });
    afterEach(() => fs.rmSync(folder, { recursive: true, force: true }));

    it("are the same in the next run, and for their owner's eyes only", async () => {
        const first = await keepCredentials(folder, "arn:me");
        assert.match(first.accessKeyId, /^ASIALOCAL/);
        assert.deepEqual(await keepCredentials(folder, "arn:me"), first);
        const [file = "", ...others] = fs.readdirSync(folder);
        assert.deepEqual(others, []);
        assert.equal(fs.statSync(path.join(folder, file)).mode & 0o777, 0o600);
    });

    for (const text of ["", "{", "null", '{"accessKeyId":"A","secretAccessKey":"B"}']) {
        it(`are made anew where the file holds ${JSON.stringify(text)}`, async () => {
            fs.writeFileSync(path.join(folder, "credentials.json"), text);
            const made = await keepCredentials(folder, "arn:me");
            assert.deepEqual(await keepCredentials(folder, "arn:me"), made);
        });
    }
});
