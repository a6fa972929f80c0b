import { violatedConstraint } from "../database/sqlstate";
import { fault } from "../fault";
import { createOnce } from "../http/idempotency";
import type { Reply, Request, Route, Services } from "../http/operation";
import { tellAll } from "../replication/notices";
import { newId } from "../values/ids";
import { type Customer, customerBody, emailOf, type NewCustomer } from "./customer";
import { findCustomer, findEmailHolder, insertCustomer } from "./customer-store";
import { insertStub } from "./customer-stub-store";

/** The operations on customers. */
export const customerRoutes: readonly Route[] = [
    { operationId: "createCustomer", handle: create },
    {
        operationId: "getCustomer",
        handle: read,
        // Personal data is kept at home and nowhere else.
        atHome: { functionName: "customers", idOf: (request) => request.path["customer_id"] ?? "" },
    },
];

async function create(request: Request, services: Services): Promise<Reply> {
    const { session, cell, neighbours } = services;
    const { tenantId } = request;
    const draft = request.body as NewCustomer;
    const customer: Customer = {
        customerId: newId(cell.number),
        email: emailOf(draft.email),
        firstName: draft.first_name,
        lastName: draft.last_name,
        home: cell.number,
        version: 1,
        createdAt: new Date().toISOString(),
    };
    const { customerId: ref, createdAt: changedAt } = customer;
    try {
        const reply = await createOnce(session, {
            request,
            resourceId: customer.customerId,
            askedAt: changedAt,
            idConstraint: "customer_pkey",
            statements: [
                insertCustomer(tenantId, customer),
                insertStub(tenantId, customer),
                ...tellAll(services, { tenantId, kind: "customer_stub", ref, changedAt }),
            ],
            answer: () => created(customer),
            read: async (resourceId) => {
                const stored = await findCustomer(session, tenantId, resourceId);
                return stored === undefined ? undefined : created(stored);
            },
        });
        await neighbours.wakeRelay();
        return reply;
    } catch (error) {
        if (violatedConstraint(error) !== "customer_email_unique") {
            throw error;
        }
    }
    // A repeat after an answer that was lost finds its own row, and the database may well report
    // that row's address before its id.
    const holder = await findEmailHolder(session, tenantId, customer.email);
    if (holder === customer.customerId) {
        return created(customer);
    }
    throw fault("email_taken", "Another customer has this email address; use another one.", {
        errors: [{ pointer: "/email", detail: "is taken" }],
    });
}

async function read(request: Request, { session }: Services): Promise<Reply> {
    const customerId = request.path["customer_id"] ?? "";
    const customer = await findCustomer(session, request.tenantId, customerId);
    if (customer === undefined) {
        throw fault("not_found", `There is no customer ${customerId}.`);
    }
    return { status: 200, body: customerBody(customer) };
}

function created(customer: Customer): Reply {
    return {
        status: 201,
        headers: { Location: `/customers/${customer.customerId}` },
        body: customerBody(customer),
    };
}
