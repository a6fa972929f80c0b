/** An inline policy or a trust policy, as JSON text or already parsed. */
export type PolicyText = string | Readonly<Record<string, unknown>>;

/** The roles of the account and what they may do. */
export interface Iam {
    createRole(arn: string, name: string, trust: PolicyText): void;
    addPolicy(roleName: string, policy: PolicyText): void;
    /** Whether the role's trust policy lets a service, `lambda.amazonaws.com`, assume it. */
    isAssumableBy(roleArn: string, service: string): boolean;
    /** Whether the role's policies allow an action on a resource. */
    isAllowed(roleArn: string, action: string, resource: string): boolean;
}

interface Role {
    readonly name: string;
    readonly trust: readonly Statement[];
    readonly statements: Statement[];
}

interface Statement {
    readonly effect: string;
    readonly actions: readonly string[];
    readonly resources: readonly string[];
    readonly services: readonly string[];
}

// Whoever adds one of these must also teach the evaluator what it means.
const unsupportedElements = ["NotAction", "NotResource", "NotPrincipal", "Condition"];

/**
 * Evaluates identity policies: what is not allowed is denied, and a Deny always wins.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function createIam(): Iam {
    const roles = new Map<string, Role>();
    return {
        createRole(arn, name, trust) {
            const document = parsePolicy(trust, `the trust policy of role ${name}`);
            roles.set(arn, { name, trust: document, statements: [] });
        },
        addPolicy(roleName, policy) {
            const role = [...roles.values()].find(({ name }) => name === roleName);
            if (role === undefined) {
                throw new Error(`A policy names the role "${roleName}", which does not exist.`);
            }
            role.statements.push(...parsePolicy(policy, `a policy of role ${roleName}`));
        },
        isAssumableBy(roleArn, service) {
            const trust = roles.get(roleArn)?.trust ?? [];
            const applying = trust.filter(
                ({ actions, services }) =>
                    matchesAny(actions, "sts:AssumeRole", "i") && matchesAny(services, service),
            );
            return decide(applying);
        },
        isAllowed(roleArn, action, resource) {
            const statements = roles.get(roleArn)?.statements ?? [];
            const applying = statements.filter(
                ({ actions, resources }) =>
                    matchesAny(actions, action, "i") && matchesAny(resources, resource),
            );
            return decide(applying);
        },
    };
}

/**
 * Whether a text matches a pattern of IAM: `*` is any number of characters, `?` exactly one.
 * @param flags "i" where letter case does not count, as in the names of actions
 */
export function matchesWildcard(pattern: string, text: string, flags = ""): boolean {
    const expression = pattern
        .replace(/[.+^${}()|[\]\\]/g, "\\$&")
        .replace(/\*/g, ".*")
        .replace(/\?/g, ".");
    return new RegExp(`^${expression}$`, `s${flags}`).test(text);
}

function matchesAny(patterns: readonly string[], text: string, flags?: string): boolean {
    return patterns.some((pattern) => matchesWildcard(pattern, text, flags));
}

function decide(applying: readonly Statement[]): boolean {
    return (
        applying.some(({ effect }) => effect === "Allow") &&
        !applying.some(({ effect }) => effect === "Deny")
    );
}

function parsePolicy(policy: PolicyText, subject: string): Statement[] {
    const document = typeof policy === "string" ? JSON.parse(policy) : policy;
    const statements: unknown = (document as { Statement?: unknown }).Statement;
    if (statements === undefined) {
        throw new Error(`MalformedPolicyDocument: ${subject} has no "Statement".`);
    }
    return listOf(statements).map((entry) => parseStatement(entry, subject));
}

function parseStatement(entry: unknown, subject: string): Statement {
    const statement = entry as Readonly<Record<string, unknown>>;
    const unsupported = unsupportedElements.find((element) => element in statement);
    if (unsupported !== undefined) {
        throw new Error(
            `The local IAM does not evaluate "${unsupported}", which ${subject} uses. ` +
                "Leave it out, or add it to infra/local/iam.ts.",
        );
    }
    const effect = statement["Effect"];
    if (effect !== "Allow" && effect !== "Deny") {
        throw new Error(
            `MalformedPolicyDocument: "Effect" in ${subject} is "${effect}"; ` +
                "allowed: Allow, Deny.",
        );
    }
    const principal = statement["Principal"];
    const services =
        typeof principal === "object" && principal !== null
            ? (principal as { Service?: unknown }).Service
            : principal;
    return {
        effect,
        actions: listOf(statement["Action"]).map(String),
        resources: listOf(statement["Resource"]).map(String),
        services: listOf(services).map(String),
    };
}

function listOf(value: unknown): readonly unknown[] {
    if (value === undefined) {
        return [];
    }
    return Array.isArray(value) ? value : [value];
}
