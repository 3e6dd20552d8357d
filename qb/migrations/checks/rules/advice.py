"""What works today, and will be regretted."""

from __future__ import annotations

from qb.migrations.checks.rules.rule import Rule

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
