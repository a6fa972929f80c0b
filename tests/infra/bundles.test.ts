import assert from "node:assert/strict";
import { mock } from "node:test";
import * as vm from "node:vm";
import { gzipSync } from "node:zlib";
import { DsqlSigner } from "@aws-sdk/dsql-signer";
import type { Environment } from "../../app/environment";
import { contract, publishedContract } from "../../app/http/contract";
import { type Bundle, createBundler, type InlineFactory } from "../../infra/bundle";
import {
    apiFunctions,
    backgroundFunctions,
    migrateFunction,
    monitorFunction,
} from "../../infra/functions";

const bundler = createBundler();
const variables = {
    CELL_NAME: "eu",
    CELL_NUMBER: "2",
    AWS_REGION: "eu-west-1",
    DATABASE_ENDPOINT: "abc.dsql.eu-west-1.on.aws",
    DATABASE_ROLE: "shop_status",
    AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
    AWS_SECRET_ACCESS_KEY: "secret",
    ORIGIN_SECRETS: "s".repeat(32),
};

/** What a cell's functions are told where it is not alone. */
const amongOthers = {
    CELL_WEIGHT: "1",
    OTHER_CELLS: JSON.stringify([
        {
            name: "us",
            number: 1,
            weight: 1,
            region: "us-east-1",
            url: "https://abc.execute-api.us-east-1.amazonaws.com/live",
            queueUrl: "https://sqs.us-east-1.amazonaws.com/1/us-from-eu",
        },
    ]),
    RELAY_QUEUE_URL: "https://sqs.eu-west-1.amazonaws.com/1/eu-wake-up",
};

/** A factory that makes, instead of a handler, what signs the token of an environment. */
const signToken: InlineFactory = () => {
    const { poolSettings } =
        require("./app/database/dsql") as typeof import("../../app/database/dsql");
    return (environment: Environment) => {
        const { password } = poolSettings(environment);
        return typeof password === "function" ? password() : "none";
    };
};

type Handler = (event: unknown, context: unknown) => Promise<Record<string, unknown>>;

/** Loads a bundle as Lambda does, with an environment of its own. */
function load(bundle: Bundle, environment: Record<string, string>): Handler {
    const module: { exports: { handler?: Handler } } = { exports: {} };
    const wrapped = vm.runInThisContext(
        `(function (exports, require, module, process) {${bundle.code}\n})`,
    );
    const lambdaProcess = Object.create(process, { env: { value: environment } });
    wrapped(module.exports, require, module, lambdaProcess);
    const { handler } = module.exports;
    if (handler === undefined) {
        throw new Error("The bundle exports no handler.");
    }
    return handler;
}

const context = { awsRequestId: "request", getRemainingTimeInMillis: () => 2_000 };

function event(httpMethod: string, path: string) {
    return {
        httpMethod,
        path,
        headers: { "x-origin-verify": variables.ORIGIN_SECRETS },
        queryStringParameters: null,
        multiValueQueryStringParameters: null,
        pathParameters: null,
        body: null,
        isBase64Encoded: false,
        requestContext: { requestId: "request-1" },
    };
}

describe("the bundles", function () {
    this.timeout(30_000);

    const paths = {
        catalog: "/products",
        customers: "/customers",
        orders: "/orders",
        status: "/health",
    } as const;
    for (const [name, path] of Object.entries(paths)) {
        it(`of ${name} loads and answers`, async () => {
            const { inline } = apiFunctions[name as keyof typeof paths];
            const handler = load(await bundler(inline), variables);
            const preflight = await handler(event("OPTIONS", path), context);
            assert.equal(preflight["statusCode"], 204);
            assert.equal((preflight["headers"] as Record<string, string>)["x-cell"], "eu");
        });
    }

    for (const [name, { inline }] of Object.entries({ ...apiFunctions, ...backgroundFunctions })) {
        it(`of ${name} loads, in a cell with others`, async () => {
            const handler = load(await bundler(inline), { ...variables, ...amongOthers });
            assert.equal(typeof handler, "function");
        });

        it(`of ${name} names every variable that is missing`, async () => {
            const bundle = await bundler(inline);
            assert.throws(
                () => load(bundle, { CELL_NAME: "eu" }),
                /CELL_NUMBER is not set.*AWS_REGION is not set.*DATABASE_ENDPOINT is not set.*AWS_ACCESS_KEY_ID is not set/,
            );
        });

        it(`of ${name} is one file of at most 64 KB, compressed`, async () => {
            const { code } = await bundler(inline);
            const kilobytes = gzipSync(code).length / 1024;
            assert.ok(kilobytes <= 64, `${kilobytes} KB`);
        });
    }

    it("of migrate loads, and names every variable that is missing", async () => {
        const bundle = await bundler(migrateFunction.inline);
        assert.equal(typeof load(bundle, { ...variables, DATABASE_ROLE: "admin" }), "function");
        assert.throws(() => load(bundle, { CELL_NAME: "eu" }), /AWS_ACCESS_KEY_ID is not set/);
    });

    it("of monitor knows no database, and names every variable that is missing", async () => {
        const { code, sourceMap } = await bundler(monitorFunction.inline);
        assert.doesNotMatch(code, /SELECT|DATABASE_ENDPOINT is not/);
        assert.ok(gzipSync(code).length <= 16 * 1024);
        assert.throws(
            () => load({ code, sourceMap }, { AWS_REGION: "eu-west-1" }),
            /AWS_ACCESS_KEY_ID.*MONITORED_ORIGINS.*MONITOR_REGIONS.*KEY_VALUE_STORE_ARN is not set/,
        );
    });

    it("sign the very tokens that the signer's package signs", async () => {
        const sign = load(await bundler(signToken), variables);
        const credentials = {
            accessKeyId: "AKIDEXAMPLE",
            secretAccessKey: "secret/+",
            sessionToken: "session/token+==",
        };
        const hostname = variables.DATABASE_ENDPOINT;
        const region = variables.AWS_REGION;
        const signer = new DsqlSigner({ hostname, region, credentials });
        mock.timers.enable({ apis: ["Date"], now: Date.UTC(2026, 10, 22, 9, 30) });
        try {
            for (const [databaseRole, expected] of [
                ["shop_orders", await signer.getDbConnectAuthToken()],
                ["admin", await signer.getDbConnectAdminAuthToken()],
            ]) {
                const environment = { databaseEndpoint: hostname, region, credentials };
                assert.equal(await sign({ ...environment, databaseRole }, context), expected);
            }
        } finally {
            mock.timers.reset();
        }
    });

    it("of status answers the published contract, character by character", async () => {
        const handler = load(await bundler(apiFunctions.status.inline), variables);
        const { body } = await handler(event("GET", "/openapi.json"), context);
        assert.equal(body, JSON.stringify(publishedContract));
    });

    it("tell of the contract only what requests are checked against, status aside", async () => {
        for (const name of Object.keys(paths) as (keyof typeof paths)[]) {
            const { code } = await bundler(apiFunctions[name].inline);
            assert.match(code, /createOrder/);
            const { summary } = contract.paths["/orders"]?.post ?? { summary: "none" };
            assert.equal(code.includes(summary), name === "status", name);
        }
    });

    it("are not made of a factory that chooses what it requires", async () => {
        const choosing: InlineFactory = () => {
            const name = "pg";
            return require(name);
        };
        await assert.rejects(
            bundler(choosing),
            /requires? for something else than require\("name"\)/,
        );
    });

    it("are made once, however many Regions use them", async () => {
        const { inline } = apiFunctions.orders;
        assert.equal(await bundler(inline), await bundler(inline));
    });

    it("capture nothing of the program", async () => {
        for (const { inline } of Object.values({ ...apiFunctions, ...backgroundFunctions })) {
            const { code } = await bundler(inline);
            assert.doesNotMatch(code, /@pulumi|pulumi\.runtime/);
        }
    });
});
