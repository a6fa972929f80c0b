import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

export interface OriginSecretArgs {
    /** Which secret the edge sends, from 1 up. The one before it counts, too. */
    number: number;
}

/** What the edge sends its secret in; the app knows the name, too. */
export const originSecretHeader = "x-origin-verify";

/**
 * What the regional APIs know the edge by. Pulumi makes the secrets and keeps them encrypted in the
 * state. A higher number is another secret; the one before it is accepted as long as no further one
 * follows, because edges learn of a change one after the other.
 */
export class OriginSecret extends pulumi.ComponentResource {
    /** What the edge sends. */
    public readonly sent: pulumi.Output<string>;
    /** What the APIs accept, separated by commas. */
    public readonly accepted: pulumi.Output<string>;

    constructor(name: string, args: OriginSecretArgs, opts?: pulumi.ComponentResourceOptions) {
        super("shop:infra:OriginSecret", name, {}, opts);

        const current = this.createSecret(name, args.number);
        const former = args.number > 1 ? [this.createSecret(name, args.number - 1)] : [];

        this.sent = current;
        this.accepted = pulumi.all([current, ...former]).apply((secrets) => secrets.join());
        this.registerOutputs({});
    }

    private createSecret(name: string, number: number): pulumi.Output<string> {
        // Letters and digits alone: neither a header nor a list of them needs anything escaped.
        const args = { length: 48, special: false };
        const made = new random.RandomPassword(`${name}-${number}`, args, { parent: this });
        return pulumi.secret(made.result);
    }
}
