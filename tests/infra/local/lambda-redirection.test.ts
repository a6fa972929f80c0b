import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { type AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as tls from "node:tls";
import * as pulumi from "@pulumi/pulumi";
import { openAuthority } from "../../../infra/local/dsql/identity/authority";
import { createFunctionService } from "../../../infra/local/lambda";

const region = "eu-west-1";
const hostName = `abcdefghijklmnopqrstuvwxyz.dsql.${region}.on.aws`;

/** Answers whether it found the host, from the first line of its code on. */
const code = `
const tls = require("node:tls");
const options = { host: "${hostName}", port: 5432, servername: "${hostName}" };
const outcome = new Promise((resolve) => {
    const socket = tls.connect(options, () => { resolve(socket.authorized); socket.destroy(); });
    socket.on("error", (error) => resolve(error.code));
});
exports.handler = () => outcome;
`;

describe("a function of the local Lambda", () => {
    it("finds a host of AWS on this computer, and nobody else does", async () => {
        const folder = mkdtempSync(path.join(tmpdir(), "lambda-"));
        const authority = await openAuthority(folder);
        const server = tls.createServer(await authority.issue([hostName]));
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        const redirection = {
            hostSuffix: ".on.aws",
            port: 5432,
            toPort: (server.address() as AddressInfo).port,
            authorityPem: authority.certificatePem,
        };
        const connect = Socket.prototype.connect;
        const functions = createFunctionService({
            folder,
            runtimeVariables: () => ({}),
            redirection: async () => redirection,
            writeLog: () => undefined,
        });
        await functions.createFunction({
            logicalName: "probe",
            name: "probe",
            arn: `arn:aws:lambda:${region}:000000000000:function:probe`,
            region,
            roleArn: "arn:aws:iam::000000000000:role/probe",
            code: new pulumi.asset.AssetArchive({
                "index.js": new pulumi.asset.StringAsset(code),
            }),
            handler: "index.handler",
            memoryMegabytes: 128,
            timeoutSeconds: 5,
            reservedConcurrency: undefined,
            logFormat: "JSON",
            logGroupName: "/shop/probe",
            variables: {},
        });
        const answer = await functions.invoke({ name: "probe", region }, {}, 10_000);
        assert.deepEqual(answer, { kind: "ok", payload: true });
        assert.equal(Socket.prototype.connect, connect);
        await functions.stop();
        server.close();
        rmSync(folder, { recursive: true });
    });
});
