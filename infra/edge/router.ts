import * as fs from "node:fs";
import * as path from "node:path";
import * as esbuild from "esbuild";
import { problemDocument } from "../../app/http/problem";
import { noRouteDetail } from "../gateway-responses";
import { byDistance, regionalEdgeCaches } from "../topology";

/** An origin that the router may choose. */
export interface RoutableOrigin {
    readonly id: string;
    readonly cell: string;
    /** Of the cell: the last byte of every id that it makes. */
    readonly number: number;
    readonly region: string;
}

/**
 * The header that carries the viewer's cell to the cache key and to the origin; the router sets
 * it, whatever the viewer sent.
 */
export const viewerCellHeader = "x-viewer-cell";

/**
 * The header that says since which of the viewer's own writes an answer has to be; the router sets
 * it, whatever the viewer sent.
 */
export const viewerWroteHeader = "x-viewer-wrote";

/** The origin that reads go to: the same API with other time-outs, as `viewer-request.ts` names it. */
export function readOriginId(originId: string): string {
    return `${originId}-reads`;
}

// AWS raises it for no one.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/cloudfront-limits.html#limits-functions
const codeMaxBytes = 10_240;

type RoutableOrigins = readonly [RoutableOrigin, ...RoutableOrigin[]];

const noRoute = problemDocument({
    code: "route_not_found",
    detail: noRouteDetail,
    requestId: "",
    errors: [],
});

/**
 * The code of the viewer-request function. It is compiled rather than serialised, because Pulumi's
 * serialiser wraps code in `with`, which CloudFront's strict mode refuses.
 * @throws Error where there are more origins than fit
 */
export async function compileRouter(origins: RoutableOrigins): Promise<string> {
    const source = await fs.promises.readFile(path.join(__dirname, "viewer-request.ts"), "utf8");
    const { code } = await esbuild.transform(source, {
        loader: "ts",
        format: "esm",
        target: "es2020",
    });
    const table = [routeTable(origins), `const NO_ROUTE = ${JSON.stringify(noRoute)};`].join("\n");
    const complete = code
        .replace(/^import .*$/m, (statement) => `${statement}\n${table}`)
        // CloudFront looks for a top-level function and knows no exports.
        .replace(/^export \{[^}]*\};?\n/m, "");
    const bytes = Buffer.byteLength(complete);
    if (bytes > codeMaxBytes) {
        throw new Error(
            `The router for ${origins.length} origins has ${bytes} bytes; ` +
                `a CloudFront function may have ${codeMaxBytes}.`,
        );
    }
    return complete;
}

/** Each origin is written once; the routes refer to it. */
function routeTable(origins: RoutableOrigins): string {
    const list = origins.map(({ id, cell, number, region }) => ({ id, cell, number, region }));
    const entries = Object.entries(routes(origins)).map(([edge, route]) => {
        const places = route.map((origin) => `ORIGINS[${origins.indexOf(origin)}]`);
        return `${JSON.stringify(edge)}: [${places.join()}]`;
    });
    return `const ORIGINS = ${JSON.stringify(list)};\nconst ROUTES = {${entries.join(",\n")}};`;
}

/**
 * The order in which each regional edge cache prefers the origins: those of the nearest one's cell,
 * then the others, each by distance. A cache that is not known has the order of the first origin.
 */
export function routes(origins: RoutableOrigins): Record<string, RoutableOrigins> {
    const route = (region: string): RoutableOrigins => {
        const [first, ...others] = byDistance(region, origins);
        const isSameCell = ({ cell }: RoutableOrigin) => cell === first.cell;
        return [
            first,
            ...others.filter(isSameCell),
            ...others.filter((origin) => !isSameCell(origin)),
        ];
    };
    return {
        ...Object.fromEntries(regionalEdgeCaches.map((region) => [region, route(region)])),
        default: route(origins[0].region),
    };
}
