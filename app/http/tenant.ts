/** Whose rows a request reads and writes. Until requests carry an identity there is one tenant. */
export function tenantOfRequest(): string {
    return "main";
}
