import { type FaultCode, isFault } from "../../app/fault";
import { readRequest } from "../../app/http/request";
import { matchMethod, matchPath } from "../../app/http/routing";
import { type Call, proxyEvent } from "./proxy-event";

/** Reads a call as the API does, up to the route. */
export function readCall(call: Call) {
    const event = proxyEvent(call);
    return readRequest(event, matchMethod(matchPath(event.path), event.httpMethod), "r-1");
}

/** The code of the fault a call meets with, and its errors as `pointer: detail`. */
export function faultOf(call: Call): readonly [FaultCode | "none", ...string[]] {
    try {
        readCall(call);
    } catch (error) {
        if (isFault(error)) {
            const errors = error.errors ?? [];
            return [error.code, ...errors.map(({ pointer, detail }) => `${pointer}: ${detail}`)];
        }
        throw error;
    }
    return ["none"];
}
