/**
 * Stands in for `@aws-sdk/credential-provider-node` in a bundle: inside Lambda the environment is
 * the only source of credentials.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
export { fromEnv as defaultProvider } from "@aws-sdk/credential-provider-env";
