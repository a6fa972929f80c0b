import assert from "node:assert/strict";
import type { Customer } from "../../../app/customers/customer";
import {
    findCustomer,
    findEmailHolder,
    insertCustomer,
} from "../../../app/customers/customer-store";
import { beatHeart } from "../../../app/database/health-store";
import type { Session } from "../../../app/database/session";
import { violatedConstraint } from "../../../app/database/sqlstate";
import { newId } from "../../../app/values/ids";
import { migratedDatabase, type TestDatabase } from "../../support/database";

const ada: Customer = {
    customerId: newId(1),
    email: "Ada@Example.com",
    firstName: "Ada",
    lastName: "Lovelace",
    home: 1,
    version: 1,
    createdAt: "2026-11-22T09:30:00.123Z",
};

describe("the customer store, on PostgreSQL", () => {
    let database: TestDatabase;
    let session: Session;

    before(async () => {
        database = await migratedDatabase();
        session = database.session("shop_customers");
        await session.transact([insertCustomer("main", ada)]);
    });

    after(async () => {
        await database.close();
    });

    it("reads back what it wrote, for its tenant alone", async () => {
        assert.deepEqual(await findCustomer(session, "main", ada.customerId), ada);
        assert.equal(await findCustomer(session, "other", ada.customerId), undefined);
    });

    it("finds who has an address, whatever its case", async () => {
        assert.equal(await findEmailHolder(session, "main", "ADA@example.COM"), ada.customerId);
        assert.equal(await findEmailHolder(session, "other", "ada@example.com"), undefined);
    });

    const refused: readonly [string, Partial<Customer>, string][] = [
        [
            "an address twice",
            { customerId: newId(1), email: "ADA@EXAMPLE.COM" },
            "customer_email_unique",
        ],
        ["an id twice", { email: "bob@example.com" }, "customer_pkey"],
    ];
    for (const [what, changes, constraint] of refused) {
        it(`refuses ${what} within a tenant, not across tenants`, async () => {
            const other = { ...ada, ...changes };
            await assert.rejects(
                session.transact([insertCustomer("main", other)]),
                (error) => violatedConstraint(error) === constraint,
            );
            await session.transact([insertCustomer(`tenant of ${constraint}`, other)]);
        });
    }

    it("takes the health check's commits, again and again, in 256 rows at most", async () => {
        const status = database.session("shop_status");
        for (let beat = 0; beat < 40; beat += 1) {
            await status.transact([beatHeart("main")]);
        }
        const [row] = await status.query({
            name: "count-beats",
            text: "SELECT count(*)::integer AS count FROM shop.heartbeat",
            values: [],
        });
        assert.ok(Number(row?.["count"]) > 20 && Number(row?.["count"]) <= 40);
        const slots = Array.from({ length: 1_000 }, () => Number(beatHeart("main").values[1]));
        assert.ok(slots.every((slot) => slot >= 0 && slot < 256));
    });
});
