import {
    derived,
    measured,
    notSupported,
    type Rule,
    recorded,
    type Statement,
    when,
} from "../rule";
import { type Fields, fieldsOf, listOf, textOf } from "../tree";

const alters = recorded("alters", "2026-09-18");
const unsupported = { code: notSupported, message: "unsupported ALTER TABLE {} statement" };

/** ALTER TABLE: the form of each action is looked at before the types it mentions. */
export const alterationRules: readonly Rule[] = [
    {
        id: "alter-column-type",
        ...action("AT_AlterColumnType", "ALTER COLUMN ... SET DATA TYPE"),
        ...alters,
    },
    {
        id: "add-column-constraint",
        finds: (statement) => when(addedColumns(statement).some(isConstrained)),
        code: notSupported,
        message: "ALTER TABLE ADD COLUMN with constraint not supported",
        ...recorded("backlog", "2026-09-18"),
    },
    {
        id: "add-column-collation",
        finds: (statement) =>
            when(addedColumns(statement).some((column) => column["collClause"] !== undefined)),
        code: notSupported,
        message: "COLLATE clause not supported",
        ...measured("2026-08-30"),
    },
    {
        id: "add-deferrable-key",
        finds: (statement) =>
            when(
                addedConstraints(statement).some(
                    (key) => key["contype"] === "CONSTR_UNIQUE" && key["deferrable"] === true,
                ),
            ),
        code: notSupported,
        message:
            "ALTER TABLE / ADD CONSTRAINT UNIQUE / DEFERRED / INITIALLY DEFERRED not supported",
        ...measured("2026-08-30"),
    },
    {
        id: "add-constraint",
        finds: (statement) =>
            addedConstraints(statement).every(isAdded) ? undefined : "ADD CONSTRAINT",
        ...unsupported,
        ...alters,
    },
    {
        id: "validate-constraint",
        finds: (statement) =>
            statement.isAsync
                ? undefined
                : actionsOf(statement).find(isAction("AT_ValidateConstraint")) &&
                  "VALIDATE CONSTRAINT",
        ...unsupported,
        ...alters,
    },
    {
        id: "alter-async",
        finds: (statement) =>
            when(
                statement.isAsync &&
                    statement.tree.tag === "AlterTableStmt" &&
                    !isOneValidation(actionsOf(statement)),
            ),
        code: notSupported,
        message: "unsupported ALTER TABLE ASYNC statement",
        ...derived,
    },
    {
        id: "set-statistics",
        ...action("AT_SetStatistics", "ALTER COLUMN ... SET STATISTICS"),
        ...measured("2026-10-04"),
    },
    {
        id: "set-not-null",
        ...action("AT_SetNotNull", "ALTER COLUMN ... SET NOT NULL"),
        ...derived,
    },
    { id: "other-alteration", finds: otherAction, ...unsupported, ...derived },
];

function actionsOf({ tree }: Statement): readonly Fields[] {
    return tree.tag === "AlterTableStmt" && tree.fields["objtype"] === "OBJECT_TABLE"
        ? tree.nodes("AlterTableCmd")
        : [];
}

const isAction = (subtype: string) => (command: Fields) => command["subtype"] === subtype;

function action(subtype: string, words: string): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: (statement) => (actionsOf(statement).some(isAction(subtype)) ? words : undefined),
        ...unsupported,
    };
}

function addedColumns(statement: Statement): readonly Fields[] {
    return actionsOf(statement)
        .filter(isAction("AT_AddColumn"))
        .map((command) => fieldsOf(command["def"], "ColumnDef") ?? {});
}

/** A bare NULL is accepted (measured on 2026-08-30). */
function isConstrained(column: Fields): boolean {
    return listOf(column["constraints"]).some(
        (constraint) => fieldsOf(constraint, "Constraint")?.["contype"] !== "CONSTR_NULL",
    );
}

function addedConstraints(statement: Statement): readonly Fields[] {
    return actionsOf(statement)
        .filter(isAction("AT_AddConstraint"))
        .map((command) => fieldsOf(command["def"], "Constraint") ?? {});
}

function isAdded(constraint: Fields): boolean {
    switch (constraint["contype"]) {
        case "CONSTR_CHECK":
        case "CONSTR_FOREIGN":
            return constraint["skip_validation"] === true;
        case "CONSTR_UNIQUE":
            return textOf(constraint["indexname"]) !== "";
        default:
            return false;
    }
}

function isOneValidation(commands: readonly Fields[]): boolean {
    return commands.length === 1 && commands.every(isAction("AT_ValidateConstraint"));
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/alter-table-syntax-support.html */
const accepted: ReadonlySet<string> = new Set(
    [
        "AddColumn DropColumn AddConstraint AlterConstraint ValidateConstraint DropConstraint",
        "ColumnDefault DropNotNull DropExpression AddIdentity SetIdentity DropIdentity",
        "SetStorage ChangeOwner",
    ].flatMap((names) => names.split(" ").map((name) => `AT_${name}`)),
);

function otherAction(statement: Statement): string | undefined {
    const other = actionsOf(statement).find((command) => !accepted.has(textOf(command["subtype"])));
    // AT_EnableRowSecurity: ENABLE ROW SECURITY
    return (
        other &&
        textOf(other["subtype"])
            .slice(3)
            .replace(/(?<=[a-z])(?=[A-Z])/g, " ")
            .toUpperCase()
    );
}
