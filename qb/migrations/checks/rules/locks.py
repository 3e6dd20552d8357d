"""Others that wait."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

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
