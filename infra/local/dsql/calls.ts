/** One end of a channel between two threads. */
export interface Port {
    postMessage(message: unknown): void;
    on(event: "message", listener: (message: unknown) => void): unknown;
}

/** What one side offers the other: functions whose arguments and results can be cloned. */
export type Procedures = Readonly<Record<string, Procedure>>;

// Only so does it stand for functions of any arguments, without `any`.
type Procedure = (...args: never[]) => unknown;

/** Calls what the other side offers. */
export interface Calls<Remote extends { readonly [Name in keyof Remote]: Procedure }> {
    /** @throws Error with the message, the name, the `code` and the stack of the other side's */
    call<Name extends keyof Remote & string>(
        name: Name,
        ...args: Parameters<Remote[Name]>
    ): Promise<Awaited<ReturnType<Remote[Name]>>>;
    /** Calls and expects no answer. */
    tell<Name extends keyof Remote & string>(name: Name, ...args: Parameters<Remote[Name]>): void;
    /** Fails every call, those without an answer and those to come; the first reason counts. */
    fail(reason: Error): void;
}

type Envelope =
    | { kind: "call"; id: number | undefined; name: string; args: readonly unknown[] }
    | { kind: "result"; id: number; value: unknown }
    | { kind: "error"; id: number; error: Luggage };

/** An error on its way: cloning one loses its code. */
interface Luggage {
    readonly name: string;
    readonly message: string;
    readonly code: unknown;
    readonly stack: string | undefined;
}

const maxWaitingCalls = 10_000;

/** Answers calls that come through the port and makes calls through it. */
export function connectCalls<Remote extends { readonly [Name in keyof Remote]: Procedure }>(
    port: Port,
    offered: Procedures,
): Calls<Remote> {
    const waiting = new Map<
        number,
        { resolve(value: unknown): void; reject(error: Error): void }
    >();
    let lastId = 0;
    let failure: Error | undefined;
    port.on("message", (message) => {
        const envelope = message as Envelope;
        if (envelope.kind === "call") {
            void answer(envelope, offered, port);
            return;
        }
        const waiter = waiting.get(envelope.id);
        waiting.delete(envelope.id);
        if (envelope.kind === "result") {
            waiter?.resolve(envelope.value);
        } else {
            waiter?.reject(unpack(envelope.error));
        }
    });
    return {
        call: (name, ...args) =>
            new Promise((resolve, reject) => {
                if (failure !== undefined) {
                    throw failure;
                }
                if (waiting.size >= maxWaitingCalls) {
                    throw new Error(
                        `${name} would be call ${maxWaitingCalls + 1} that waits for the other ` +
                            "thread; wait for answers before calling again.",
                    );
                }
                lastId += 1;
                port.postMessage({ kind: "call", id: lastId, name, args } satisfies Envelope);
                waiting.set(lastId, { resolve: (value) => resolve(value as never), reject });
            }),
        tell(name, ...args) {
            if (failure === undefined) {
                port.postMessage({ kind: "call", id: undefined, name, args } satisfies Envelope);
            }
        },
        fail(reason) {
            failure ??= reason;
            for (const { reject } of waiting.values()) {
                reject(failure);
            }
            waiting.clear();
        },
    };
}

async function answer(
    { id, name, args }: Envelope & { kind: "call" },
    offered: Procedures,
    port: Port,
): Promise<void> {
    const reply = (envelope: Envelope): void => {
        if (id !== undefined) {
            port.postMessage(envelope);
        }
    };
    try {
        const procedure = Object.hasOwn(offered, name) ? offered[name] : undefined;
        if (procedure === undefined) {
            throw new Error(`Nothing is called ${name} here.`);
        }
        const value: unknown = await procedure(...(args as never[]));
        reply({ kind: "result", id: id ?? 0, value });
    } catch (error) {
        reply({ kind: "error", id: id ?? 0, error: pack(error) });
    }
}

function pack(error: unknown): Luggage {
    if (!(error instanceof Error)) {
        return { name: "Error", message: String(error), code: undefined, stack: undefined };
    }
    const code: unknown = "code" in error ? error.code : undefined;
    const isPlain = typeof code === "string" || typeof code === "number";
    const { name, message, stack } = error;
    return { name, message, code: isPlain ? code : undefined, stack };
}

function unpack({ name, message, code, stack }: Luggage): Error {
    const error = Object.assign(new Error(message), code === undefined ? {} : { code });
    Object.defineProperty(error, "name", { value: name, enumerable: false });
    if (stack !== undefined) {
        error.stack = stack;
    }
    return error;
}
