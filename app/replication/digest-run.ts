import type { OtherCell } from "../environment";
import type { Services } from "../http/operation";
import { type DigestSide, findDifferences } from "./digest";
import { type DigestAnswer, type DigestBody, homeSide } from "./digest-store";
import { exchangePaths, post } from "./exchange-calls";
import { recordAgreement } from "./link-store";
import { type ReplicatedKind, replicatedKinds } from "./messages";
import { insertNotices } from "./outbox-store";

/** How the copies in one cell compare with their home. */
export interface DigestReport {
    /** The name of the cell that has the copies. */
    readonly cell: string;
    /** Rows that are sent again. */
    readonly behind: number;
    /** Rows of which the copy is newer than the home, which must not be. */
    readonly ahead: number;
    readonly error?: unknown;
}

const callTimeoutMilliseconds = 10_000;
/** Entries that one transaction writes; DSQL lets it have 3,000. */
const noticesPerTransaction = 1_000;

/** Compares all that is replicated with its copies in each other cell. */
export async function compareWithCopies(
    services: Services,
    tenantId: string,
): Promise<readonly DigestReport[]> {
    const reports = await Promise.all(
        services.neighbours.cells.map((copyHolder) => compareWith(services, tenantId, copyHolder)),
    );
    if (reports.some(({ behind }) => behind > 0)) {
        await services.neighbours.wakeRelay();
    }
    return reports;
}

async function compareWith(
    services: Services,
    tenantId: string,
    copyHolder: OtherCell,
): Promise<DigestReport> {
    const { session, cell } = services;
    const scope = { tenantId, home: cell.number, copyHolder: copyHolder.number };
    const here = homeSide(session, scope);
    const there = copySide(services, tenantId, copyHolder.number);
    let behind = 0;
    let ahead = 0;
    try {
        for (const kind of replicatedKinds) {
            const found = await findDifferences(here, there, kind);
            await sendAgain(services, { tenantId, kind, refs: found.behind }, copyHolder.number);
            // Cells may mean two orders by one key, for good if a client used it for two things.
            if (kind !== "checkout") {
                behind += found.behind.length;
                ahead += found.ahead.length;
            }
        }
        if (behind + ahead === 0) {
            await session.query(recordAgreement(tenantId, copyHolder.number));
        }
        return { cell: copyHolder.name, behind, ahead };
    } catch (error) {
        return { cell: copyHolder.name, behind, ahead, error };
    }
}

function copySide(
    { neighbours, cell }: Services,
    tenantId: string,
    cellNumber: number,
): DigestSide {
    const ask = (body: Omit<DigestBody, "home" | "tenantId">) =>
        post(
            { neighbours, cellNumber, timeoutMilliseconds: callTimeoutMilliseconds },
            exchangePaths.digest,
            { home: cell.number, tenantId, ...body },
        ) as Promise<DigestAnswer>;
    return {
        children: async (kind, prefix) =>
            (await ask({ kind, prefix, isList: false })).digests ?? [],
        list: async (kind, prefix) => (await ask({ kind, prefix, isList: true })).rows ?? [],
    };
}

async function sendAgain(
    { session, cell }: Services,
    {
        tenantId,
        kind,
        refs,
    }: {
        readonly tenantId: string;
        readonly kind: ReplicatedKind;
        readonly refs: readonly string[];
    },
    destination: number,
): Promise<void> {
    for (let start = 0; start < refs.length; start += noticesPerTransaction) {
        const notices = refs
            .slice(start, start + noticesPerTransaction)
            .map((ref) => ({ destination, kind, ref }));
        await session.transact(
            insertNotices(tenantId, cell.number, notices, new Date().toISOString()),
        );
    }
}
