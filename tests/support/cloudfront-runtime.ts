import * as ts from "typescript";

// The lists hold what AWS names beyond ECMAScript 5.1, as far as the router could want it.
// Source: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
const globals = [
    "Array Boolean Date Error JSON Math NaN Number Object Promise RangeError ReferenceError RegExp",
    "String SyntaxError TypeError URIError decodeURI decodeURIComponent encodeURI isFinite isNaN",
    "encodeURIComponent console parseFloat parseInt undefined",
].flatMap((line) => line.split(" "));

const statics: Readonly<Record<string, string>> = {
    Array: "isArray of",
    Date: "UTC now parse",
    JSON: "parse stringify",
    Math: "abs ceil floor max min pow random round sign trunc",
    Number: "isFinite isInteger isNaN isSafeInteger parseFloat parseInt",
    Object: "assign create entries freeze is keys values",
    Promise: "reject resolve",
    String: "fromCharCode fromCodePoint",
    console: "log error",
};

const methods = new Set(
    [
        "charAt charCodeAt concat endsWith includes indexOf lastIndexOf match padEnd padStart repeat",
        "replace search slice split startsWith substring toLowerCase toUpperCase trim",
        "every fill filter find findIndex forEach join map pop push reduce reverse shift some sort",
        "splice unshift hasOwnProperty toString getTime toISOString exec test",
    ].flatMap((line) => line.split(" ")),
);

// Sources: https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/helper-functions-origin-modification.html,
// general-helper-methods.html and functions-custom-methods.html
const cloudfrontMembers = [
    "createRequestOriginGroup edgeLocation kvs logCustomData rawQueryString",
    "selectRequestOriginById updateRequestOrigin",
].flatMap((line) => line.split(" "));
const storeMethods = ["get", "exists", "meta"];

const forbiddenSyntax: ReadonlyMap<ts.SyntaxKind, string> = new Map([
    [ts.SyntaxKind.ForOfStatement, "for...of"],
    [ts.SyntaxKind.ClassDeclaration, "class"],
    [ts.SyntaxKind.ClassExpression, "class"],
    [ts.SyntaxKind.SpreadElement, "spread"],
    [ts.SyntaxKind.SpreadAssignment, "object spread"],
    [ts.SyntaxKind.ObjectBindingPattern, "destructuring"],
    [ts.SyntaxKind.ArrayBindingPattern, "destructuring"],
    [ts.SyntaxKind.QuestionDotToken, "optional chaining"],
    [ts.SyntaxKind.QuestionQuestionToken, "??"],
    [ts.SyntaxKind.WithStatement, "with"],
    [ts.SyntaxKind.YieldExpression, "yield"],
    [ts.SyntaxKind.BigIntLiteral, "BigInt"],
    [ts.SyntaxKind.ExportKeyword, "export"],
    [ts.SyntaxKind.ExportDeclaration, "export"],
]);

/**
 * What a CloudFront function uses that cloudfront-js-2.0 does not offer, by name. It knows an allow
 * list, so what it has not heard of is refused.
 */
export function findUnsupported(code: string): readonly string[] {
    const source = ts.createSourceFile("function.js", code, ts.ScriptTarget.Latest, true);
    const declared = declaredNames(source);
    const found = new Set<string>();
    const visit = (node: ts.Node, isInAsync: boolean): void => {
        for (const fault of faultsOf(node, declared, isInAsync)) {
            found.add(fault);
        }
        ts.forEachChild(node, (child) => visit(child, isInAsync || isAsync(node)));
    };
    visit(source, false);
    return [...found].sort();
}

function faultsOf(
    node: ts.Node,
    declared: ReadonlySet<string>,
    isInAsync: boolean,
): readonly string[] {
    const syntax = forbiddenSyntax.get(node.kind);
    if (syntax !== undefined) {
        return [syntax];
    }
    if (ts.isImportDeclaration(node)) {
        const name = (node.moduleSpecifier as ts.StringLiteral).text;
        return name === "cloudfront" ? [] : [`import of ${name}`];
    }
    if (ts.isParameter(node) && node.initializer !== undefined) {
        return ["default parameter"];
    }
    if (isAsync(node) && !ts.isFunctionDeclaration(node)) {
        return ["async closure"];
    }
    if (isInAsync && ts.isFunctionLike(node)) {
        return ["closure in an async function"];
    }
    if (ts.isIdentifier(node) && isFree(node) && !declared.has(node.text)) {
        return globals.includes(node.text) ? [] : [node.text];
    }
    return ts.isPropertyAccessExpression(node) ? faultsOfMember(node) : [];
}

function faultsOfMember(node: ts.PropertyAccessExpression): readonly string[] {
    const name = node.name.text;
    const owner = node.expression.getText();
    if (owner === "cf") {
        return cloudfrontMembers.includes(name) ? [] : [`cf.${name}`];
    }
    const isCalled = ts.isCallExpression(node.parent) && node.parent.expression === node;
    if (owner === "cf.kvs()") {
        return storeMethods.includes(name) ? [] : [`cf.kvs().${name}`];
    }
    const own = statics[owner];
    if (own !== undefined || globals.includes(owner)) {
        return (own ?? "").split(" ").includes(name) ? [] : [`${owner}.${name}`];
    }
    return isCalled && !methods.has(name) ? [`.${name}()`] : [];
}

function isAsync(node: ts.Node): boolean {
    return (
        ts.isFunctionLike(node) &&
        ts.canHaveModifiers(node) &&
        (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword)
    );
}

/** Whether the identifier is a name that has to be found in a scope. */
function isFree(node: ts.Identifier): boolean {
    const { parent } = node;
    const isMember = ts.isPropertyAccessExpression(parent) && parent.name === node;
    const isKey = ts.isPropertyAssignment(parent) && parent.name === node;
    return !isMember && !isKey;
}

/** Every name that the code declares anywhere: scopes are TypeScript's business. */
function declaredNames(source: ts.SourceFile): ReadonlySet<string> {
    const names = new Set<string>();
    const visit = (node: ts.Node): void => {
        const isNaming =
            ts.isVariableDeclaration(node) ||
            ts.isParameter(node) ||
            ts.isFunctionDeclaration(node) ||
            ts.isFunctionExpression(node) ||
            ts.isImportClause(node);
        if (isNaming && node.name !== undefined && ts.isIdentifier(node.name)) {
            names.add(node.name.text);
        }
        ts.forEachChild(node, visit);
    };
    visit(source);
    return names;
}
