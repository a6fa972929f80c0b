import assert from "node:assert/strict";
import {
    type ResponseHeadersPolicyInputs,
    readResponseHeadersPolicy,
} from "../../../../infra/local/edge/response-headers-policy";

function apply(inputs: ResponseHeadersPolicyInputs, before: Record<string, string>): object {
    const headers = new Map<string, readonly string[]>(
        Object.entries(before).map(([name, value]) => [name, [value]]),
    );
    readResponseHeadersPolicy("p", new Map([["p", inputs]]))(headers);
    return Object.fromEntries([...headers].map(([name, values]) => [name, values.join(", ")]));
}

describe("readResponseHeadersPolicy", () => {
    it("adds security headers", () => {
        const inputs: ResponseHeadersPolicyInputs = {
            securityHeadersConfig: {
                strictTransportSecurity: {
                    accessControlMaxAgeSec: 60,
                    includeSubdomains: true,
                    preload: true,
                    override: true,
                },
                contentTypeOptions: { override: true },
                frameOptions: { frameOption: "DENY", override: true },
                referrerPolicy: { referrerPolicy: "no-referrer", override: true },
                contentSecurityPolicy: {
                    contentSecurityPolicy: "default-src 'none'",
                    override: true,
                },
                xssProtection: { protection: true, modeBlock: true, override: true },
            },
        };
        assert.deepEqual(apply(inputs, {}), {
            "strict-transport-security": "max-age=60; includeSubDomains; preload",
            "x-content-type-options": "nosniff",
            "x-frame-options": "DENY",
            "referrer-policy": "no-referrer",
            "content-security-policy": "default-src 'none'",
            "x-xss-protection": "1; mode=block",
        });
    });

    it("overwrites the origin's headers only where it says so, and removes first", () => {
        const inputs: ResponseHeadersPolicyInputs = {
            customHeadersConfig: {
                items: [
                    { header: "X-Kept", value: "policy", override: false },
                    { header: "X-Lost", value: "policy", override: true },
                    { header: "X-Gone", value: "policy", override: false },
                ],
            },
            removeHeadersConfig: { items: [{ header: "X-Gone" }, { header: "Server" }] },
        };
        const before = { "x-kept": "origin", "x-lost": "origin", "x-gone": "origin", server: "s" };
        assert.deepEqual(apply(inputs, before), {
            "x-kept": "origin",
            "x-lost": "policy",
            "x-gone": "policy",
        });
    });

    it("refuses what it does not imitate and what nobody has defined", () => {
        assert.throws(() => apply({ corsConfig: {} }, {}), /corsConfig/);
        assert.throws(() => readResponseHeadersPolicy("x", new Map()), /"x"/);
    });
});
