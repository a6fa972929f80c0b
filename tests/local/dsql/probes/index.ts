import type { Probe } from "../probe";
import { alterTable } from "./alter-table";
import { catalog } from "./catalog";
import { conflicts } from "./conflicts";
import { indexes } from "./indexes";
import { limits } from "./limits";
import { queriesRefused } from "./queries-refused";
import { sessions } from "./sessions";
import { supported } from "./supported";
import { tables } from "./tables";
import { transactions } from "./transactions";
import { types } from "./types";
import { unsupportedStatements } from "./unsupported-statements";

/** Every probe, by its subject. */
export const subjects: Readonly<Record<string, readonly Probe[]>> = {
    "statements that are refused": unsupportedStatements,
    "types of columns": types,
    "definitions of tables": tables,
    "changes of tables": alterTable,
    "queries that are refused": queriesRefused,
    "what is supported": supported,
    transactions,
    conflicts,
    "changes of the catalogue": catalog,
    limits,
    indexes,
    sessions,
};
