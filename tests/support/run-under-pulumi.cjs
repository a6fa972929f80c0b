// Runs index.ts as `pulumi up` does: compiled by the ts-node that @pulumi/pulumi carries, not by
// the compiler of the tests. Prints how many resources it registers, as JSON.
const path = require("node:path");
// One frame instead of ten, as in infra/local/short-traces.ts: a trace is taken for every promise.
Error.stackTraceLimit = 1;
const tsutils = require("@pulumi/pulumi/tsutils");

const projectFolder = path.resolve(__dirname, "../..");
const { tsnodeRequire, typescriptRequire } = tsutils.typeScriptRequireStrings();
require(tsnodeRequire).register({
    compiler: typescriptRequire,
    // What PULUMI_NODEJS_TRANSPILE_ONLY asks for; types are checked by `npm test` anyway.
    transpileOnly: true,
    project: path.join(projectFolder, "tsconfig.json"),
});

const pulumi = require("@pulumi/pulumi");
const { readStackConfig } = require("../../infra/local/stack-config.ts");

let registered = 0;

function newResource({ name, inputs }) {
    registered += 1;
    return {
        id: `${name}-id`,
        state: { ...inputs, name, arn: `arn:aws:any::1:${name}`, identifier: name, result: "{}" },
    };
}

async function main() {
    const { project, values } = readStackConfig(projectFolder, "prod");
    const call = ({ inputs }) => inputs;
    await pulumi.runtime.setMocks({ newResource, call }, project, "prod");
    pulumi.runtime.setAllConfig(values);
    const outputs = require("../../index.ts");
    await new Promise((resolve) => pulumi.output(outputs).apply(resolve));
    await pulumi.runtime.disconnect();
    process.stdout.write(JSON.stringify({ registered }));
}

void main();
