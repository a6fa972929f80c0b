import assert from "node:assert/strict";
import { type Message, readMessage, writeMessage } from "../../../app/replication/messages";

const id = "0e3c6e0f-5a3b-8d1c-9f66-3d1f6f0a2b02";
const envelope = { tenantId: "main", from: 2, sentAt: "2026-11-23T10:00:00.000Z" };
const gift: Message = {
    ...envelope,
    kind: "grant",
    state: { productId: id, donor: 2, taker: 1, given: 7 },
};

const changed = (change: object) =>
    JSON.stringify({ ...JSON.parse(writeMessage(gift)), ...change });

describe("messages between cells", () => {
    it("are read as they were written", () => {
        assert.deepEqual(readMessage(writeMessage(gift), 1), gift);
    });

    const refused = [
        { fact: "text that is no JSON", text: "{", says: /not JSON/ },
        { fact: "JSON without a state", text: "[]", says: /object with a state/ },
        { fact: "another format", text: changed({ format: 2 }), says: /format 2; known is 1/ },
        { fact: "an unknown kind", text: changed({ kind: "wish" }), says: /kind "wish"/ },
        { fact: "a row of someone else", text: changed({ from: 3 }), says: /only its owner/ },
        {
            fact: "a gift to someone else",
            text: writeMessage(gift),
            receiver: 3,
            says: /to cell 1/,
        },
        {
            fact: "a row of the receiver's own",
            text: writeMessage(gift),
            receiver: 2,
            says: /only its owner/,
        },
    ];
    for (const { fact, text, says, receiver = 1 } of refused) {
        it(`are refused: ${fact}`, () => {
            assert.throws(() => readMessage(text, receiver), says);
        });
    }
});
