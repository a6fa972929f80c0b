import assert from "node:assert/strict";
import { exchangePaths } from "../../app/replication/exchange-calls";
import { callableRouteArns, internalRoutes } from "../../infra/internal-routes";

describe("the internal routes", () => {
    it("of exchange are those that the app calls", () => {
        const paths = internalRoutes
            .filter(({ functionName }) => functionName === "exchange")
            .map(({ path }) => path);
        assert.deepEqual(paths.sort(), Object.values(exchangePaths).sort());
    });

    it("that carry public requests lead from a function to its like", () => {
        for (const name of ["catalog", "customers", "orders"] as const) {
            assert.deepEqual(
                internalRoutes.filter(({ functionName }) => functionName === name),
                [
                    {
                        method: "post",
                        path: `/internal/${name}`,
                        functionName: name,
                        callers: [name],
                    },
                ],
            );
        }
    });

    it("become the ARNs that a policy names", () => {
        const stage = "arn:aws:execute-api:eu-west-1:1:abc/live";
        assert.deepEqual(callableRouteArns("status", stage), [`${stage}/GET/internal/ping`]);
        assert.deepEqual(callableRouteArns("apply", stage), []);
    });
});
