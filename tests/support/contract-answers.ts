import assert from "node:assert/strict";
import type { APIGatewayProxyResult } from "aws-lambda";
import { contract, operations } from "../../app/http/contract";
import { schemaCheck } from "../../app/http/schema";

/** Asserts that the contract has this answer for the operation, and that its body fits. */
export function assertInContract(operationId: string, result: APIGatewayProxyResult): void {
    const found = operations().find(({ operation }) => operation.operationId === operationId);
    const response = found?.operation.responses[`${result.statusCode}`];
    assert.ok(response, `${operationId} has no answer ${result.statusCode} in the contract`);
    const type = String(result.headers?.["Content-Type"] ?? "");
    const media = response.content?.[type];
    if (media === undefined) {
        assert.equal(result.body, "", `${operationId} ${result.statusCode} has no ${type}`);
        return;
    }
    const check = schemaCheck(media.schema, contract.components.schemas);
    assert.deepEqual(check.violations(JSON.parse(result.body)), []);
    for (const name of Object.keys(response.headers ?? {})) {
        const isOptional = name === "Idempotent-Replayed" || name === "Retry-After";
        assert.ok(isOptional || name in (result.headers ?? {}), `${operationId} sends no ${name}`);
    }
}
