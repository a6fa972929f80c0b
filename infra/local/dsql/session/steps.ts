import type { Dialect, StatementPlan } from "../dialect/plan";
import type { Failure } from "../failure";
import {
    encodeBind,
    encodeDescribe,
    encodeExecute,
    encodeParse,
    readBind,
    readDescribe,
    readExecute,
    readParse,
    readQuery,
} from "../wire/frontend";
import type { Message } from "../wire/message";
import type { Step } from "./state";

const unnamedBind = encodeBind({
    portal: "",
    statement: "",
    parameterFormats: [],
    parameters: [],
    resultFormats: [],
});
const unnamedDescribe = encodeDescribe({ target: "portal", name: "" });
const unnamedExecute = encodeExecute({ portal: "", maxRows: 0 });

const noFunctionCalls: Failure = {
    code: "0A000",
    message: "fastpath function calls not supported",
};

/** What a client's message asks for. Undefined for a message that asks for nothing. */
export function stepsOf(message: Message, dialect: Dialect): readonly Step[] | undefined {
    const { bytes } = message;
    switch (message.type) {
        case "Q":
            return stepsOfQuery(readQuery(message), dialect);
        case "P":
            return [stepOfParse(message, dialect)];
        case "B": {
            const { portal, statement } = readBind(message);
            return [{ kind: "bind", origin: "extended", portal, statement, bytes }];
        }
        case "D":
            return [{ kind: "describe", origin: "extended", ...readDescribe(message), bytes }];
        case "E": {
            const { portal, maxRows } = readExecute(message);
            const isPartial = maxRows > 0;
            return [{ kind: "execute", origin: "extended", portal, isPartial, bytes }];
        }
        case "C":
            return [{ kind: "close", bytes }];
        case "H":
            return [{ kind: "flush" }];
        case "S":
            return [{ kind: "sync" }];
        case "X":
            return [{ kind: "terminate", bytes }];
        case "d":
            return [{ kind: "rows", isLast: false, bytes }];
        case "c":
        case "f":
            return [{ kind: "rows", isLast: true, bytes }];
        case "F":
            return [{ kind: "refuse", failure: noFunctionCalls }, { kind: "sync" }];
        default:
            return undefined;
    }
}

const emptyPlan: StatementPlan = { kind: "empty", text: "" };

/** A simple query is, statement by statement, what the extended protocol does without a Sync. */
function stepsOfQuery(text: string, dialect: Dialect): readonly Step[] {
    const steps: Step[] = [];
    for (const plan of dialect.plan(text)) {
        if (plan.refusal !== undefined) {
            steps.push({ kind: "refuse", failure: plan.refusal });
            continue;
        }
        const parse = encodeParse({ name: "", text: plan.text, parameterTypes: [] });
        steps.push(
            parseStep("query", "", plan, [], parse),
            { kind: "bind", origin: "query", portal: "", statement: "", bytes: unnamedBind },
            {
                kind: "describe",
                origin: "query",
                target: "portal",
                name: "",
                bytes: unnamedDescribe,
            },
            {
                kind: "execute",
                origin: "query",
                portal: "",
                isPartial: false,
                bytes: unnamedExecute,
            },
        );
    }
    steps.push({ kind: "sync" });
    return steps;
}

function stepOfParse(message: Message, dialect: Dialect): Step {
    const { name, text, parameterTypes } = readParse(message);
    const plans = dialect.plan(text);
    const [plan = emptyPlan] = plans;
    if (plans.length > 1) {
        // PostgreSQL says itself that several statements cannot be prepared as one.
        return parseStep("extended", name, { kind: "read", text }, parameterTypes, message.bytes);
    }
    if (plan.refusal !== undefined) {
        return { kind: "refuse", failure: plan.refusal };
    }
    const bytes =
        plan.text === text ? message.bytes : encodeParse({ name, text: plan.text, parameterTypes });
    return parseStep("extended", name, plan, parameterTypes, bytes);
}

function parseStep(
    origin: "query" | "extended",
    name: string,
    plan: StatementPlan,
    parameterTypes: readonly number[],
    bytes: Buffer,
): Step {
    return { kind: "parse", origin, name, prepared: { plan, parameterTypes }, bytes };
}
