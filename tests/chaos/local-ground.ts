import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";
import { exchangePaths } from "../../app/replication/exchange-calls";
import { otherCellAsked } from "../../app/replication/neighbours";
import type { LocalDeployment } from "../../infra/local/deploy";
import { readStackConfig } from "../../infra/local/stack-config";
import { operatorClient } from "../support/operator-client";
import type { DrillGround } from "./drill";
import type { Place } from "./faults";
import { localSwitches } from "./local-switches";

/** A deployment as the ground of a drill. */
export function openLocalGround(
    deployment: LocalDeployment,
    stack: string,
    seed: number,
): DrillGround {
    const { schedules } = deployment;
    return {
        places: placesOf(stack),
        urlOf(cell) {
            const viewer = deployment.viewers.find((candidate) => candidate.cell === cell);
            if (viewer === undefined) {
                throw new Error(`No viewer belongs to the cell ${cell}.`);
            }
            return viewer.url;
        },
        connect: (cell) => operatorClient(deployment, cell),
        switches: localSwitches(deployment.chaos, seed),
        async hurry() {
            const due = schedules.list().filter(({ name }) => /digest|relay/.test(name));
            await Promise.allSettled(due.map(({ name }) => schedules.runNow(name)));
        },
        countBorrowings: () => countBorrowings(deployment.logFolder),
        hasEdge: true,
    };
}

/** The cells of a stack, as its configuration has them. */
export function placesOf(stack: string): readonly Place[] {
    return stackCells(stack).map((cell) => {
        const { name, number, home, peer } = cell as unknown as Place;
        return { name, number, home, ...(peer === undefined ? {} : { peer }) };
    });
}

/** The option `cells` of a stack. */
export function stackCells(stack: string): readonly Readonly<Record<string, unknown>>[] {
    const { project, values } = readStackConfig(path.resolve(__dirname, "../.."), stack);
    return JSON.parse(values[`${project}:cells`] ?? "[]");
}

/** How often orders had to ask another cell, by the logs of the functions that place them. */
export async function countBorrowings(logFolder: string): Promise<number> {
    const files = (await readdir(logFolder)).filter((file) => /-orders-.*\.log$/.test(file));
    let count = 0;
    for (const file of files) {
        const lines = (await readFile(path.join(logFolder, file), "utf8")).split("\n");
        count += lines.filter(
            (line) =>
                line.includes(otherCellAsked) &&
                (line.includes(exchangePaths.borrow) || line.includes(exchangePaths.customerStub)),
        ).length;
    }
    return count;
}
