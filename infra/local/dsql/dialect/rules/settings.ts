import { internalSchemaDenied } from "../internal-schema";
import {
    derived,
    measured,
    notSupported,
    type Rule,
    recorded,
    reported,
    type Statement,
    when,
} from "../rule";
import { constantOf, type Fields, listOf, namesOf, type Tree, textOf } from "../tree";

const cannotBeSet = {
    code: notSupported,
    message: 'setting configuration parameter "{}" not supported',
};

/** SET, ALTER ROLE … SET and set_config. RESET and SET … TO DEFAULT are accepted. */
export const settingRules: readonly Rule[] = [
    {
        id: "internal-setting",
        finds: (statement) =>
            when(assignments(statement).some(({ name }) => name.startsWith("dsql_internal."))),
        ...internalSchemaDenied,
        ...derived,
    },
    {
        id: "internal-search-path",
        finds: (statement) => when(assignments(statement).some(findsInternals)),
        ...internalSchemaDenied,
        ...derived,
    },
    {
        id: "reserved-setting",
        finds: (statement) =>
            assignments(statement).find(
                ({ name }) => name.startsWith("dsql.") && !switches.has(name),
            )?.name,
        code: "42602",
        message: 'invalid configuration parameter name "{}"',
        detail: '"dsql" is a reserved prefix.',
        ...measured("2026-10-04"),
    },
    {
        id: "switch-value",
        finds: (statement) =>
            assignments(statement).find(
                ({ name, values }) => switches.has(name) && !values.every(isSwitchValue),
            )?.name,
        code: "22023",
        message: 'parameter "{}" requires a Boolean value',
        ...measured("2026-10-04"),
    },
    {
        id: "set-isolation",
        ...setting("default_transaction_isolation"),
        ...recorded("isolation", "2026-09-18"),
    },
    {
        id: "set-resources",
        ...setting("statement_timeout", "work_mem", "default_statistics_target"),
        ...measured("2026-10-04"),
    },
    {
        id: "set-messages",
        ...setting("client_min_messages"),
        ...reported("https://github.com/pgadmin-org/pgadmin4/issues/9433", "2025-12-06"),
    },
    {
        id: "set-role",
        ...setting("role"),
        ...reported("https://github.com/flyway/flyway/issues/4088", "2025-05-29"),
    },
    {
        id: "set-other",
        ...setting(
            "session_authorization",
            "transaction_isolation",
            "transaction_read_only",
            "transaction_deferrable",
            "default_transaction_read_only",
            "default_transaction_deferrable",
            "lock_timeout",
            "deadlock_timeout",
            "idle_in_transaction_session_timeout",
            "idle_session_timeout",
            "session_replication_role",
        ),
        ...derived,
    },
    {
        // Off would change where strings end.
        id: "set-strings",
        finds: (statement) =>
            assignments(statement).find(
                ({ name, values }) =>
                    name === "standard_conforming_strings" && values.some((value) => !isOn(value)),
            )?.name,
        ...cannotBeSet,
        ...derived,
    },
];

interface Assignment {
    readonly name: string;
    readonly values: readonly string[];
}

function setting(...names: readonly string[]): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: (statement) => assignments(statement).find(({ name }) => names.includes(name))?.name,
        ...cannotBeSet,
    };
}

/** Source: https://docs.aws.amazon.com/aurora-dsql/latest/userguide/batched-nested-loop-joins.html */
const switches: ReadonlySet<string> = new Set(["dsql.enable_batched_nestloop"]);

function assignments({ tree }: Statement): readonly Assignment[] {
    return [...tree.nodes("VariableSetStmt").flatMap(assignment), ...calls(tree)];
}

function assignment(fields: Fields): readonly Assignment[] {
    const name = textOf(fields["name"]).toLowerCase();
    if (fields["kind"] !== "VAR_SET_VALUE" && !name.startsWith("dsql")) return [];
    return [{ name, values: listOf(fields["args"]).map((value) => constantOf(value) ?? "") }];
}

function calls(tree: Tree): readonly Assignment[] {
    return tree
        .nodes("FuncCall")
        .filter((call) => namesOf(call["funcname"]).at(-1) === "set_config")
        .map((call) => listOf(call["args"]).map((argument) => constantOf(argument) ?? ""))
        .map(([name = "", value = ""]) => ({ name: name.toLowerCase(), values: [value] }));
}

function findsInternals({ name, values }: Assignment): boolean {
    return (
        name === "search_path" &&
        values.some((value) => value.toLowerCase().includes("dsql_internal"))
    );
}

function isSwitchValue(value: string): boolean {
    return isOn(value) || /^(?:of|off|f|fa|fal|fals|false|n|no|0)$/i.test(value);
}

function isOn(value: string): boolean {
    return /^(?:on|t|tr|tru|true|y|ye|yes|1)$/i.test(value);
}
