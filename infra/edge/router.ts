import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { problemDocument } from "../../app/http/problem";
import { noRouteDetail } from "../gateway-responses";
import { nearest, regionalEdgeCaches } from "../topology";

/** An origin that the router may choose. */
export interface RoutableOrigin {
    readonly id: string;
    readonly cell: string;
    readonly region: string;
}

/**
 * The header that carries the viewer's cell to the cache key and to the origin; the router sets
 * it, whatever the viewer sent.
 */
export const viewerCellHeader = "x-viewer-cell";

const noRoute = problemDocument({
    code: "route_not_found",
    detail: noRouteDetail,
    requestId: "",
    errors: [],
});

/**
 * The code of the viewer-request function. It is compiled rather than serialised, because Pulumi's
 * serialiser wraps code in `with`, which CloudFront's strict mode refuses.
 */
export async function compileRouter(
    origins: readonly [RoutableOrigin, ...RoutableOrigin[]],
): Promise<string> {
    const source = await fs.promises.readFile(path.join(__dirname, "viewer-request.ts"), "utf8");
    const { code } = await esbuild.transform(source, {
        loader: "ts",
        format: "esm",
        target: "es2020",
    });
    const table = [
        `const ROUTES = ${JSON.stringify(routes(origins))};`,
        `const NO_ROUTE = ${JSON.stringify(noRoute)};`,
    ].join("\n");
    return (
        code
            .replace(/^import .*$/m, (statement) => `${statement}\n${table}`)
            // CloudFront looks for a top-level function and knows no exports.
            .replace(/^export \{[^}]*\};?\n/m, "")
    );
}

/** The nearest origin for each regional edge cache; one that is not known gets the first origin. */
export function routes(
    origins: readonly [RoutableOrigin, ...RoutableOrigin[]],
): Record<string, { cell: string; originId: string }> {
    const routeTo = (origin: RoutableOrigin) => ({ cell: origin.cell, originId: origin.id });
    return {
        ...Object.fromEntries(
            regionalEdgeCaches.map((region) => [region, routeTo(nearest(region, origins))]),
        ),
        default: routeTo(origins[0]),
    };
}
