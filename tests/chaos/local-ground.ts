import { readdir, readFile } from "node:fs/promises";
import * as path from "node:path";
import type { LocalDeployment } from "../../infra/local/deploy";
import { readStackConfig } from "../../infra/local/stack-config";
import { operatorClient } from "../support/operator-client";
import type { DrillGround } from "./drill";
import type { Place, Switches } from "./faults";

/** What an order that asks other cells for units writes into its function's log. */
const borrowingMessage = "Units were borrowed.";

/** A deployment as the ground of a drill. */
export function localGround(
    deployment: LocalDeployment,
    stack: string,
    switches: Switches,
    hurry: () => Promise<void>,
): DrillGround {
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
        switches,
        hurry,
        countBorrowings: () => countLines(deployment.logFolder, borrowingMessage),
    };
}

/** The cells of a stack, as its configuration has them. */
export function placesOf(stack: string): readonly Place[] {
    const { project, values } = readStackConfig(path.resolve(__dirname, "../.."), stack);
    const cells: unknown = JSON.parse(values[`${project}:cells`] ?? "[]");
    return (cells as readonly Place[]).map(({ name, number, home, peer }) => ({
        name,
        number,
        home,
        ...(peer === undefined ? {} : { peer }),
    }));
}

/** How many lines of a folder's logs hold a text. */
async function countLines(folder: string, text: string): Promise<number> {
    const files = (await readdir(folder)).filter((file) => file.endsWith(".log"));
    const counts = await Promise.all(
        files.map(async (file) => {
            const content = await readFile(path.join(folder, file), "utf8");
            return content.split(text).length - 1;
        }),
    );
    return counts.reduce((sum, count) => sum + count, 0);
}
