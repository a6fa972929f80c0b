import { type Schema, Validator } from "@cfworker/json-schema";

type Json = Readonly<Record<string, unknown>>;

/**
 * Checks a body's text against a model. Answers undefined where it fits, or what is wrong with
 * it, as `$context.error.validationErrorString` has it.
 */
export type BodyModel = (text: string) => string | undefined;

/**
 * A model of API Gateway: JSON schema draft 4, with references into the document's components.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html
 */
export function createBodyModel(schema: Json, document: Json): BodyModel {
    const rooted = { ...schema, components: document["components"] } as Schema;
    const validator = new Validator(rooted, "4", false);
    return (text) => {
        let body: unknown;
        try {
            body = JSON.parse(text);
        } catch {
            return "[failed to parse the request body as JSON]";
        }
        const { valid, errors } = validator.validate(body);
        if (valid) {
            return undefined;
        }
        // Only the innermost errors say what is wrong; the others repeat that something below is.
        const innermost = errors.filter(
            ({ keyword }) => !["properties", "items", "$ref"].includes(keyword),
        );
        return `[${innermost.map(({ error }) => error).join(", ")}]`;
    };
}

/**
 * The model for a body: that of its content type, which is JSON where the request names none.
 * A body of a type without a model is not checked at all.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-method-request-validation.html
 */
export function modelFor(
    models: ReadonlyMap<string, BodyModel>,
    contentType: string | undefined,
): BodyModel | undefined {
    const mediaType = (contentType ?? "application/json").split(";")[0]?.trim().toLowerCase();
    return models.get(mediaType ?? "") ?? models.get("$default");
}
