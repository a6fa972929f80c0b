import assert from "node:assert/strict";
import { readMigrations } from "../../../infra/schema";

const statements = readMigrations().map(({ id, sql }) => ({
    id,
    text: sql.replace(/--.*$/gm, "").replace(/\s+/g, " ").trim(),
}));

function offenders(isWrong: (text: string) => boolean): string[] {
    return statements.filter(({ text }) => isWrong(text)).map(({ id }) => id);
}

describe("the migrations", () => {
    it("are numbered without a gap", () => {
        assert.deepEqual(
            statements.map(({ id }) => Number(id.slice(0, 4))),
            statements.map((_, place) => place + 1),
        );
    });

    it("hold one statement each, which is safe to run again", () => {
        const repeatable =
            /^(CREATE (TABLE|(UNIQUE )?INDEX ASYNC) IF NOT EXISTS |ALTER TABLE \S+ ADD COLUMN IF NOT EXISTS |INSERT INTO [^;]* ON CONFLICT [^;]* DO NOTHING|CREATE ROLE |GRANT |REVOKE )[^;]*;$/;
        assert.deepEqual(
            offenders((text) => !repeatable.test(text)),
            [],
        );
    });

    it("use nothing that Aurora DSQL refuses", () => {
        const refused =
            /\b(SERIAL|COLLATE|TEMP|UNLOGGED|TRIGGER|EXTENSION|PARTITION|TABLESPACE|USING btree)\b|\[\]|\b(ASC|DESC)\b|CREATE (UNIQUE )?INDEX (?!ASYNC)/i;
        assert.deepEqual(
            offenders((text) => refused.test(text)),
            [],
        );
    });

    it("begin every key with the tenant", () => {
        const tables = statements.filter(({ text }) => text.startsWith("CREATE TABLE"));
        assert.equal(tables.length, 14);
        for (const { id, text } of tables) {
            assert.match(text, /CONSTRAINT \w+_pkey PRIMARY KEY \(tenant_id, /, id);
            for (const [, columns] of text.matchAll(
                /(?:UNIQUE|KEY|REFERENCES [\w.]+) \(([^)]*)\)/g,
            )) {
                assert.match(columns ?? "", /^tenant_id, /, id);
            }
        }
    });

    it("name the schema in every table and index", () => {
        assert.deepEqual(
            offenders((text) =>
                /(?:(?<!COLUMN IF NOT )EXISTS|REFERENCES|\bON|TABLE) (?!shop\.|SCHEMA|CONFLICT|IF )(?!\w+ ON shop\.)/.test(
                    text,
                ),
            ),
            [],
        );
    });
});
