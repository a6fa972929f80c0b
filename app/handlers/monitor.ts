import { createKeyValueStoreClient } from "../aws/key-value-store";
import { readMonitorEnvironment } from "../environment";
import { log } from "../log";
import type { Verdict } from "../monitoring/judgement";
import { type Memory, watchOnce } from "../monitoring/monitor";
import { type Repetition, repeat } from "./repetition";

/** A Region that answers later is no use to a customer. It is below the time between two rounds. */
const probeTimeoutMilliseconds = 1_500;

/** What a round needs in which the store answers no call. */
const roundMilliseconds = 6_500;

/**
 * The function that watches every Region from outside and tells the edge which are down. It knows
 * no database; it runs in two Regions, each of which may be the one that is lost.
 * @throws Error naming every variable that is missing or wrong
 */
export function monitorHandler(
    variables: Readonly<Record<string, string | undefined>>,
): (
    repetition: Repetition,
    context: { getRemainingTimeInMillis(): number },
) => Promise<{ readonly rounds: number }> {
    const environment = readMonitorEnvironment(variables);
    const { origins, credentials, keyValueStoreArn, keyValueStoreEndpoint } = environment;
    const urls = new Map(origins.map(({ region, url }) => [region, `${url}/health`]));
    const ports = {
        monitor: environment.region,
        monitors: environment.monitorRegions,
        regions: [...urls.keys()],
        probe: (region: string) => probe(urls.get(region) ?? ""),
        store: createKeyValueStoreClient({
            arn: keyValueStoreArn,
            credentials,
            endpoint: keyValueStoreEndpoint,
        }),
        nowSeconds: () => Math.floor(Date.now() / 1_000),
        log,
    };
    let memory: Memory | undefined;
    return async (repetition, context) => {
        let rounds = 0;
        const watch = async (): Promise<void> => {
            memory = await watchOnce(memory, ports);
            rounds++;
        };
        await repeat(
            repetition,
            watch,
            () => context.getRemainingTimeInMillis() > roundMilliseconds,
        );
        return { rounds };
    };
}

async function probe(url: string): Promise<Verdict> {
    try {
        const answer = await fetch(url, {
            redirect: "error",
            signal: AbortSignal.timeout(probeTimeoutMilliseconds),
        });
        await answer.text();
        return answer.status === 200 ? "good" : "bad";
    } catch {
        return "bad";
    }
}
