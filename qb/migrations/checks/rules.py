"""The rules of `qb check`: what each of them reports, and what is safer. docs/migration-rules.md is made of them."""

from __future__ import annotations

from typing import Literal

Danger = Literal["destroys", "fails", "breaks", "needs check", "rewrites", "locks", "advice"]
"""Values or rows go; it cannot be done as it is written; programs that run meanwhile fail; it fails where the data does
not fit; the whole table is written again; others wait; it works, and will be regretted.
"""
DANGERS: dict[Danger, str] = {
    "destroys": "Values go for good.",
    "fails": "It cannot be done as it is written.",
    "breaks": "Programs that run meanwhile, and know the schema of before, fail or read what they do not know.",
    "needs check": "It fails where the rows do not fit. The probe counts those.",
    "rewrites": "The whole table is written again, and others wait. The probe counts the rows.",
    "locks": "Others wait while rows are looked at, or queue behind who waits for a lock. The probe counts the rows.",
    "advice": "It works today.",
}
"""What each danger means, the worst first."""
RULES: dict[str, Rule] = {}
"""All rules, by their codes."""


class Rule:
    """One thing that is looked for. `about` ends the sentence "The rule reports …"."""

    __slots__ = ("about", "code", "danger", "example", "remedy")

    def __init__(self, code: str, danger: Danger, about: str, remedy: str, example: str = "") -> None:
        assert code not in RULES, f"two rules are named {code}"
        self.code = code
        self.danger = danger
        self.about = about
        self.remedy = remedy
        """What is safer, in a sentence without a capital."""
        self.example = example
        """The same as SQL."""
        RULES[code] = self

    def __repr__(self) -> str:
        return f"<rule {self.code}>"


# Values that go

DROP_TABLE = Rule(
    "drop-table",
    "destroys",
    "a table that goes with all its rows",
    "first release programs that do not use it; then rename it, and drop it when nobody missed it",
)
DROP_COLUMN = Rule(
    "drop-column",
    "destroys",
    "a column that goes with its values",
    "first release programs that do not use it, and drop it then",
)
REPLACE_VALUES = Rule(
    "replace-values",
    "destroys",
    "a column whose values are replaced by others: by an expression, or because it is computed from now on",
    "add another column for the new values, and drop the old one when nobody misses it",
)
DROP_SEQUENCE = Rule(
    "drop-sequence",
    "destroys",
    "a sequence that goes, and with it the number at which it stands",
    "note its last_value first, in case that numbers must go on from there",
)

DROP_PARENT = Rule(
    "drop-parent",
    "destroys",
    "a table of SQLite or D1 that is dropped while foreign keys are on: its rows are deleted first, and with ON DELETE "
    "CASCADE those that reference them, even where the table is only rebuilt",
    "let `qb migrate new` write it; or begin the file with `-- qb: foreign keys off`, which D1 does not have",
)
TRUNCATE = Rule(
    "truncate",
    "destroys",
    "a TRUNCATE; with CASCADE, the rows of every table go that references it",
    "name all tables that are meant instead of CASCADE, or delete in batches what is meant",
)
DELETE_ROWS = Rule(
    "delete-rows",
    "destroys",
    "a DELETE",
    "keep the rows elsewhere first, and delete in batches",
)

# What cannot be done as it is written

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

# Programs that run meanwhile

CASCADE = Rule(
    "cascade",
    "breaks",
    "a DROP with CASCADE, which takes away what is not named: views, foreign keys, columns",
    "drop what depends on it by its name, first",
)
DROP_OTHER = Rule(
    "drop-other",
    "breaks",
    "a function, a domain, a policy or something else that goes and that is no part of a schema as qb knows it",
    "first release programs that do not use it",
)

RENAME_TABLE = Rule(
    "rename-table",
    "breaks",
    "a table that gets another name, or another schema",
    "leave a view of the old name that selects everything from the new one, until the programs are replaced",
    'ALTER TABLE "albums" RENAME TO "records";\nCREATE VIEW "albums" AS SELECT * FROM "records";',
)
RENAME_COLUMN = Rule(
    "rename-column",
    "breaks",
    "a column that gets another name",
    "add the new column and write both; copy the values over; read the new one; then drop the old one",
)
RENAME_LABEL = Rule(
    "rename-label",
    "breaks",
    "a label of an enum type that gets another name",
    "add the new label; release programs that know both; change the rows; then remove the old one",
)
DROP_LABEL = Rule(
    "drop-label",
    "breaks",
    "a label that is removed from an enum type, though programs may still write it",
    "first release programs that do not use it",
)
REQUIRED_COLUMN = Rule(
    "required-column",
    "breaks",
    "a new column that is NOT NULL and has no default, so that inserts fail that do not know it",
    "give it a default, or make it NOT NULL in a later migration, when all programs know it",
)
CHANGE_TYPE = Rule(
    "change-type",
    "breaks",
    "a column whose new type does not take every value of the old one",
    "add a column of the new type and write both; copy the values over; read the new one; then drop the old one",
)
FORBID_NULL = Rule(
    "forbid-null",
    "breaks",
    "a column that becomes NOT NULL, though programs may still write NULL to it",
    "first release programs that always write a value",
)
ALLOW_NULL = Rule(
    "allow-null",
    "breaks",
    "a column that is no longer NOT NULL, though programs may read it that do not expect NULL",
    "first release programs that can read NULL",
)
DROP_DEFAULT = Rule(
    "drop-default",
    "breaks",
    "a NOT NULL column that loses its default, or its numbering, so that inserts fail that leave it out",
    "first release programs that always write a value",
)
NEW_CONSTRAINT = Rule(
    "new-constraint",
    "breaks",
    "a constraint or a unique index that programs may not know, and whose rows it refuses",
    "first release programs that keep to it",
)
COMPUTED_COLUMN = Rule(
    "computed-column",
    "breaks",
    "a column that only the database writes from now on, because it is computed, or GENERATED ALWAYS",
    "first release programs that do not write it",
)
DROP_KEY = Rule(
    "drop-key",
    "breaks",
    "a primary key, a unique constraint or a unique index that goes, though an ON CONFLICT may name its columns",
    "first release programs that do not need it",
)
DROP_COMPUTED = Rule(
    "drop-computed",
    "breaks",
    "a computed column that goes",
    "first release programs that do not read it",
)
DROP_VIEW = Rule(
    "drop-view",
    "breaks",
    "a view that goes",
    "first release programs that do not read it",
)
DROP_TRIGGER = Rule(
    "drop-trigger",
    "breaks",
    "a trigger that goes, and with it what it did",
    "first release programs that do the same themselves, or do not need it",
)

# Rows that do not fit

REQUIRED_VALUES = Rule(
    "required-values",
    "needs check",
    "a new column that is NOT NULL, while the rows that are there get no value",
    "give it a default; or add it without NOT NULL, fill it in batches, and make it NOT NULL in a later migration",
)
NULL_VALUES = Rule(
    "null-values",
    "needs check",
    "a column that becomes NOT NULL, where rows may have NULL",
    "replace the NULLs in batches first",
)
DUPLICATES = Rule(
    "duplicates",
    "needs check",
    "a unique constraint, a primary key or a unique index, where rows may agree",
    "find the rows that agree, and change or remove all but one, first",
)
CONFLICTING_ROWS = Rule(
    "conflicting-rows",
    "needs check",
    "a check, a foreign key or an exclusion constraint that rows may break",
    "mend the rows first; or add it NOT VALID, mend them, and validate it in the next migration",
)
UNFIT_VALUES = Rule(
    "unfit-values",
    "needs check",
    "a column that gets a type which may not have all of its values",
    "say how the values are converted",
)
GONE_LABELS = Rule(
    "gone-labels",
    "needs check",
    "a label that is removed from an enum type, where rows may have it",
    "give these rows other labels first",
)

# Tables that are written again

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

# Others wait

NOT_NULL_SCAN = Rule(
    "not-null-scan",
    "locks",
    "a column that becomes NOT NULL without a validated CHECK that says the same: nobody uses the table meanwhile",
    "a CHECK (… IS NOT NULL) NOT VALID first, validated in the next migration; then NOT NULL looks at no row",
    'ALTER TABLE "albums" ADD CONSTRAINT "albums_year_given" CHECK ("year" IS NOT NULL) NOT VALID;\n'
    "-- the next migration\n"
    'ALTER TABLE "albums" VALIDATE CONSTRAINT "albums_year_given";\n'
    "-- the one after\n"
    'ALTER TABLE "albums" ALTER COLUMN "year" SET NOT NULL;\n'
    'ALTER TABLE "albums" DROP CONSTRAINT "albums_year_given";',
)
KEY_INDEX = Rule(
    "key-index",
    "locks",
    "a unique constraint or a primary key whose index is built while nobody uses the table",
    "CREATE UNIQUE INDEX CONCURRENTLY first, then ADD CONSTRAINT … USING INDEX",
    'CREATE UNIQUE INDEX CONCURRENTLY "albums_title_key" ON "albums" ("title");\n'
    "-- the next migration\n"
    'ALTER TABLE "albums" ADD CONSTRAINT "albums_title_key" UNIQUE USING INDEX "albums_title_key";',
)
EXCLUSION_INDEX = Rule(
    "exclusion-index",
    "locks",
    "an exclusion constraint, whose index is built while nobody uses the table",
    "apply it when few use the table: PostgreSQL has no other way",
)
CHECK_SCAN = Rule(
    "check-scan",
    "locks",
    "a check without NOT VALID: nobody uses the table while every row is looked at",
    "add it NOT VALID, and validate it in the next migration, which only keeps other migrations out",
    'ALTER TABLE "albums" ADD CONSTRAINT "albums_plays_check" CHECK ("plays" >= 0) NOT VALID;\n'
    "-- the next migration\n"
    'ALTER TABLE "albums" VALIDATE CONSTRAINT "albums_plays_check";',
)
FOREIGN_KEY_SCAN = Rule(
    "foreign-key-scan",
    "locks",
    "a foreign key without NOT VALID: nobody writes to either table while every row is looked at",
    "add it NOT VALID, and validate it in the next migration, which only keeps other migrations out",
    'ALTER TABLE "albums" ADD CONSTRAINT "albums_artist_id_fkey"\n'
    '    FOREIGN KEY ("artist_id") REFERENCES "artists" ("id") NOT VALID;\n'
    "-- the next migration\n"
    'ALTER TABLE "albums" VALIDATE CONSTRAINT "albums_artist_id_fkey";',
)
CREATE_INDEX = Rule(
    "create-index",
    "locks",
    "an index that is built without CONCURRENTLY: nobody writes to the table meanwhile",
    "CREATE INDEX CONCURRENTLY, outside of a transaction",
)
RECOLLATE = Rule(
    "recollate",
    "locks",
    "a column with another collation, whose indexes are built again while nobody uses the table",
    "build a new index with the other collation CONCURRENTLY, and say COLLATE where it matters",
)
NUMBERING_SCAN = Rule(
    "numbering-scan",
    "locks",
    "a column that becomes an identity and has no index: nobody uses the table while its highest number is searched",
    "build an index on it first, CONCURRENTLY",
)
DROP_INDEX = Rule(
    "drop-index",
    "locks",
    "an index that is dropped without CONCURRENTLY: it waits for everybody who uses the table, and they for it",
    "DROP INDEX CONCURRENTLY, outside of a transaction",
)
FOREIGN_KEY_TARGET = Rule(
    "foreign-key-target",
    "locks",
    "a foreign key of a new table, where the same migration goes on with what takes long: nobody writes to the table "
    "that it references until all of it is done",
    "create the table in a migration of its own",
)
VALIDATED_AT_ONCE = Rule(
    "validated-at-once",
    "locks",
    "a constraint that is added NOT VALID and validated in the same transaction, which holds the lock of the first "
    "while it looks at every row",
    "validate it in the next migration",
)

REINDEX = Rule(
    "reindex",
    "locks",
    "a REINDEX without CONCURRENTLY: nobody writes to the table meanwhile",
    "REINDEX (…) CONCURRENTLY, outside of a transaction",
)
REFRESH_VIEW = Rule(
    "refresh-view",
    "rewrites",
    "a materialized view that is computed again without CONCURRENTLY: nobody reads it meanwhile",
    "REFRESH MATERIALIZED VIEW CONCURRENTLY, for which the view needs a unique index",
)
LOCK_TABLE = Rule(
    "lock-table",
    "locks",
    "a LOCK: others wait until the migration is done",
    "leave it out: each statement takes the lock that it needs",
)
LOCK_TIMEOUT = Rule(
    "lock-timeout",
    "locks",
    "a lock_timeout that is turned off, so that a statement waits for its lock without end, and everybody behind it",
    "leave the two seconds that qb sets; it tries again",
)

# What will be regretted

FOREIGN_KEY_INDEX = Rule(
    "foreign-key-index",
    "advice",
    "a foreign key whose columns no index begins with: who deletes from the other table looks at every row of this one",
    "an index of the columns",
    'CREATE INDEX CONCURRENTLY "albums_artist_id_idx" ON "albums" ("artist_id");',
)
STATEMENT_TIMEOUT = Rule(
    "statement-timeout",
    "advice",
    "a migration that works through tables while others wait, without a statement_timeout",
    "SET LOCAL statement_timeout ahead of it, to as long as others may wait",
    "SET LOCAL statement_timeout = '10s';",
)
SKIPPED_INDEX = Rule(
    "skipped-index",
    "advice",
    "CREATE INDEX CONCURRENTLY IF NOT EXISTS, which takes an index for there that was left invalid",
    "leave IF NOT EXISTS out: qb drops an index that was left invalid, and makes it again",
)
UNREAD = Rule(
    "unread",
    "advice",
    "a statement of which qb cannot tell what it does to tables: DO, CALL, a form of ALTER that it does not know",
    "look at it with two pairs of eyes, and allow it with the reason",
)

STALE_NAME = Rule(
    "stale-name",
    "advice",
    "a constraint, an index or a sequence that keeps the name of the table or column that is renamed",
    "rename it, too, so that messages and later migrations name what is there",
    'ALTER INDEX "albums_title_idx" RENAME TO "records_title_idx";',
)
SERIAL_SEQUENCE = Rule(
    "serial-sequence",
    "advice",
    "a serial column that becomes bigint, while its sequence still ends where integers do",
    "give the sequence the type, too",
    'ALTER SEQUENCE "albums_id_seq" AS bigint;',
)
UNUSED_ALLOW = Rule(
    "unused-allow",
    "advice",
    "a comment or a setting that allows what is not found",
    "take it out",
)
