import assert from "node:assert/strict";
import { createPrivateKey, X509Certificate } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import * as path from "node:path";
import { openAuthority } from "../../../../../infra/local/dsql/identity/authority";

const hostName = "abcdefghijklmnopqrstuvwxyz.dsql.eu-west-1.on.aws";
const dayMilliseconds = 86_400_000;
const inDays = (days: number) => () => new Date(Date.now() + days * dayMilliseconds);

describe("the local certificate authority", () => {
    let folder = "";
    const inFolder = (name: string): string => path.join(folder, "certificates", name);
    const open = (now?: () => Date) => openAuthority(path.join(folder, "certificates"), now);
    const readKey = (): string => readFileSync(inFolder("authority-key.pem"), "utf8");

    beforeEach(() => {
        folder = mkdtempSync(path.join(tmpdir(), "authority-"));
    });
    afterEach(() => rmSync(folder, { recursive: true }));

    it("is kept in its folder", async () => {
        const made = await open();
        const opened = await open();
        assert.equal(opened.certificatePem, made.certificatePem);
        assert.equal(readFileSync(made.certificateFile, "utf8"), made.certificatePem);
        assert.deepEqual(readdirSync(inFolder("")).sort(), ["authority-key.pem", "authority.pem"]);
    });

    it("keeps its key to its owner", async () => {
        await open();
        assert.equal(statSync(inFolder("authority-key.pem")).mode & 0o777, 0o600);
    });

    it("is the same for all who open it at once", async () => {
        const authorities = await Promise.all(Array.from({ length: 20 }, () => open()));
        assert.equal(new Set(authorities.map(({ certificatePem }) => certificatePem)).size, 1);
        assert.deepEqual(readdirSync(inFolder("")).sort(), ["authority-key.pem", "authority.pem"]);
        const authority = new X509Certificate(authorities[0]?.certificatePem ?? "");
        assert.ok(authority.checkPrivateKey(createPrivateKey(readKey())));
        const pairs = await Promise.all(authorities.map(({ issue }) => issue([hostName])));
        for (const { cert } of pairs) {
            assert.ok(new X509Certificate(cert).verify(authority.publicKey));
        }
    });

    it("is an authority for ten years", async () => {
        const certificate = new X509Certificate((await open()).certificatePem);
        assert.ok(certificate.ca);
        assert.ok(certificate.verify(certificate.publicKey));
        assert.equal(daysLeft(certificate), 3_650);
    });

    for (const [name, days, isRenewed] of [
        ["keeps its certificate until 31 days before its end", 3_650 - 31, false],
        ["renews its certificate 29 days before its end", 3_650 - 29, true],
        ["renews its certificate after its end", 4_000, true],
    ] as const) {
        it(name, async () => {
            const made = await open();
            const key = readKey();
            const opened = await open(inDays(days));
            assert.equal(opened.certificatePem !== made.certificatePem, isRenewed);
            assert.equal(readFileSync(made.certificateFile, "utf8"), opened.certificatePem);
            assert.equal(readKey(), key);
        });
    }

    it("is trusted by its old certificate's clients after a renewal", async () => {
        const old = new X509Certificate((await open()).certificatePem);
        const { cert } = await (await open(inDays(3_640))).issue([hostName]);
        assert.ok(new X509Certificate(cert).checkIssued(old));
        assert.ok(new X509Certificate(cert).verify(old.publicKey));
    });

    for (const content of ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA"]) {
        it(`replaces a certificate file that holds ${JSON.stringify(content)}`, async () => {
            await open();
            const key = readKey();
            writeFileSync(inFolder("authority.pem"), content);
            const { certificatePem } = await open();
            assert.ok(new X509Certificate(certificatePem).ca);
            assert.equal(readKey(), key);
        });
    }

    it("replaces a certificate that is not its own", async () => {
        const { certificatePem } = await open();
        rmSync(inFolder("authority-key.pem"));
        const opened = await open();
        assert.notEqual(opened.certificatePem, certificatePem);
        const key = createPrivateKey(readKey());
        assert.ok(new X509Certificate(opened.certificatePem).checkPrivateKey(key));
    });

    it("replaces a key that cannot be read, and the certificate with it", async () => {
        const made = await open();
        writeFileSync(inFolder("authority-key.pem"), "no key");
        const authorities = await Promise.all([open(), open()]);
        const key = createPrivateKey(readKey());
        for (const { certificatePem } of authorities) {
            assert.notEqual(certificatePem, made.certificatePem);
            assert.ok(new X509Certificate(certificatePem).checkPrivateKey(key));
        }
        assert.equal(readdirSync(inFolder("")).length, 2);
    });
});

describe("a certificate of the local authority", () => {
    let folder = "";
    before(() => {
        folder = mkdtempSync(path.join(tmpdir(), "authority-"));
    });
    after(() => rmSync(folder, { recursive: true }));
    const issue = async (...names: string[]): Promise<X509Certificate> =>
        new X509Certificate((await (await openAuthority(folder)).issue(names)).cert);

    it("is for its names and addresses alone", async () => {
        const certificate = await issue(hostName, "localhost", "127.0.0.1", "::1");
        assert.equal(certificate.checkHost(hostName), hostName);
        assert.equal(certificate.checkHost("localhost"), "localhost");
        assert.equal(certificate.checkIP("127.0.0.1"), "127.0.0.1");
        assert.equal(certificate.checkIP("::1"), "::1");
        assert.equal(certificate.checkHost(`other.${hostName}`), undefined);
        assert.equal(certificate.checkIP("127.0.0.2"), undefined);
    });

    it("is for servers, for 90 days, and signs no others", async () => {
        const certificate = await issue(hostName);
        assert.equal(certificate.ca, false);
        assert.deepEqual(certificate.keyUsage, ["1.3.6.1.5.5.7.3.1"]);
        assert.equal(daysLeft(certificate), 90);
    });

    it("comes with its own key each time", async () => {
        const authority = await openAuthority(folder);
        const [first, second] = await Promise.all([
            authority.issue([hostName]),
            authority.issue([hostName]),
        ]);
        assert.notEqual(first?.key, second?.key);
        const certificate = new X509Certificate(first?.cert ?? "");
        assert.ok(certificate.checkPrivateKey(createPrivateKey(first?.key ?? "")));
    });

    for (const names of [[], ["two words"], [""], ["a..b"], ["x".repeat(300)]]) {
        it(`is not given for ${JSON.stringify(names).slice(0, 40)}`, async () => {
            await assert.rejects(issue(...names), /host name|neither a DNS name/);
        });
    }
});

function daysLeft(certificate: X509Certificate): number {
    return Math.round((Date.parse(certificate.validTo) - Date.now()) / dayMilliseconds);
}
