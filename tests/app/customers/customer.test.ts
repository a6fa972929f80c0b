import assert from "node:assert/strict";
import { emailKey, emailOf } from "../../../app/customers/customer";
import { isFault } from "../../../app/fault";

describe("email addresses", () => {
    const accepted: readonly [string, string][] = [
        ["ada@example.com", "ada@example.com"],
        ["  ada@example.com\n", "ada@example.com"],
        ["Ada.Lovelace+shop@Sub.Example.co.uk", "Ada.Lovelace+shop@Sub.Example.co.uk"],
        ["伯爵@例え.テスト", "伯爵@例え.テスト"],
        [`${"a".repeat(242)}@example.com`, `${"a".repeat(242)}@example.com`],
    ];
    for (const [text, email] of accepted) {
        it(`are taken: ${JSON.stringify(text.slice(-40))}`, () => {
            assert.equal(emailOf(text), email);
        });
    }

    const refused = [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@localhost",
        "ada@example..com",
        "ada@.com",
        "a da@example.com",
        "ada@example.com, bob@example.com",
        "ada@bob@example.com",
        "ada\u0007@example.com",
        `${"a".repeat(243)}@example.com`,
        `${"é".repeat(130)}@example.com`,
    ];
    for (const text of refused) {
        it(`are refused: ${JSON.stringify(text.slice(-40))}`, () => {
            assert.throws(
                () => emailOf(text),
                (error) => isFault(error) && error.errors?.[0]?.pointer === "/email",
            );
        });
    }

    it("are the same whatever their case and composition", () => {
        assert.equal(emailKey("ADA@Example.com"), "ada@example.com");
        assert.equal(emailKey("zoe\u0308@example.com"), emailKey("ZO\u00cb@EXAMPLE.COM"));
    });
});
