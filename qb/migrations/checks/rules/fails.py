"""What cannot be done as it is written."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

TRANSACTION_CONTROL = Rule(
    "transaction-control",
    "fails",
    "a BEGIN, COMMIT or ROLLBACK: a migration is one transaction, in which qb also notes that it is applied",
    "leave it out; what needs a transaction of its own goes into a migration of its own",
)
OUTSIDE_TRANSACTION = Rule(
    "outside-transaction",
    "fails",
    "CONCURRENTLY, VACUUM and what else PostgreSQL only does outside of a transaction, in a migration that is one",
    "a migration of its own that begins with `-- qb: no transaction`",
    '-- qb: no transaction\n\nCREATE INDEX CONCURRENTLY "albums_title_idx" ON "albums" ("title");',
)
NEW_LABEL_USED = Rule(
    "new-label-used",
    "fails",
    "a label of an enum type that is used in the transaction that adds it",
    "add the label in a migration of its own",
)
MISSING_CAST = Rule(
    "missing-cast",
    "fails",
    "a column that gets a type to which PostgreSQL does not cast by itself, without USING",
    "say USING, and what becomes of the values",
    'ALTER TABLE "albums" ALTER COLUMN "year" TYPE integer USING "year"::integer;',
)
DEFAULT_CAST = Rule(
    "default-cast",
    "fails",
    "a column whose default cannot be cast to its new type",
    "drop the default, change the type, and set the default again",
)
LONG_NAME = Rule(
    "long-name",
    "fails",
    "a name of more than 63 bytes, which PostgreSQL cuts off, so that two may become one",
    "a shorter name",
)
