import { randomInt } from "node:crypto";
import type { Statement } from "./session";

/** Probes come from several places at once; two at the same row would be a conflict. */
const slots = 256;

/** Commits a row that means nothing: whoever gets an answer can take orders. */
export function beatHeart(tenantId: string): Statement {
    return {
        name: "beat-heart",
        text: `INSERT INTO shop.heartbeat (tenant_id, slot, beaten_at)
               VALUES ($1, $2::smallint, now())
               ON CONFLICT (tenant_id, slot) DO UPDATE SET beaten_at = excluded.beaten_at`,
        values: [tenantId, randomInt(slots)],
    };
}
