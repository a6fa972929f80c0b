import type { Probe } from "../probe";
import { alterTable } from "./alter-table";
import { catalog } from "./catalog";
import { conflictCourses } from "./conflict-courses";
import { conflictLosers } from "./conflict-losers";
import { conflicts } from "./conflicts";
import { definitions } from "./definitions";
import { foreignKeys } from "./foreign-keys";
import { indexes } from "./indexes";
import { limits } from "./limits";
import { queries } from "./queries";
import { queriesRefused } from "./queries-refused";
import { roles } from "./roles";
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
    queries,
    "what is defined": definitions,
    "foreign keys": foreignKeys,
    transactions,
    conflicts,
    "courses of conflicts": conflictCourses,
    "losers of conflicts": conflictLosers,
    "changes of the catalogue": catalog,
    limits,
    indexes,
    sessions,
    roles,
};
