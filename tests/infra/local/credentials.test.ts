import assert from "node:assert/strict";
import { createCredentialStore } from "../../../infra/local/credentials";

const role = (name: string): string => `arn:aws:iam::000000000000:role/${name}`;

describe("the local credentials", () => {
    it("are one set for each principal", () => {
        const store = createCredentialStore();
        const first = store.issue(role("orders"));
        const second = store.issue(role("products"));
        assert.equal(store.issue(role("orders")), first);
        assert.notEqual(second.accessKeyId, first.accessKeyId);
        assert.notEqual(second.secretAccessKey, first.secretAccessKey);
        assert.notEqual(second.sessionToken, first.sessionToken);
    });

    it("lead from the access key back to the principal", () => {
        const store = createCredentialStore();
        const credentials = store.issue(role("orders"));
        assert.deepEqual(store.find(credentials.accessKeyId), {
            credentials,
            principalArn: role("orders"),
        });
        assert.equal(store.find("ASIALOCALAAAAAAAAAAA"), undefined);
    });

    it("look like AWS's temporary ones and say that they are local", () => {
        const { accessKeyId, secretAccessKey, sessionToken } = createCredentialStore().issue(
            role("orders"),
        );
        assert.match(accessKeyId, /^ASIALOCAL[A-Z2-7]{11}$/);
        assert.match(secretAccessKey, /^[A-Za-z0-9+/]{40}$/);
        assert.match(sessionToken, /^LOCAL\/\/[A-Za-z0-9+/]{128}$/);
    });

    it("are others in every run", () => {
        const [first, second] = [createCredentialStore(), createCredentialStore()].map((store) =>
            store.issue(role("orders")),
        );
        assert.notEqual(first?.secretAccessKey, second?.secretAccessKey);
    });

    it("are given to 1,000 principals at most", () => {
        const store = createCredentialStore();
        for (let number = 0; number < 1_000; number++) {
            store.issue(role(`role-${number}`));
        }
        assert.throws(() => store.issue(role("one-more")), /role\/one-more is one too many/);
        assert.doesNotThrow(() => store.issue(role("role-0")));
    });
});
