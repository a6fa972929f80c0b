import * as esbuild from "esbuild";

// AWS raises it for no one.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
const codeMaxBytes = 10_240;

/**
 * The syntax that cloudfront-js-2.0 has beyond ECMAScript 5.1, as far as AWS lists it.
 * Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
 */
const listedSyntax: Record<string, boolean> = {
    arrow: true,
    "async-await": true,
    "const-and-let": true,
    "exponent-operator": true,
    "object-extensions": true,
    "regexp-named-capture-groups": true,
    "rest-argument": true,
    "template-literal": true,
};

/**
 * Checks a CloudFront function's code and makes a script of it, with the `cloudfront` module put
 * in the place of its import. Throws for syntax that the runtime is not known to have, for any
 * other module, and for code that is too long.
 */
export async function prepareFunctionCode(name: string, code: string): Promise<string> {
    const bytes = Buffer.byteLength(code);
    if (bytes > codeMaxBytes) {
        throw new Error(
            `The CloudFront function ${name} has ${bytes} bytes; ${codeMaxBytes} are allowed.`,
        );
    }
    await refuseUnlistedSyntax(name, code);
    const script = code.replace(
        /^[ \t]*import\s+(\w+)\s+from\s+["']cloudfront["'];?/m,
        (_, local: string) => `const ${local} = __cloudfront;`,
    );
    const other = /^[ \t]*(?:import|export)\b.*$/m.exec(script);
    if (other !== null) {
        throw new Error(
            `The CloudFront function ${name} says "${other[0].trim()}"; the local CloudFront ` +
                'offers only `import cf from "cloudfront"`, and a function exports nothing.',
        );
    }
    return script;
}

/** Where the code must be rewritten to do without unlisted syntax, it uses such syntax. */
async function refuseUnlistedSyntax(name: string, code: string): Promise<void> {
    const refusal = (detail: string): Error =>
        new Error(`The CloudFront function ${name} cannot run on cloudfront-js-2.0: ${detail}`);
    try {
        const [asWritten, lowered] = await Promise.all([
            esbuild.transform(code, { target: "esnext", logLevel: "silent" }),
            esbuild.transform(code, {
                target: "es5",
                supported: listedSyntax,
                logLevel: "silent",
            }),
        ]);
        if (asWritten.code !== lowered.code) {
            throw refusal(
                "it uses syntax newer than AWS lists for that runtime, such as ?. or ??.",
            );
        }
    } catch (error) {
        const [first] = (error as Partial<esbuild.TransformFailure>).errors ?? [];
        if (first === undefined) {
            throw error;
        }
        const place = `line ${first.location?.line ?? "?"}`;
        throw refusal(`${place}: ${first.text.replace(/^Transforming (.*) to the .*$/, "$1")}.`);
    }
}
