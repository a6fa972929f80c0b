/**
 * Whether Pulumi has marked a value as a secret on its way to the engine.
 * Source: https://pkg.go.dev/github.com/pulumi/pulumi/sdk/v3/go/common/resource#SigKey
 */
export function isMarkedSecret(value: object): value is { readonly value: unknown } {
    const marks: Readonly<Record<string, unknown>> = { ...value };
    return marks["4dabf18193072939515e22adb298388d"] === "1b47061264138c4ac30d75fd1eb44270";
}

/** A value whose secrets look like any other value, as a provider gets to see it. */
export function withoutSecretMarks(value: unknown): unknown {
    if (Array.isArray(value)) {
        return value.map(withoutSecretMarks);
    }
    if (typeof value !== "object" || value === null) {
        return value;
    }
    if (isMarkedSecret(value)) {
        return withoutSecretMarks(value.value);
    }
    // Anything else than a plain object, for example an archive, stays what it is.
    return Object.getPrototypeOf(value) === Object.prototype
        ? Object.fromEntries(
              Object.entries(value).map(([key, item]) => [key, withoutSecretMarks(item)]),
          )
        : value;
}
