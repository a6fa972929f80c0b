import type { MessageAttribute, MessageAttributes } from "./message";
import { queueError } from "./queue-error";

/** A JSON object of a request. */
export type Fields = Readonly<Record<string, unknown>>;

/** A text that has to be there. */
export function textField(fields: Fields, name: string): string {
    const value = fields[name];
    if (value === undefined || value === null || value === "") {
        throw queueError("MissingParameter", `The request must contain the parameter ${name}.`);
    }
    if (typeof value !== "string") {
        throw wrongType(name, "a string");
    }
    return value;
}

/** A whole number within its limits; undefined where it is left out. */
export function numberField(
    fields: Fields,
    name: string,
    [min, max]: readonly [number, number],
): number | undefined {
    const value = fields[name];
    if (value === undefined || value === null) {
        return undefined;
    }
    if (typeof value !== "number") {
        throw wrongType(name, "a number");
    }
    if (!Number.isInteger(value) || value < min || value > max) {
        throw queueError(
            "InvalidParameterValue",
            `Value ${value} for parameter ${name} is invalid. Reason: Must be between ${min} and ` +
                `${max}, if provided.`,
        );
    }
    return value;
}

/** A list of objects or of texts; empty where it is left out. */
export function listField<Item>(fields: Fields, name: string): readonly Item[] {
    const value = fields[name] ?? [];
    if (!Array.isArray(value)) {
        throw wrongType(name, "a list");
    }
    return value;
}

/**
 * The attributes that a sender chose.
 * Source: https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_MessageAttributeValue.html
 */
export function attributesField(fields: Fields): MessageAttributes {
    if (fields["MessageSystemAttributes"] !== undefined) {
        throw queueError(
            "UnsupportedOperation",
            "The local SQS has no MessageSystemAttributes: there is no X-Ray here.",
        );
    }
    const given = Object.entries((fields["MessageAttributes"] ?? {}) as Record<string, Fields>);
    if (given.length > 10) {
        throw queueError(
            "InvalidParameterValue",
            `Number of message attributes [${given.length}] exceeds the allowed maximum [10].`,
        );
    }
    return Object.fromEntries(given.map(([name, value]) => [name, readAttribute(name, value)]));
}

function readAttribute(name: string, value: Fields): MessageAttribute {
    const { DataType: dataType, StringValue: text, BinaryValue: binary } = value;
    if (typeof dataType !== "string" || !/^(String|Number|Binary)(\.|$)/.test(dataType)) {
        throw queueError(
            "InvalidParameterValue",
            `The type of message attribute '${name}' is invalid. You must use only the following ` +
                "supported type prefixes: Binary, Number, String.",
        );
    }
    const isBinary = dataType.startsWith("Binary");
    const content = isBinary ? binary : text;
    if (typeof content !== "string" || content === "") {
        throw queueError(
            "InvalidParameterValue",
            `The message attribute '${name}' must contain a non-empty message attribute value for ` +
                `message attribute type '${dataType}'.`,
        );
    }
    return isBinary ? { dataType, binaryValue: content } : { dataType, stringValue: content };
}

function wrongType(name: string, allowed: string): Error {
    return queueError("SerializationException", `${name} is not ${allowed}.`);
}
