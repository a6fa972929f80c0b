import { openTestDoor, type TestDoor } from "./test-door";

export type { TestCluster, TestConnection, TestDoor } from "./test-door";

let shared: Promise<TestDoor> | undefined;

/** The front door that all tests of this process share; closed when they are over. */
export function startTestDoor(): Promise<TestDoor> {
    shared ??= openTestDoor();
    return shared;
}

after(async function closeSharedDoor() {
    this.timeout(20_000);
    await (await shared)?.close();
});
