import assert from "node:assert/strict";
import { isFault } from "../../../app/fault";
import type { Request } from "../../../app/http/operation";
import { isUnchanged, requireMatch } from "../../../app/http/precondition";

function withHeader(name: string, value: string | undefined): Request {
    return { headers: value === undefined ? {} : { [name]: value } } as unknown as Request;
}

describe("preconditions", () => {
    const outcomes: readonly [string | undefined, string][] = [
        ['"v7"', "passes"],
        ["*", "passes"],
        ['W/"v7"', "passes"],
        ['"v1", "v7"', "passes"],
        ['"v7.20"', "passes"],
        ['"v6.20"', "precondition_failed"],
        ['"v70"', "precondition_failed"],
        ["v7", "precondition_failed"],
        ["", "precondition_failed"],
        [undefined, "precondition_required"],
    ];
    for (const [header, expected] of outcomes) {
        it(`answer ${expected} to If-Match ${header} on version 7`, () => {
            let outcome = "passes";
            try {
                requireMatch(withHeader("if-match", header), 7);
            } catch (error) {
                outcome = isFault(error) ? error.code : "other";
            }
            assert.equal(outcome, expected);
        });
    }

    const held: readonly [string | undefined, boolean][] = [
        ['"v7.20"', true],
        ['W/"v7.20"', true],
        ["*", true],
        ['"v7.19"', false],
        ['"v7"', false],
        [undefined, false],
    ];
    for (const [header, expected] of held) {
        it(`${expected ? "find" : "do not find"} ${header} unchanged at "v7.20"`, () => {
            assert.equal(isUnchanged(withHeader("if-none-match", header), '"v7.20"'), expected);
        });
    }
});
