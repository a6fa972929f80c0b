import * as path from "node:path";
import * as typescript from "typescript";

/** What is known of a text before the program runs. */
export interface ConstantText {
    readonly text: string;
    /** The expressions whose value is not known; in the text each is the word `placeholder`. */
    readonly unresolved: readonly string[];
}

/** A file by its path, which is relative to the same folder as all others; undefined if none. */
export type SourceReader = (file: string) => typescript.SourceFile | undefined;

/** Whether this is a string, a template, or several of them put together with `+`. */
export function isText(node: typescript.Node): node is typescript.Expression {
    return (
        typescript.isStringLiteralLike(node) ||
        typescript.isTemplateExpression(node) ||
        (isSum(node) && (isText(node.left) || isText(node.right)))
    );
}

/**
 * The value of a text, with the constants that it names: of its own file, or imported by a relative
 * path.
 */
export function constantText(
    expression: typescript.Expression,
    sources: SourceReader,
): ConstantText {
    return resolve(expression, sources, maxDepth);
}

/** Constants may name each other; nobody reads further than this. */
const maxDepth = 16;

function resolve(
    expression: typescript.Expression,
    sources: SourceReader,
    depth: number,
): ConstantText {
    const node = withoutWrapping(expression);
    if (typescript.isStringLiteralLike(node) || typescript.isNumericLiteral(node)) {
        return { text: node.text, unresolved: [] };
    }
    if (typescript.isTemplateExpression(node)) {
        const spans = node.templateSpans.flatMap(({ expression: part, literal }) => [
            resolve(part, sources, depth),
            { text: literal.text, unresolved: [] },
        ]);
        return joined([{ text: node.head.text, unresolved: [] }, ...spans]);
    }
    if (isSum(node)) {
        return joined([resolve(node.left, sources, depth), resolve(node.right, sources, depth)]);
    }
    const value = typescript.isIdentifier(node) ? declaredValue(node, sources) : undefined;
    return value === undefined || depth === 0
        ? { text: "placeholder", unresolved: [expression.getText()] }
        : resolve(value, sources, depth - 1);
}

/** What `(a)`, `a as const`, `a satisfies T` and `a!` are about. */
function withoutWrapping(node: typescript.Expression): typescript.Expression {
    return typescript.isParenthesizedExpression(node) ||
        typescript.isAsExpression(node) ||
        typescript.isSatisfiesExpression(node) ||
        typescript.isNonNullExpression(node)
        ? withoutWrapping(node.expression)
        : node;
}

function joined(parts: readonly ConstantText[]): ConstantText {
    return {
        text: parts.map(({ text }) => text).join(""),
        unresolved: parts.flatMap(({ unresolved }) => unresolved),
    };
}

function isSum(node: typescript.Node): node is typescript.BinaryExpression {
    return (
        typescript.isBinaryExpression(node) &&
        node.operatorToken.kind === typescript.SyntaxKind.PlusToken
    );
}

/** Looks for the name from the inside to the outside; the first that declares it decides. */
function declaredValue(
    name: typescript.Identifier,
    sources: SourceReader,
): typescript.Expression | undefined {
    for (let scope: typescript.Node = name.parent; scope !== undefined; scope = scope.parent) {
        const declared = declarationsOf(scope).find((declaration) =>
            bindsName(declaration.name, name.text),
        );
        if (declared !== undefined) return constantOf(declared);
        if (typescript.isSourceFile(scope)) return importedValue(scope, name.text, sources);
    }
    return undefined;
}

type Declaration = typescript.VariableDeclaration | typescript.ParameterDeclaration;

function declarationsOf(scope: typescript.Node): readonly Declaration[] {
    if (typescript.isFunctionLike(scope)) return [...scope.parameters];
    if (typescript.isBlock(scope) || typescript.isSourceFile(scope)) {
        return scope.statements.flatMap((statement) =>
            typescript.isVariableStatement(statement)
                ? [...statement.declarationList.declarations]
                : [],
        );
    }
    const isLoop =
        typescript.isForStatement(scope) ||
        typescript.isForOfStatement(scope) ||
        typescript.isForInStatement(scope);
    const list = isLoop ? scope.initializer : undefined;
    if (list !== undefined && typescript.isVariableDeclarationList(list)) {
        return [...list.declarations];
    }
    const caught = typescript.isCatchClause(scope) ? scope.variableDeclaration : undefined;
    return caught === undefined ? [] : [caught];
}

function bindsName(binding: typescript.BindingName, name: string): boolean {
    return typescript.isIdentifier(binding)
        ? binding.text === name
        : binding.elements.some(
              (element) => typescript.isBindingElement(element) && bindsName(element.name, name),
          );
}

function constantOf(declaration: Declaration): typescript.Expression | undefined {
    const isConstant =
        typescript.isVariableDeclaration(declaration) &&
        typescript.isIdentifier(declaration.name) &&
        (declaration.parent.flags & typescript.NodeFlags.Const) !== 0;
    return isConstant ? declaration.initializer : undefined;
}

function importedValue(
    source: typescript.SourceFile,
    name: string,
    sources: SourceReader,
): typescript.Expression | undefined {
    for (const statement of source.statements) {
        if (!typescript.isImportDeclaration(statement)) continue;
        const { moduleSpecifier, importClause } = statement;
        const bindings = importClause?.namedBindings;
        const isRelative =
            typescript.isStringLiteral(moduleSpecifier) && moduleSpecifier.text.startsWith(".");
        if (!isRelative || bindings === undefined || !typescript.isNamedImports(bindings)) continue;
        const imported = bindings.elements.find((element) => element.name.text === name);
        if (imported === undefined) continue;
        const file = path.posix.join(path.posix.dirname(source.fileName), moduleSpecifier.text);
        const target = sources(`${file}.ts`) ?? sources(`${file}/index.ts`);
        const wanted = (imported.propertyName ?? imported.name).text;
        const declared =
            target &&
            declarationsOf(target).find((declaration) => bindsName(declaration.name, wanted));
        return declared && constantOf(declared);
    }
    return undefined;
}
