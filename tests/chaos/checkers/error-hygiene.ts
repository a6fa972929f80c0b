import { problemKinds } from "../../../app/http/problem";
import type { Operation } from "../history";
import type { Evidence, Violation } from "../state";
import { describe } from "./attempts";

/** Statuses with which the edge itself answers for an origin that does not. */
const edgeStatuses = new Set([502, 503, 504]);

/** Clients get documented problems only, and no error of the server that they may not repeat. */
export function findImproper({ operations }: Evidence): readonly Violation[] {
    return operations.flatMap((operation) => {
        const fault = faultOf(operation);
        return fault === undefined
            ? []
            : [{ rule: "improper", detail: `${describe(operation)} was answered with ${fault}.` }];
    });
}

function faultOf({ answer }: Operation): string | undefined {
    if (answer === undefined || answer.status < 400) {
        return undefined;
    }
    const { status, code, isRetryable } = answer;
    if (code === undefined) {
        return edgeStatuses.has(status) ? undefined : `${status} and no problem document`;
    }
    const kind = Object.hasOwn(problemKinds, code)
        ? problemKinds[code as keyof typeof problemKinds]
        : undefined;
    if (kind === undefined) {
        return `the problem "${code}", which no document describes`;
    }
    if (kind.status !== status) {
        return `${status} and the problem ${code}, whose status is ${kind.status}`;
    }
    return status >= 500 && isRetryable !== true
        ? `${status} ${code}, which may not be repeated`
        : undefined;
}
