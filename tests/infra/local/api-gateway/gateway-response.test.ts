import assert from "node:assert/strict";
import {
    type Refusal,
    readGatewayResponses,
    renderRefusal,
} from "../../../../infra/local/api-gateway/gateway-response";

const notFound: Refusal = {
    type: "MISSING_AUTHENTICATION_TOKEN",
    message: "Missing Authentication Token",
};
const variables = { requestId: "r-1" };

describe("renderRefusal", () => {
    it("answers as API Gateway does where the document says nothing", () => {
        assert.deepEqual(renderRefusal(notFound, readGatewayResponses({}), variables), {
            status: 403,
            headers: {
                "x-amzn-ErrorType": "MissingAuthenticationTokenException",
                "Content-Type": "application/json",
            },
            body: '{"message":"Missing Authentication Token"}',
        });
    });

    it("renders the template, the status and the headers of the type", () => {
        const responses = readGatewayResponses({
            MISSING_AUTHENTICATION_TOKEN: {
                statusCode: 404,
                responseParameters: {
                    "gatewayresponse.header.Content-Type": "'application/problem+json'",
                    "gatewayresponse.header.x-request-id": "context.requestId",
                },
                responseTemplates: {
                    "application/json":
                        '{"id":"$context.requestId","why":$context.error.messageString}',
                },
            },
        });
        assert.deepEqual(renderRefusal(notFound, responses, variables), {
            status: 404,
            headers: {
                "x-amzn-ErrorType": "MissingAuthenticationTokenException",
                "Content-Type": "application/problem+json",
                "x-request-id": "r-1",
            },
            body: '{"id":"r-1","why":"Missing Authentication Token"}',
        });
    });

    const template = (text: string) => ({ responseTemplates: { "application/json": text } });
    const responses = readGatewayResponses({
        DEFAULT_4XX: template("4XX $context.error.validationErrorString|$context.error.message"),
        DEFAULT_5XX: template("5XX $context.error.responseType"),
        THROTTLED: { statusCode: "503", ...template("slow") },
    });
    const cases: [refusal: Refusal, status: number, body: string][] = [
        [notFound, 403, "4XX |Missing Authentication Token"],
        [
            { type: "BAD_REQUEST_BODY", message: "Invalid", validationError: "[no name]" },
            400,
            "4XX [no name]|Invalid",
        ],
        [{ type: "DEFAULT_5XX", message: "m", status: 502 }, 502, "5XX DEFAULT_5XX"],
        [{ type: "INTEGRATION_TIMEOUT", message: "m" }, 504, "5XX INTEGRATION_TIMEOUT"],
        [{ type: "THROTTLED", message: "m" }, 503, "slow"],
    ];
    for (const [refusal, status, body] of cases) {
        it(`follows the defaults of the document for ${refusal.type} ${status}`, () => {
            const rendered = renderRefusal(refusal, responses, variables);
            assert.equal(rendered.status, status);
            assert.equal(rendered.body, body);
        });
    }

    it("takes the status of a default for the types that follow it", () => {
        const teapot = readGatewayResponses({ DEFAULT_4XX: { statusCode: 418 } });
        assert.equal(renderRefusal(notFound, teapot, variables).status, 418);
    });
});

describe("readGatewayResponses", () => {
    it("refuses a response parameter that it cannot fill", () => {
        const parameters = { "gatewayresponse.header.x": "method.request.header.x" };
        assert.throws(
            () => readGatewayResponses({ THROTTLED: { responseParameters: parameters } }),
            /gatewayresponse\.header\.x/,
        );
    });
});
