import assert from "node:assert/strict";
import {
    digestAttributes,
    digestBody,
    sizeBytes,
    storableBody,
} from "../../../../infra/local/queues/message";

describe("a message's body", () => {
    // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
    it("has the digest of SQS's example", () => {
        assert.equal(digestBody("This is a test message"), "fafb00f5732ab283681e124bf8747ed1");
    });

    for (const [text, stored] of [
        ["tab\t line\n ü 😀", "tab\t line\n ü 😀"],
        ["null\u0000 bell\u0007", "null\uFFFD bell\uFFFD"],
        ["half a pair \uD83D", "half a pair \uFFFD"],
        ["not a character \uFFFE", "not a character \uFFFD"],
    ] as const) {
        it(`${JSON.stringify(text)} is stored as ${JSON.stringify(stored)}`, () => {
            assert.equal(storableBody(text), stored);
        });
    }
});

describe("a message's attributes", () => {
    it("have no digest where there are none", () => {
        assert.equal(digestAttributes({}), undefined);
    });

    // As boto recorded it: https://github.com/boto/boto/blob/develop/tests/unit/sqs/test_connection.py
    it("have the digest that SQS calculated", () => {
        assert.equal(
            digestAttributes({
                Foo: { dataType: "String", stringValue: "Bar" },
                Count: { dataType: "Number", stringValue: "1" },
            }),
            "324758f82d026ac6ec5b31a3b192d1e3",
        );
    });

    it("count for the size, names and types included", () => {
        const attributes = {
            a: { dataType: "String", stringValue: "ü" },
            b: { dataType: "Binary", binaryValue: "AAAA" },
        };
        assert.equal(sizeBytes({ body: "é", attributes, senderId: "" }), 2 + 9 + 10);
    });
});
