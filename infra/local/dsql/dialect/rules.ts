import { internalSchemaRule } from "./internal-schema";
import type { Rule } from "./rule";
import { alterationRules } from "./rules/alterations";
import { columnRules } from "./rules/columns";
import { indexRules } from "./rules/indexes";
import { objectRules } from "./rules/objects";
import { queryRules } from "./rules/queries";
import { settingRules } from "./rules/settings";
import { otherStatementRule, statementRules } from "./rules/statements";
import { tableRules } from "./rules/tables";
import { transactionRules } from "./rules/transactions";

/**
 * All that Aurora DSQL refuses by its form. The first rule that a statement breaks answers, so the
 * order is part of the facts: a whole kind of statement before its clauses, the form of an ALTER
 * TABLE before the types in it, what encloses a query before the query, and last of all what
 * nobody knows.
 */
export const rules: readonly Rule[] = [
    internalSchemaRule,
    ...transactionRules,
    ...statementRules,
    ...settingRules,
    ...tableRules,
    ...alterationRules,
    ...columnRules,
    ...indexRules,
    ...objectRules,
    ...queryRules,
    otherStatementRule,
];
