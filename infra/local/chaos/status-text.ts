import type { ChaosStatus } from "./commands";

/** Tells a person how the switches stand and what has happened. */
export function tellStatus({ state, counts }: ChaosStatus): string {
    const { regionsDown, links, queueFaults, databaseFaults, kills } = state;
    const lines = [
        ...regionsDown.map((region) => `${region} is down`),
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
