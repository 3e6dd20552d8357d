"""Tables that are written again."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

VOLATILE_DEFAULT = Rule(
    "volatile-default",
    "rewrites",
    "a new column whose default is another one for every row",
    "add it without, set the default for new rows, and fill the others in batches",
    'ALTER TABLE "albums" ADD COLUMN "token" uuid;\n'
    'ALTER TABLE "albums" ALTER COLUMN "token" SET DEFAULT gen_random_uuid();\n'
    "-- and, in portions, in migrations of their own or by a program:\n"
    'UPDATE "albums" SET "token" = gen_random_uuid() WHERE "token" IS NULL AND "id" BETWEEN 1 AND 10000;',
)
NUMBERED_COLUMN = Rule(
    "numbered-column",
    "rewrites",
    "a new column that numbers the rows which are there: an identity, or a serial",
    "add it without, let new rows take their number from a sequence, and number the others in batches",
)
STORED_COLUMN = Rule(
    "stored-column",
    "rewrites",
    "a new or changed column that is computed and stored, for every row",
    "add a plain column, write it, fill it in batches; or compute it in a view",
)
FILLED_COLUMN = Rule(
    "filled-column",
    "rewrites",
    "a new column that is filled in every row by the migration that adds it",
    "add it without a value, and fill it in batches in migrations of their own",
)
BACKFILL = Rule(
    "backfill",
    "rewrites",
    "an UPDATE in the transaction that alters tables: their locks are held until its last row is written",
    "a migration of its own for the UPDATE, or many that each write a portion",
    'UPDATE "albums" SET "genre" = \'rock\' WHERE "genre" IS NULL AND "id" BETWEEN 1 AND 10000;',
)
REWRITE_TABLE = Rule(
    "rewrite-table",
    "rewrites",
    "VACUUM FULL, CLUSTER, SET TABLESPACE, SET LOGGED and what else writes a table again as it is",
    "apply it when nobody uses the table; VACUUM without FULL lets everybody work",
)
RETYPE = Rule(
    "retype",
    "rewrites",
    "a column whose type changes in a way that PostgreSQL cannot do without writing every row",
    "add another column, write both, fill it in batches, and drop this one later",
)
REPLACE_ENUM = Rule(
    "replace-enum",
    "rewrites",
    "an enum type that is exchanged for another, in every table that has it",
    "only add labels, at the place where they belong, and leave those that nobody uses",
)
REBUILD = Rule(
    "rebuild",
    "rewrites",
    "a table of SQLite or D1 that is copied into a new one, because ALTER TABLE cannot do what is to do",
    "apply it when few write, or change what SQLite's ALTER TABLE can do: new columns, other names",
)
REFRESH_VIEW = Rule(
    "refresh-view",
    "rewrites",
    "a materialized view that is computed again without CONCURRENTLY: nobody reads it meanwhile",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index",
)
