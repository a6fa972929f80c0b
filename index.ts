import { ApiGatewayLogging } from "./infra/api-gateway-logging";
import { AuditTrail } from "./infra/audit-trail";
import { createBundler } from "./infra/bundle";
import { Cell } from "./infra/cell";
import { CellFoundation, neighboursOf } from "./infra/cell-foundation";
import { Edge } from "./infra/edge/edge";
import { OriginSecret } from "./infra/edge/origin-secret";
import { Monitor } from "./infra/monitor";
import { createProvider } from "./infra/provider";
import { readSettings } from "./infra/settings";
import { monitorRegions } from "./infra/topology";

const settings = readSettings();
const provider = createProvider(settings);
const bundler = createBundler();

const logging = new ApiGatewayLogging("api-gateway-logging", settings, { provider });
const originSecret = new OriginSecret("origin-secret", { number: settings.originSecretNumber });
const foundations = settings.cells.map(
    (cell) => new CellFoundation(`${cell.name}-foundation`, { cell, settings }, { provider }),
);
const cells = foundations.map((foundation) => {
    const neighbours = neighboursOf(foundation, foundations, settings.apiStage);
    const args = { foundation, neighbours, settings, bundler, logging, originSecret };
    return new Cell(foundation.cell.name, args, { provider });
});
const edge = new Edge(
    "edge",
    {
        origins: cells.flatMap((cell) => cell.origins),
        originSecret,
        priceClass: settings.priceClass,
        opensAfter: cells,
    },
    { provider },
);
const watching = monitorRegions(settings.cells);
const monitors = watching.map((region) => {
    const apis = cells.flatMap((cell) => cell.apis);
    const { keyValueStore } = edge;
    const args = { region, monitorRegions: watching, apis, keyValueStore, settings, bundler };
    return new Monitor(`monitor-${region}`, args, { provider });
});
const audit = new AuditTrail("audit", settings, { provider });

/** Where the shop answers, from everywhere. */
export const edgeUrl = edge.url;
/** Each cell's API by Region, without the edge. */
export const apiUrls = byCell((cell) => byRegion(cell.apis, (api) => api.url));
/** Each cell's database endpoints by Region. */
export const clusterEndpoints = byFoundation(({ database }) =>
    byRegion(database.endpoints, ({ endpoint }) => endpoint),
);
/** The Regions that serve, of every cell. */
export const servingRegions = edge.regions;
/** Holds which Regions are down or drained. */
export const keyValueStoreArn = edge.keyValueStore.arn;
/** The names that CloudWatch's metrics carry as dimensions. */
export const dashboard = {
    distributionId: edge.distributionId,
    apiNames: byCell((cell) => byRegion(cell.apis, (api) => api.apiName)),
    clusterIdentifiers: byFoundation(({ database }) =>
        byRegion(database.endpoints, ({ identifier }) => identifier),
    ),
    functionNames: byCell((cell) => cell.functionNames),
    monitorNames: monitors.map(({ functionName }) => functionName),
    queueNames: byFoundation(({ queues }) => queues.map(({ queueName }) => queueName)),
    deadLetterQueueNames: byFoundation(({ queues }) =>
        queues.map(({ deadLetterQueueName }) => deadLetterQueueName),
    ),
    auditBucket: audit.bucketName,
};

function byCell<T>(read: (cell: Cell) => T): Record<string, T> {
    return Object.fromEntries(cells.map((cell) => [cell.name, read(cell)]));
}

function byFoundation<T>(read: (foundation: CellFoundation) => T): Record<string, T> {
    return Object.fromEntries(foundations.map((item) => [item.cell.name, read(item)]));
}

function byRegion<Item extends { readonly region: string }, Value>(
    items: readonly Item[],
    read: (item: Item) => Value,
): Record<string, Value> {
    return Object.fromEntries(items.map((item) => [item.region, read(item)]));
}
