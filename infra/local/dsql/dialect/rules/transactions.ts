import { derived, notSupported, type Rule, recorded, type Statement, when } from "../rule";
import { constantOf, fieldsOf, listOf, textOf } from "../tree";

const isolation = recorded("isolation", "2026-09-18");
const transaction = recorded("transaction", "2026-09-18");
const unsupported = "unsupported transaction statement: {}";

/** How a transaction is begun and ended. An unknown level is named before the form of the SET. */
export const transactionRules: readonly Rule[] = [
    {
        id: "isolation-level",
        finds: otherIsolationLevel,
        code: notSupported,
        message: "Unsupported isolation level: {}",
        ...isolation,
    },
    {
        id: "set-transaction",
        finds: ({ tree }) =>
            when(tree.fields["kind"] === "VAR_SET_MULTI" && isSet(tree)("TRANSACTION")),
        code: notSupported,
        message: 'setting configuration parameter "TRANSACTION" not supported',
        ...isolation,
    },
    {
        id: "set-multiple",
        finds: ({ tree }) =>
            tree.fields["kind"] === "VAR_SET_MULTI" ? textOf(tree.fields["name"]) : undefined,
        code: notSupported,
        message: 'setting configuration parameter "{}" not supported',
        ...derived,
    },
    { id: "savepoint", ...ending("SAVEPOINT", "SAVEPOINT"), ...transaction },
    { id: "rollback-to-savepoint", ...ending("ROLLBACK_TO", "ROLLBACK TO"), ...transaction },
    { id: "release-savepoint", ...ending("RELEASE", "RELEASE"), ...derived },
    { id: "prepare-transaction", ...ending("PREPARE", "PREPARE TRANSACTION"), ...derived },
    { id: "commit-prepared", ...ending("COMMIT_PREPARED", "COMMIT PREPARED"), ...derived },
    { id: "rollback-prepared", ...ending("ROLLBACK_PREPARED", "ROLLBACK PREPARED"), ...derived },
    {
        id: "chain",
        finds: ({ tree }) => when(tree.tag === "TransactionStmt" && tree.fields["chain"] === true),
        code: notSupported,
        message: "unsupported transaction statement: AND CHAIN",
        ...derived,
    },
];

function ending(kind: string, words: string): Pick<Rule, "finds" | "code" | "message"> {
    return {
        finds: ({ tree }) =>
            tree.tag === "TransactionStmt" && tree.fields["kind"] === `TRANS_STMT_${kind}`
                ? words
                : undefined,
        code: notSupported,
        message: unsupported,
    };
}

const isSet =
    (tree: Statement["tree"]) =>
    (name: string): boolean =>
        tree.tag === "VariableSetStmt" && tree.fields["name"] === name;

function otherIsolationLevel({ tree }: Statement): string | undefined {
    const settings = tree.tag === "TransactionStmt" ? tree.fields["options"] : tree.fields["args"];
    if (tree.tag !== "TransactionStmt" && tree.fields["kind"] !== "VAR_SET_MULTI") return undefined;
    for (const setting of listOf(settings)) {
        const element = fieldsOf(setting, "DefElem");
        const level = constantOf(element?.["arg"])?.toUpperCase();
        if (element?.["defname"] !== "transaction_isolation") continue;
        if (level !== undefined && level !== "REPEATABLE READ") return level;
    }
    return undefined;
}
