import { arnOf } from "../aws-names";
import {
    type Counterpart,
    numberInput,
    objectInput,
    optionalText,
    physicalName,
    type Resource,
    textInput,
} from "./resource";

export const restApi: Counterpart = {
    does: "runs",
    required: [],
    create(resource, services) {
        const { region } = resource;
        const id = services.names.identifier(10, resource.type, resource.name, region);
        const name = physicalName(resource, services);
        const minimumCompressionSize = optionalText(resource, "minimumCompressionSize");
        services.restApis.createApi({
            id,
            name,
            region,
            document: resource.inputs["body"] === undefined ? undefined : parseBody(resource),
            minimumCompressionSizeBytes:
                minimumCompressionSize === undefined ? undefined : Number(minimumCompressionSize),
        });
        const arn = arnOf("apigateway", region, `/restapis/${id}`);
        const executionArn = arnOf("execute-api", region, id);
        return { id, outputs: { name, arn, executionArn, rootResourceId: id } };
    },
};

/**
 * The document of an API whose id had to be known before: its functions name it, it names them.
 * Source: https://docs.aws.amazon.com/apigateway/latest/api/API_PutRestApi.html
 */
export const restApiPut: Counterpart = {
    does: "runs",
    required: ["restApiId", "body"],
    create(resource, { restApis }) {
        const apiId = textInput(resource, "restApiId");
        restApis.putDocument(apiId, resource.region, parseBody(resource));
        return { id: apiId, outputs: {} };
    },
};

export const deployment: Counterpart = {
    does: "runs",
    required: ["restApi"],
    create(resource, { names, restApis }) {
        const id = names.identifier(6, resource.type, resource.name, resource.region);
        restApis.createDeployment(id, textInput(resource, "restApi"));
        return { id, outputs: {} };
    },
};

export const stage: Counterpart = {
    does: "runs",
    required: ["restApi", "deployment", "stageName"],
    create(resource, { restApis, logGroups }) {
        const { region } = resource;
        const apiId = textInput(resource, "restApi");
        const stageName = textInput(resource, "stageName");
        const accessLog = objectInput(resource, "accessLogSettings");
        const destination = accessLog["destinationArn"];
        if (destination !== undefined && !logGroups.has(String(destination))) {
            throw new Error(
                `BadRequestException: ${resource.name} writes its access log to ${destination}, ` +
                    "which is no log group of this program.",
            );
        }
        restApis.createStage({
            apiId,
            deploymentId: textInput(resource, "deployment"),
            stageName,
            accessLogFormat: accessLog["format"] as string | undefined,
        });
        const invokeUrl = `https://${apiId}.execute-api.${region}.amazonaws.com/${stageName}`;
        const arn = arnOf("apigateway", region, `/restapis/${apiId}/stages/${stageName}`);
        const executionArn = arnOf("execute-api", region, `${apiId}/${stageName}`);
        return { id: `ags-${apiId}-${stageName}`, outputs: { arn, invokeUrl, executionArn } };
    },
};

export const methodSettings: Counterpart = {
    does: "runs",
    required: ["restApi", "stageName", "methodPath", "settings"],
    create(resource, { restApis }) {
        const apiId = textInput(resource, "restApi");
        const stageName = textInput(resource, "stageName");
        const methodPath = textInput(resource, "methodPath");
        if (methodPath !== "*/*") {
            throw new Error(
                `${resource.name}: methodPath is "${methodPath}"; the local API Gateway knows ` +
                    'only "*/*". See infra/local/counterparts/rest-api.ts.',
            );
        }
        const settings: Resource = { ...resource, inputs: objectInput(resource, "settings") };
        const ratePerSecond = numberInput(settings, "throttlingRateLimit", undefined);
        const burst = numberInput(settings, "throttlingBurstLimit", undefined);
        if (ratePerSecond !== undefined && burst !== undefined) {
            restApis.throttle(apiId, stageName, { ratePerSecond, burst });
        }
        return { id: `${apiId}-${stageName}-${methodPath}`, outputs: {} };
    },
};

/** The account's setting decides who writes the access logs; here they are always written. */
export const account: Counterpart = {
    does: "recorded",
    required: ["cloudwatchRoleArn"],
    create: () => ({ id: "api-gateway-account", outputs: {} }),
};

function parseBody(resource: Resource): Readonly<Record<string, unknown>> {
    try {
        return JSON.parse(textInput(resource, "body"));
    } catch (cause) {
        throw new Error(`BadRequestException: the body of ${resource.name} is not JSON.`, {
            cause,
        });
    }
}
