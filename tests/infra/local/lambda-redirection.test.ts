import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import * as https from "node:https";
import { type AddressInfo, Socket } from "node:net";
import { tmpdir } from "node:os";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { openAuthority } from "../../../infra/local/dsql/identity/authority";
import { createFunctionService, type FunctionRegistration } from "../../../infra/local/lambda";

const region = "eu-west-1";
const clusterName = `abcdefghijklmnopqrstuvwxyz.dsql.${region}.on.aws`;
const apiName = `abc123.execute-api.${region}.amazonaws.com`;

/** Each answers whether it found the host, from the first line of its code on. */
const probes: readonly [how: string, hostName: string, port: number, code: string][] = [
    [
        "by tls.connect",
        clusterName,
        5432,
        `const tls = require("node:tls");
        const options = { host: "${clusterName}", port: 5432, servername: "${clusterName}" };
        const outcome = new Promise((resolve) => {
            const socket = tls.connect(options, () => {
                resolve(socket.authorized);
                socket.destroy();
            });
            socket.on("error", (error) => resolve(error.code));
        });
        exports.handler = () => outcome;`,
    ],
    [
        "by fetch",
        apiName,
        443,
        `const outcome = fetch("https://${apiName}/live/internal/ping").then(
            (response) => response.ok,
            (error) => error.cause.code,
        );
        exports.handler = () => outcome;`,
    ],
];

describe("a function of the local Lambda", () => {
    const folder = mkdtempSync(path.join(tmpdir(), "lambda-"));
    after(() => rmSync(folder, { recursive: true }));

    for (const [how, hostName, port, code] of probes) {
        it(`finds a host of AWS on this computer ${how}, and nobody else does`, async () => {
            const authority = await openAuthority(folder);
            const server = https.createServer(await authority.issue([hostName]), (_, outgoing) =>
                outgoing.end(),
            );
            server.listen(0, "127.0.0.1");
            await once(server, "listening");
            const redirection = {
                hostSuffix: hostName.slice(hostName.indexOf(".")),
                port,
                toPort: (server.address() as AddressInfo).port,
                authorityPem: authority.certificatePem,
            };
            const connect = Socket.prototype.connect;
            const asked: string[] = [];
            const functions = createFunctionService({
                folder,
                runtimeVariables: () => ({}),
                redirections: async (from) => {
                    asked.push(from);
                    return [redirection];
                },
                writeLog: () => undefined,
            });
            await functions.createFunction(functionOf(code));
            const answer = await functions.invoke({ name: "probe", region }, {}, 10_000);
            assert.deepEqual(answer, { kind: "ok", payload: true });
            assert.deepEqual(asked, [region]);
            assert.equal(Socket.prototype.connect, connect);
            await functions.stop();
            server.closeAllConnections();
            server.close();
        });
    }
});

function functionOf(code: string): FunctionRegistration {
    return {
        logicalName: "probe",
        name: "probe",
        arn: `arn:aws:lambda:${region}:000000000000:function:probe`,
        region,
        roleArn: "arn:aws:iam::000000000000:role/probe",
        code: new pulumi.asset.AssetArchive({ "index.js": new pulumi.asset.StringAsset(code) }),
        handler: "index.handler",
        memoryMegabytes: 128,
        timeoutSeconds: 5,
        reservedConcurrency: undefined,
        logFormat: "JSON",
        logGroupName: "/shop/probe",
        variables: {},
    };
}
