import assert from "node:assert/strict";
import { readEnvironment, readMonitorEnvironment } from "../../app/environment";

const variables = {
    CELL_NAME: "eu",
    CELL_NUMBER: "2",
    AWS_REGION: "eu-west-1",
    DATABASE_ENDPOINT: "abc.dsql.eu-west-1.on.aws",
    DATABASE_ROLE: "shop_orders",
};
const keys = { AWS_ACCESS_KEY_ID: "AKIDEXAMPLE", AWS_SECRET_ACCESS_KEY: "secret" };

describe("the environment of a function", () => {
    it("has the credentials of its role", () => {
        const read = readEnvironment({ ...variables, ...keys, AWS_SESSION_TOKEN: "token" });
        assert.deepEqual(read.credentials, {
            accessKeyId: "AKIDEXAMPLE",
            secretAccessKey: "secret",
            sessionToken: "token",
        });
    });

    it("may have keys that last, without a session token", () => {
        assert.deepEqual(readEnvironment({ ...variables, ...keys }).credentials, {
            accessKeyId: "AKIDEXAMPLE",
            secretAccessKey: "secret",
        });
    });

    it("names every variable that is missing, credentials included", () => {
        assert.throws(
            () => readEnvironment({ ...variables, DATABASE_ROLE: "" }),
            /DATABASE_ROLE is not set; AWS_ACCESS_KEY_ID is not set; AWS_SECRET_ACCESS_KEY is not set/,
        );
    });

    const eu = {
        name: "eu",
        number: 2,
        weight: 1,
        region: "eu-west-1",
        url: "https://api.example/live",
        queueUrl: "https://sqs.eu-west-1.amazonaws.com/1/q",
    };

    it("knows no other cells unless it is told", () => {
        const { otherCells, cellWeight } = readEnvironment({ ...variables, ...keys });
        assert.deepEqual([otherCells, cellWeight], [[], 1]);
    });

    it("knows the other cells that it is told of", () => {
        const told = { OTHER_CELLS: JSON.stringify([eu]), CELL_WEIGHT: "2" };
        const { otherCells, cellWeight } = readEnvironment({ ...variables, ...keys, ...told });
        assert.deepEqual([otherCells, cellWeight], [[eu], 2]);
    });

    const wrong = [
        { OTHER_CELLS: "{" },
        { OTHER_CELLS: "{}" },
        { OTHER_CELLS: JSON.stringify([{ ...eu, url: undefined }]) },
        { CELL_WEIGHT: "-1" },
        { CELL_WEIGHT: "many" },
    ];
    for (const variable of wrong) {
        it(`is refused with ${JSON.stringify(variable)}`, () => {
            const [name = ""] = Object.keys(variable);
            assert.throws(
                () => readEnvironment({ ...variables, ...keys, ...variable }),
                new RegExp(`incomplete: ${name} is`),
            );
        });
    }
});

describe("the environment of a monitor", () => {
    const monitor = {
        ...keys,
        AWS_REGION: "eu-west-1",
        MONITOR_REGIONS: "us-east-1,eu-west-1",
        MONITORED_ORIGINS: '[{"region":"us-east-1","url":"https://api.example/live"}]',
        KEY_VALUE_STORE_ARN: "arn:aws:cloudfront::123456789012:key-value-store/abc",
    };

    it("names who watches and what is watched", () => {
        const { monitorRegions, origins } = readMonitorEnvironment(monitor);
        assert.deepEqual(monitorRegions, ["us-east-1", "eu-west-1"]);
        assert.deepEqual(origins, [{ region: "us-east-1", url: "https://api.example/live" }]);
    });

    for (const name of Object.keys(monitor)) {
        it(`is incomplete without ${name}`, () => {
            assert.throws(
                () => readMonitorEnvironment({ ...monitor, [name]: "" }),
                new RegExp(`${name} is not set`),
            );
        });
    }

    it("refuses origins without an address", () => {
        assert.throws(
            () => readMonitorEnvironment({ ...monitor, MONITORED_ORIGINS: '[{"region":"x"}]' }),
            /MONITORED_ORIGINS is not a JSON list of objects with region, url/,
        );
    });
});
