import * as typescript from "typescript";

/** The functions of a source that have more lines than allowed, as `file:line (lines)`. */
export function longFunctions(
    { file, text }: { file: string; text: string },
    maxLines: number,
): string[] {
    const tree = typescript.createSourceFile(file, text, typescript.ScriptTarget.ES2022, true);
    const long: string[] = [];
    const lineOf = (position: number) => tree.getLineAndCharacterOfPosition(position).line + 1;
    const visit = (node: typescript.Node): void => {
        if (typescript.isFunctionLike(node) && "body" in node && node.body !== undefined) {
            const lines = lineOf(node.getEnd()) - lineOf(node.getStart()) + 1;
            if (lines > maxLines) {
                long.push(`${file}:${lineOf(node.getStart())} (${lines} lines)`);
            }
        }
        node.forEachChild(visit);
    };
    visit(tree);
    return long;
}
