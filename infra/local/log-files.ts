import { createWriteStream, mkdirSync, renameSync, statSync, type WriteStream } from "node:fs";
import * as path from "node:path";

/** The folder that stands for CloudWatch Logs. */
export interface LogFiles {
    readonly folder: string;
    /** Appends a line to `<name>.log`. */
    write(name: string, line: string): void;
    /** Writes out what is buffered. */
    close(): Promise<void>;
}

const fileMaxBytes = 10 * 1024 * 1024;

interface LogFile {
    readonly stream: WriteStream;
    bytes: number;
}

/** Keeps one file per name, and of each the previous 10 MB as `<name>.log.1`. */
export function createLogFiles(folder: string): LogFiles {
    mkdirSync(folder, { recursive: true });
    const files = new Map<string, LogFile>();
    let isClosed = false;
    return {
        folder,
        write(name, line) {
            if (isClosed) {
                return;
            }
            const file = files.get(name);
            const open = file !== undefined && file.bytes < fileMaxBytes ? file : reopen(name);
            const text = `${line}\n`;
            open.bytes += Buffer.byteLength(text);
            open.stream.write(text);
        },
        async close() {
            isClosed = true;
            await Promise.all(
                [...files.values()].map(
                    ({ stream }) => new Promise<void>((resolve) => stream.end(() => resolve())),
                ),
            );
        },
    };

    function reopen(name: string): LogFile {
        files.get(name)?.stream.end();
        const file = path.join(folder, `${name.replace(/[^A-Za-z0-9._-]+/g, "-")}.log`);
        const bytes = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
        const isFull = bytes >= fileMaxBytes;
        if (isFull) {
            renameSync(file, `${file}.1`);
        }
        const stream = createWriteStream(file, { flags: "a" });
        // A full disk must not take the shop down with it.
        stream.on("error", () => undefined);
        const opened = { stream, bytes: isFull ? 0 : bytes };
        files.set(name, opened);
        return opened;
    }
}
