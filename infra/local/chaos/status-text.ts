import type { ChaosStatus } from "./commands";

/** Tells a person how the switches stand and what has happened. */
export function tellStatus({ state, counts }: ChaosStatus): string {
    const {
        regionsDown,
        regionsLost,
        ailments,
        storeOutage,
        links,
        queueFaults,
        databaseFaults,
        kills,
    } = state;
    const lines = [
        ...regionsDown.map((region) =>
            regionsLost.includes(region) ? `${region} is lost` : `${region} is down`,
        ),
        ...Object.entries(ailments).map(([region, ailment]) =>
            ailment.kind === "slow"
                ? `${region} answers ${ailment.milliseconds} ms later`
                : `${region} is ${ailment.kind}`,
        ),
        ...(storeOutage === "none" ? [] : [`KeyValueStores are unreachable for ${storeOutage}`]),
        ...links.map((link) =>
            link.kind === "slow"
                ? `${link.from} to ${link.to} takes ${link.milliseconds} ms longer`
                : `${link.from} to ${link.to} is ${link.kind}`,
        ),
        ...(queueFaults === undefined ? [] : [`queues: ${JSON.stringify(queueFaults)}`]),
        ...Object.entries(databaseFaults).map(
            ([cell, plan]) => `database of ${cell}: ${JSON.stringify(plan)}`,
        ),
        ...kills.map(({ left, ...plan }) => `${left} kills to come: ${JSON.stringify(plan)}`),
    ];
    const happened = Object.entries(counts)
        .filter(([, count]) => count > 0)
        .map(([what, count]) => `  ${what} ${count}`);
    return [
        ...(lines.length === 0 ? ["Nothing is broken."] : lines),
        ...(happened.length === 0 ? [] : ["What has happened so far:", ...happened]),
        "",
    ].join("\n");
}
