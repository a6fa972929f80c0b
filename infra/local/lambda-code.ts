import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import * as path from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * Unpacks a function's archive to `<folder>/<name>-<hash of its content>` and removes what an
 * earlier run unpacked for the same function.
 * @returns the folder
 */
export async function unpackCode(folder: string, name: string, code: unknown): Promise<string> {
    const files = await readArchive(name, code);
    const hash = createHash("sha256");
    for (const [file, content] of files) {
        hash.update(`${file}\n${content.length}\n`).update(content);
    }
    const unpacked = path.join(folder, `${name}-${hash.digest("hex").slice(0, 12)}`);
    await mkdir(folder, { recursive: true });
    const earlier = (await readdir(folder)).filter(
        (entry) => entry.slice(0, -13) === name && path.join(folder, entry) !== unpacked,
    );
    for (const entry of earlier) {
        await rm(path.join(folder, entry), { recursive: true, force: true });
    }
    const draft = `${unpacked}.draft`;
    for (const [file, content] of files) {
        const target = path.join(draft, file);
        if (!target.startsWith(draft + path.sep)) {
            throw new Error(`The code of ${name} has a file outside its archive: ${file}.`);
        }
        await mkdir(path.dirname(target), { recursive: true });
        await writeFile(target, content);
    }
    await rm(unpacked, { recursive: true, force: true });
    await rename(draft, unpacked);
    return unpacked;
}

async function readArchive(name: string, code: unknown): Promise<readonly [string, Buffer][]> {
    if (!(code instanceof pulumi.asset.AssetArchive)) {
        throw unsupported(name, "code that is not an AssetArchive");
    }
    const assets = Object.entries(await code.assets).sort(([a], [b]) => a.localeCompare(b));
    return Promise.all(
        assets.map(async ([file, asset]): Promise<[string, Buffer]> => {
            if (asset instanceof pulumi.asset.StringAsset) {
                return [file, Buffer.from(await asset.text)];
            }
            if (asset instanceof pulumi.asset.FileAsset) {
                return [file, await readFile(await asset.path)];
            }
            throw unsupported(name, `${file}, which is neither a StringAsset nor a FileAsset`);
        }),
    );
}

function unsupported(name: string, what: string): Error {
    return new Error(
        `The local Lambda cannot unpack ${what}, in the code of ${name}. ` +
            "Change it, or teach infra/local/lambda-code.ts.",
    );
}
