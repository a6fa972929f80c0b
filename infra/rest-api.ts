import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { apiProperties } from "./gateway-document";

/**
 * A REST API without a document: it has an id, and so a host name and an ARN, before the functions
 * exist that its document names. `RegionalApi` puts the document in. Whatever the document would
 * reset is written in both, with the same value: an import that overwrites an API deletes what its
 * document does not define, except for the endpoint's type.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-import-api-update.html
 */
export function createRestApi(
    name: string,
    region: string,
    opts: pulumi.CustomResourceOptions,
): aws.apigateway.RestApi {
    return new aws.apigateway.RestApi(
        name,
        {
            region,
            endpointConfiguration: { types: "REGIONAL" },
            securityPolicy: apiProperties.securityPolicy,
            endpointAccessMode: apiProperties.endpointAccessMode,
            minimumCompressionSize: String(apiProperties.minimumCompressionBytes),
        },
        opts,
    );
}
