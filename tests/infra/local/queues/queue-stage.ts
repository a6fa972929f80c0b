import { SQSClient } from "@aws-sdk/client-sqs";
import { realClock } from "../../../../infra/local/clock";
import { type CredentialStore, createCredentialStore } from "../../../../infra/local/credentials";
import { createIam } from "../../../../infra/local/iam";
import { authorizeActions, operatorArn } from "../../../../infra/local/identities";
import { createQueueEndpoints } from "../../../../infra/local/queues/queue-endpoints";
import {
    createQueueService,
    type QueueService,
} from "../../../../infra/local/queues/queue-service";
import { region, settingsOf } from "./test-queue";

export const homeRegion = "us-east-1";
export const settings = settingsOf("inbound");
export const senderArn = "arn:aws:iam::000000000000:role/sender";

/** A queue behind its endpoint, which AWS's SDK asks. */
export interface QueueStage {
    readonly queues: QueueService;
    readonly credentials: CredentialStore;
    readonly warnings: string[];
    /** The ways between Regions that were gone. */
    readonly crossings: string[];
    /** The way that leads nowhere. */
    cut: string | undefined;
    endpointUrl(): Promise<string>;
    client(principalArn?: string, changes?: object): Promise<SQSClient>;
    stop(): Promise<void>;
}

/** Starts a queue that the operator and a sender may use. */
export function startStage(): QueueStage {
    const credentials = createCredentialStore();
    const clients: SQSClient[] = [];
    const queues = createQueueService(realClock);
    queues.createQueue(settings);
    const iam = createIam();
    iam.createRole(senderArn, "sender", { Statement: [] });
    iam.addPolicy("sender", {
        Statement: [{ Effect: "Allow", Action: "sqs:SendMessage", Resource: settings.arn }],
    });
    const endpoints = createQueueEndpoints({
        queues,
        isAllowed: authorizeActions({ iam, warn: (message) => stage.warnings.push(message) }),
        credentials,
        async cross(from, to, signal) {
            const way = `${from} ${to}`;
            stage.crossings.push(way);
            if (way === stage.cut) {
                await new Promise((_, reject) => signal.addEventListener("abort", reject));
            }
        },
    });
    const stage: QueueStage = {
        queues,
        credentials,
        warnings: [],
        crossings: [],
        cut: undefined,
        endpointUrl: () => endpoints.endpointUrl(homeRegion),
        async client(principalArn = operatorArn, changes = {}) {
            const client = new SQSClient({
                endpoint: await endpoints.endpointUrl(homeRegion),
                region,
                credentials: credentials.issue(principalArn),
                maxAttempts: 1,
                ...changes,
            });
            clients.push(client);
            return client;
        },
        async stop() {
            for (const client of clients) {
                client.destroy();
            }
            queues.stop();
            await endpoints.stop();
        },
    };
    return stage;
}
