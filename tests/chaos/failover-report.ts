import { type FailoverReport, type FailoverResult, returnedRequests } from "./failover";
import { markdownOfParts, type Part, rulesOf, textOfParts } from "./report";

/** No read fails for longer. */
const readOutageMaxMilliseconds = 3_000;
/** Writes succeed again by then, without a human. */
const writesBackMaxMilliseconds = 15_000;
/** How much more than its share a Region that is left may have to do. */
const loadMax = 1.5;

/** What a failover drill promised and did not keep; nothing when all went well. */
export function brokenLimits({ drill, reports }: FailoverResult): readonly string[] {
    return [
        ...drill.violations.map(({ rule, detail }) => `${rule}: ${detail}`),
        ...reports.flatMap(brokenIn),
    ];
}

function brokenIn(report: FailoverReport): readonly string[] {
    const { loss, fares, loads, returned, returnMilliseconds } = report;
    const broken = [
        ...fares.flatMap(({ viewer, readOutageMilliseconds, writesBackMilliseconds }) => [
            ...(readOutageMilliseconds > readOutageMaxMilliseconds
                ? [`reads of ${viewer} failed for ${seconds(readOutageMilliseconds)}`]
                : []),
            ...(writesBackMilliseconds > writesBackMaxMilliseconds
                ? [`writes of ${viewer} failed for ${seconds(writesBackMilliseconds)}`]
                : []),
        ]),
        ...loads
            .filter(({ arrived, share }) => arrived / share >= loadMax)
            .map(({ region, arrived, share }) => `${region} had ${arrived} requests for ${share}`),
        ...(returned >= returnedRequests
            ? []
            : [
                  `${returned} requests came back in ${seconds(returnMilliseconds)} after the repair`,
              ]),
    ];
    return broken.map((what) => `${loss.name}: ${what}`);
}

/** For a terminal. */
export function textOfFailover(result: FailoverResult): string {
    return `${textOfParts(partsOf(result))}\n${verdictOf(result)}\n`;
}

export function markdownOfFailover(result: FailoverResult): string {
    return `${verdictOf(result)}\n\n${markdownOfParts(partsOf(result))}\n`;
}

function verdictOf(result: FailoverResult): string {
    const broken = brokenLimits(result);
    return broken.length === 0
        ? "Every limit held: reads 3 s, writes 15 s, load 1.5 times its share, no order lost or doubled, traffic back."
        : `Broken: ${broken.join("; ")}.`;
}

function partsOf({ drill, reports }: FailoverResult): readonly Part[] {
    return [...reports.flatMap((report) => [customersOf(report), loadOf(report)]), rulesOf(drill)];
}

function customersOf({ loss, fares, requestsPerSecond }: FailoverReport): Part {
    const lasted = seconds(loss.backAtMilliseconds - loss.lostAtMilliseconds);
    return {
        title: `${loss.name} for ${lasted}, at ${Math.round(requestsPerSecond)} requests a second`,
        table: [
            ["customers of", "reads", "reads failed for", "writes", "failed", "writes back after"],
            ...fares.map((fare) => [
                fare.viewer,
                fare.reads,
                seconds(fare.readOutageMilliseconds),
                fare.writes,
                fare.failedWrites,
                seconds(fare.writesBackMilliseconds),
            ]),
        ],
    };
}

function loadOf({ loss, loads, returned, returnMilliseconds }: FailoverReport): Part {
    const back = `${returned} requests came back in ${seconds(returnMilliseconds)} after the repair`;
    return {
        title: `Load while ${loss.name}; ${back}`,
        table: [
            ["Region", "requests", "share", "times its share"],
            ...loads.map(({ region, arrived, share }) => [
                region,
                arrived,
                share,
                (arrived / share).toFixed(2),
            ]),
        ],
    };
}

function seconds(milliseconds: number): string {
    return `${(milliseconds / 1_000).toFixed(1)} s`;
}
