import assert from "node:assert/strict";
import { createConsole } from "../../../../infra/local/console";
import type { StandaloneDatabase } from "../../../../infra/local/dsql/standalone";

const database: StandaloneDatabase = {
    connectionString: "postgres://admin:token@localhost:5432/postgres?sslmode=verify-full",
    endpoint: "one.dsql.us-east-1.on.aws",
    port: 5432,
    region: "us-east-1",
    clusterArn: "arn:one",
    authorityFile: "/folder/authority.pem",
    serviceFile: "/service.conf",
    credentials: { accessKeyId: "key", secretAccessKey: "secret", sessionToken: "session" },
    principalArn: "arn:me",
    logFolder: "/folder/logs",
    lost: new Promise(() => undefined),
    stop: async () => undefined,
};

function written(isJson: boolean): string {
    const texts: string[] = [];
    const output = { write: (text: string) => texts.push(text) };
    createConsole(output, output, { isJson, noColor: undefined }).databaseRunning(database, 2.34);
    return texts.join("");
}

describe("the console of npm run dsql", () => {
    it("shows a command that can be pasted, and what is needed to make tokens", () => {
        const text = written(false);
        assert.match(text, /running on this computer \(2\.3 s\), as in us-east-1\.\n/);
        assert.match(
            text,
            /\npsql 'postgres:\/\/admin:token@localhost:5432\/postgres\?sslmode=verify-full'\n/,
        );
        assert.match(text, /endpoint +one\.dsql\.us-east-1\.on\.aws, reached at localhost:5432\n/);
        assert.match(text, /AWS_ACCESS_KEY_ID +key\n +AWS_SECRET_ACCESS_KEY +secret\n/);
    });

    it("writes everything as one JSON object where asked", () => {
        const { stop: _, lost: _lost, ...values } = database;
        assert.deepEqual(JSON.parse(written(true)), {
            event: "running",
            seconds: 2.34,
            ...values,
        });
    });
});
