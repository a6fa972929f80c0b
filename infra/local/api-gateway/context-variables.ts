/** `$context` variables by name, without `$context.`. */
export type ContextVariables = Readonly<Record<string, string>>;

/**
 * Replaces every `$context.name` of a template. This is plain substitution: neither gateway
 * responses nor access logs run the Velocity engine.
 * Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
 *
 * @param absent What a variable without a value becomes: `-` in access logs.
 */
export function renderTemplate(
    template: string,
    variables: ContextVariables,
    absent: string,
): string {
    return template.replace(
        /\$context\.([A-Za-z]\w*(?:\.[A-Za-z]\w*)*)/g,
        (_, name: string) => variables[name] ?? absent,
    );
}

/** A time as `$context.requestTime` has it: `22/Nov/2026:09:30:00 +0000`. */
export function commonLogTime(time: Date): string {
    const [, day, month, year, clock] = time.toUTCString().split(" ");
    return `${day}/${month}/${year}:${clock} +0000`;
}
