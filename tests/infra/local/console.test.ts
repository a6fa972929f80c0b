import assert from "node:assert/strict";
import type { LocalEvent } from "../../../infra/local/cloud";
import { createConsole } from "../../../infra/local/console";
import type { LocalDeployment } from "../../../infra/local/deploy";

const request: LocalEvent = {
    kind: "request",
    entry: {
        viewer: "eu",
        method: "GET",
        path: "/products",
        status: 200,
        cache: "hit",
        milliseconds: 3,
        cell: "eu",
        originId: "eu-1",
    },
};
const deployment = {
    viewers: [
        { cell: "us", home: "us-east-1", url: "http://localhost:8080" },
        { cell: "eu", home: "eu-west-1", url: "http://localhost:8081" },
    ],
    apis: [],
    databases: { us: { hostName: "abc.dsql.us-east-1.on.aws", port: 5 } },
    serviceFile: "/pg_service.conf",
    functions: [],
    logFolder: "/logs",
} as unknown as LocalDeployment;

function written(
    act: (console: ReturnType<typeof createConsole>) => void,
    {
        isTTY = false,
        isJson = false,
        noColor,
    }: { isTTY?: boolean; isJson?: boolean; noColor?: string } = {},
): string {
    const texts: string[] = [];
    const output = { isTTY, write: (text: string) => texts.push(text) };
    act(createConsole(output, output, { isJson, noColor }));
    return texts.join("");
}

describe("the console of npm start", () => {
    it("writes a request as one line", () => {
        const line = "eu   GET    /products  200  hit  3 ms  cell eu\n";
        assert.equal(
            written((console) => console.event(request)),
            line,
        );
    });

    it("writes a step with its seconds", () => {
        const step: LocalEvent = { kind: "step", subject: "database us", milliseconds: 912 };
        assert.equal(
            written((console) => console.event(step)),
            "· database us          ready  0.9 s\n",
        );
    });

    it("colours on a terminal only, and not where NO_COLOR is set", () => {
        const act = (console: ReturnType<typeof createConsole>) => console.event(request);
        const isColoured = (text: string) => text.includes("\u001b[");
        assert.equal(isColoured(written(act, { isTTY: true })), true);
        assert.equal(isColoured(written(act, { isTTY: true, noColor: "1" })), false);
        assert.equal(isColoured(written(act)), false);
    });

    it("shows each viewer's address and commands that can be pasted", () => {
        const text = written((console) => console.running(deployment, 4.21));
        assert.match(text, /running on this computer \(4\.2 s\)/);
        assert.match(
            text,
            /us +http:\/\/localhost:8080 +us-east-1 +abc\.dsql\.us-east-1\.on\.aws\n/,
        );
        assert.match(text, /curl http:\/\/localhost:8080\/products -d '\{"name":/);
        assert.match(text, /\/orders -d '\{"customer_id":"CUSTOMER_ID",.*"PRODUCT_ID"/);
    });

    it("writes one JSON object a line where asked", () => {
        const text = written(
            (console) => {
                console.event(request);
                console.running(deployment, 4);
                console.failure("no");
            },
            { isJson: true },
        );
        const events = text
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));
        assert.deepEqual(
            events.map(({ event }) => event),
            ["request", "running", "failure"],
        );
        assert.equal(events[0].status, 200);
        assert.equal(events[1].viewers[1].url, "http://localhost:8081");
    });
});
