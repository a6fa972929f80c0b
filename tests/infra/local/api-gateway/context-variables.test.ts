import assert from "node:assert/strict";
import {
    commonLogTime,
    renderTemplate,
} from "../../../../infra/local/api-gateway/context-variables";

describe("renderTemplate", () => {
    const variables = { status: "200", "integration.latency": "12" };
    const cases: [template: string, rendered: string][] = [
        ['{"s":"$context.status"}', '{"s":"200"}'],
        ["$context.integration.latency ms", "12 ms"],
        ["$context.status.", "200."],
        ["$context.integration.status", "-"],
        ["$other.status $context", "$other.status $context"],
    ];
    for (const [template, rendered] of cases) {
        it(`renders ${template}`, () => {
            assert.equal(renderTemplate(template, variables, "-"), rendered);
        });
    }
});

describe("commonLogTime", () => {
    it("writes a time as the common log format does", () => {
        const time = new Date("2026-11-02T09:30:05Z");
        assert.equal(commonLogTime(time), "02/Nov/2026:09:30:05 +0000");
    });
});
