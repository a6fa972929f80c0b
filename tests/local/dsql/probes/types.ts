import { type Probe, statements, userGuide } from "../probe";

/** Refused by the text alone, so the objects need not exist. */
export const types: readonly Probe[] = [
    ...statements("types, 2026-09-15", {
        "0A000 datatype money not supported": [
            "CREATE TABLE t (v money)",
            "ALTER TABLE t ADD COLUMN v money",
        ],
        "0A000 datatype xml not supported": [
            "CREATE TABLE t (v xml)",
            "ALTER TABLE t ADD COLUMN v xml",
        ],
        "0A000 datatype inet not supported": [
            "CREATE TABLE t (v inet)",
            "ALTER TABLE t ADD COLUMN v inet",
        ],
        "0A000 datatype cidr not supported": [
            "CREATE TABLE t (v cidr)",
            "ALTER TABLE t ADD COLUMN v cidr",
        ],
        "0A000 datatype macaddr not supported": [
            "CREATE TABLE t (v macaddr)",
            "ALTER TABLE t ADD COLUMN v macaddr",
        ],
        "0A000 datatype point not supported": [
            "CREATE TABLE t (v point)",
            "ALTER TABLE t ADD COLUMN v point",
        ],
        "0A000 datatype line not supported": [
            "CREATE TABLE t (v line)",
            "ALTER TABLE t ADD COLUMN v line",
        ],
        "0A000 datatype lseg not supported": [
            "CREATE TABLE t (v lseg)",
            "ALTER TABLE t ADD COLUMN v lseg",
        ],
        "0A000 datatype box not supported": [
            "CREATE TABLE t (v box)",
            "ALTER TABLE t ADD COLUMN v box",
        ],
        "0A000 datatype path not supported": [
            "CREATE TABLE t (v path)",
            "ALTER TABLE t ADD COLUMN v path",
        ],
        "0A000 datatype polygon not supported": [
            "CREATE TABLE t (v polygon)",
            "ALTER TABLE t ADD COLUMN v polygon",
        ],
        "0A000 datatype circle not supported": [
            "CREATE TABLE t (v circle)",
            "ALTER TABLE t ADD COLUMN v circle",
        ],
        "0A000 datatype tsvector not supported": [
            "CREATE TABLE t (v tsvector)",
            "ALTER TABLE t ADD COLUMN v tsvector",
        ],
        "0A000 datatype tsquery not supported": [
            "CREATE TABLE t (v tsquery)",
            "ALTER TABLE t ADD COLUMN v tsquery",
        ],
        "0A000 datatype int4range not supported": [
            "CREATE TABLE t (v int4range)",
            "ALTER TABLE t ADD COLUMN v int4range",
        ],
        "0A000 datatype tsrange not supported": [
            "CREATE TABLE t (v tsrange)",
            "ALTER TABLE t ADD COLUMN v tsrange",
        ],
        "0A000 datatype bit not supported": [
            "CREATE TABLE t (v bit)",
            "CREATE TABLE t (v bit(8))",
            "ALTER TABLE t ADD COLUMN v bit",
        ],
        "0A000 datatype pg_lsn not supported": [
            "CREATE TABLE t (v pg_lsn)",
            "ALTER TABLE t ADD COLUMN v pg_lsn",
        ],
        "0A000 datatype bit varying not supported": ["CREATE TABLE t (v varbit(8))"],
        "0A000 datatype integer[] not supported": [
            "CREATE TABLE t (v int[])",
            "CREATE TABLE t (v int4 ARRAY[3])",
        ],
        "0A000 datatype text[] not supported": ["ALTER TABLE t ADD COLUMN v text[]"],
        "0A000 datatype character varying[] not supported": ["CREATE TABLE t (v varchar(5)[])"],
        '42704 type "serial" does not exist': [
            "CREATE TABLE t (id serial PRIMARY KEY)",
            "ALTER TABLE t ADD COLUMN id serial",
        ],
        '42704 type "bigserial" does not exist': ["CREATE TABLE t (id bigserial)"],
        '42704 type "smallserial" does not exist': ["CREATE TABLE t (id smallserial)"],
    }),
    ...statements(userGuide("working-with-postgresql-compatibility-supported-data-types"), {
        "0A000 datatype macaddr8 not supported": ["CREATE TABLE t (v macaddr8)"],
        "0A000 datatype numrange not supported": ["CREATE TABLE t (v numrange)"],
        "0A000 datatype tstzrange not supported": ["CREATE TABLE t (v tstzrange)"],
        "0A000 datatype daterange not supported": ["CREATE TABLE t (v daterange)"],
        "0A000 datatype int8range not supported": ["CREATE TABLE t (v int8range)"],
        "0A000 datatype jsonb[] not supported": ["CREATE TABLE t (v jsonb[])"],
    }),
];
