import assert from "node:assert/strict";
import { nobody } from "../../../infra/local/api-gateway/caller";
import { createFunctionService } from "../../../infra/local/lambda";
import {
    createRestApiService,
    type RestApiRegistration,
    type RestApiService,
} from "../../../infra/local/rest-apis";

const region = "eu-west-1";
const api: RestApiRegistration = {
    id: "abc",
    name: "api-eu",
    region,
    document: undefined,
    minimumCompressionSizeBytes: undefined,
};
const documentOf = (path: string) => ({
    openapi: "3.0.3",
    paths: {
        [path]: {
            get: {
                "x-amazon-apigateway-integration": {
                    type: "aws_proxy",
                    httpMethod: "POST",
                    uri: "arn:function",
                },
            },
        },
    },
});

describe("the REST APIs of the local cloud", () => {
    let restApis: RestApiService;
    beforeEach(() => {
        restApis = createRestApiService({
            functions: createFunctionService({
                folder: "",
                runtimeVariables: () => ({}),
                writeLog: () => undefined,
            }),
            authorizeCaller: () => nobody,
            writeAccessLog: () => undefined,
        });
        restApis.createApi(api);
    });
    afterEach(() => restApis.stop());

    /** 500: there is such a method, and its function does not let it call. */
    async function statusOf(path: string): Promise<number> {
        const [{ url = "" } = {}] = restApis.list();
        return (await fetch(`${url}${path}`)).status;
    }

    it("serve the document that was put when they were deployed", async () => {
        restApis.putDocument("abc", region, documentOf("/first"));
        restApis.createDeployment("one", "abc");
        restApis.putDocument("abc", region, documentOf("/second"));
        restApis.createStage({
            apiId: "abc",
            deploymentId: "one",
            stageName: "live",
            accessLogFormat: undefined,
        });
        await restApis.open();
        assert.deepEqual([await statusOf("/first"), await statusOf("/second")], [500, 403]);
    });

    const empty = [
        ["without a document", undefined],
        ["whose document has no paths", { openapi: "3.0.3", paths: {} }],
    ] as const;
    for (const [what, document] of empty) {
        it(`refuse to deploy an API ${what}`, () => {
            restApis.createApi({ ...api, document });
            assert.throws(
                () => restApis.createDeployment("one", "abc"),
                /BadRequestException: The REST API doesn't contain any methods/,
            );
        });
    }

    for (const [what, id, there] of [
        ["another API", "abd", region],
        ["an API of another Region", "abc", "us-east-1"],
    ] as const) {
        it(`refuse the document of ${what}`, () => {
            assert.throws(
                () => restApis.putDocument(id, there, documentOf("/")),
                /NotFoundException: Invalid API identifier specified: ab. in /,
            );
        });
    }
});
