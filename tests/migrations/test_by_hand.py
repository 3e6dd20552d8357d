"""What people write into migrations of PostgreSQL: what is said of it is what PostgreSQL does."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

import asyncpg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.dialect import find_dialect
from qb.migrations import operations as ops
from qb.migrations.checks import rules
from qb.migrations.checks.checking import Check
from qb.migrations.checks.finding import Finding
from qb.migrations.checks.rules import RULES
from qb.migrations.migration import Migration
from qb.migrations.scripts import statements
from qb.migrations.wording import described
from tests.migrations.albums import BEFORE, ROWS
from tests.migrations.observing import Observer
from tests.migrations.test_safety import CASES as OPERATIONS
from tests.migrations.test_safety import Case as OperationCase
from tests.migrations.test_safety import count, summed
from tests.migrations.test_safety import findings as said_of
from tests.postgres_server import PostgresServer

ALL = ROWS + 4


def findings(sql: str) -> list[Finding]:
    """What is said of a script, timeouts apart."""
    return [each for each in all_findings(sql) if each.rule != rules.STATEMENT_TIMEOUT]


def all_findings(sql: str) -> list[Finding]:
    """What is said of a script."""
    migration = Migration("0002_x", sql, None, BEFORE, ())
    return [each for _, each in Check(find_dialect("postgres"), BEFORE, migration).findings()]


@dataclass(frozen=True)
class Case:
    """A script, and what is said of it."""

    sql: str
    said: dict[str, int | None] = field(default_factory=dict)
    """By the code of a rule, what its probe counts in the awkward rows."""
    same: dict[str, str] = field(default_factory=dict)


CASES = [
    Case("ALTER TABLE albums ADD COLUMN extra text"),
    Case("ALTER TABLE albums ADD COLUMN extra integer NOT NULL DEFAULT 0, ADD more text"),
    Case("ALTER TABLE albums ADD COLUMN extra uuid DEFAULT gen_random_uuid()", {"volatile-default": ALL}),
    Case("ALTER TABLE albums ADD COLUMN extra bigserial", {"numbered-column": ALL}),
    Case("ALTER TABLE albums ADD n int GENERATED ALWAYS AS IDENTITY", {"numbered-column": ALL}),
    Case("ALTER TABLE albums ADD n int GENERATED ALWAYS AS (code * 2) STORED", {"stored-column": ALL}),
    Case("ALTER TABLE albums ADD extra integer REFERENCES owners (id)"),
    Case("ALTER TABLE albums ADD extra integer CHECK (extra > 0)", {"check-scan": ALL}),
    Case("ALTER TABLE albums ADD extra integer UNIQUE", {"key-index": ALL}),
    Case("ALTER TABLE albums DROP COLUMN owner_id", {"drop-column": ROWS + 2}),
    Case("ALTER TABLE ONLY here.albums DROP owner_id CASCADE", {"drop-column": ROWS + 2, "cascade": None}),
    Case("ALTER TABLE albums ALTER plays TYPE int8", {"retype": ALL}),
    Case("ALTER TABLE albums ALTER COLUMN title TYPE text"),
    Case(
        "ALTER TABLE albums ALTER COLUMN plays SET DATA TYPE text USING plays::text",
        {"change-type": None, "retype": ALL},
    ),
    Case(
        "ALTER TABLE albums ALTER plays SET NOT NULL",
        {"forbid-null": None, "null-values": 1, "not-null-scan": ALL},
    ),
    Case("ALTER TABLE albums ALTER label SET NOT NULL"),
    Case("ALTER TABLE albums ALTER year DROP DEFAULT", {"drop-default": None}),
    Case("ALTER TABLE albums ALTER year SET DEFAULT 1, ALTER code SET STATISTICS 10"),
    Case("ALTER TABLE albums ALTER code DROP NOT NULL", {"allow-null": None}),
    Case(
        "ALTER TABLE albums ADD CONSTRAINT c CHECK (plays > 5)",
        {"new-constraint": None, "conflicting-rows": 2, "check-scan": ALL},
    ),
    Case("ALTER TABLE albums ADD CONSTRAINT c CHECK (plays > 5) NOT VALID", {"new-constraint": None}),
    Case(
        "ALTER TABLE spare ADD CONSTRAINT c CHECK (id < 9000) NOT VALID; ALTER TABLE spare VALIDATE CONSTRAINT c",
        {"new-constraint": None, "conflicting-rows": 1, "validated-at-once": ROWS + 1},
    ),
    Case(
        "ALTER TABLE albums ADD CONSTRAINT f FOREIGN KEY (owner_id) REFERENCES owners (id) ON DELETE CASCADE",
        {"new-constraint": None, "conflicting-rows": 1, "foreign-key-scan": ALL},
    ),
    Case(
        "ALTER TABLE albums ADD CONSTRAINT f FOREIGN KEY (owner_id) REFERENCES owners (id) NOT VALID",
        {"new-constraint": None},
    ),
    Case("ALTER TABLE albums ADD UNIQUE (plays)", {"new-constraint": None, "duplicates": 1, "key-index": ALL}),
    Case("ALTER TABLE albums ADD CONSTRAINT by_code_key UNIQUE USING INDEX by_code"),
    Case("ALTER TABLE albums DROP CONSTRAINT labelled"),
    Case("ALTER TABLE albums DROP CONSTRAINT albums_pkey", {"drop-key": None}),
    Case("ALTER TABLE albums RENAME TO records", {"rename-table": None, "stale-name": None}),
    Case("ALTER TABLE albums RENAME plays TO heard", {"rename-column": None}),
    Case("ALTER TABLE spare SET SCHEMA elsewhere", {"rename-table": None}),
    Case("ALTER TABLE albums RENAME CONSTRAINT labelled TO has_label"),
    Case("ALTER TABLE spare SET UNLOGGED", {"rewrite-table": ROWS + 1}),
    Case("ALTER TABLE spare SET (fillfactor = 70)"),
    Case("CREATE INDEX i ON albums (plays, lower(title)) WHERE plays > 1", {"create-index": ALL}),
    Case("CREATE UNIQUE INDEX i ON albums (plays)", {"new-constraint": None, "duplicates": 1, "create-index": ALL}),
    Case("DROP INDEX by_plays", {"drop-index": ALL}),
    Case("ALTER INDEX by_plays RENAME TO i"),
    Case("REINDEX TABLE albums", {"reindex": ALL}),
    Case("REINDEX INDEX by_plays", {"reindex": None}),
    Case("REFRESH MATERIALIZED VIEW kept", {"refresh-view": ROWS}),
    Case("DROP TABLE spare", {"drop-table": ROWS + 1}),
    Case("DROP TABLE IF EXISTS spare CASCADE", {"drop-table": ROWS + 1, "cascade": None}),
    Case("TRUNCATE spare", {"truncate": ROWS + 1}),
    Case("DELETE FROM spare", {"delete-rows": ROWS + 1}),
    Case("DELETE FROM spare WHERE id > 7200", {"delete-rows": 101}),
    Case("WITH gone AS (DELETE FROM spare RETURNING id) SELECT count(*) FROM gone", {"delete-rows": None}),
    Case("MERGE INTO spare USING owners o ON o.id = spare.id - 7000 WHEN MATCHED THEN DELETE", {"delete-rows": None}),
    Case(
        "ALTER TABLE albums ADD extra integer; UPDATE albums SET extra = code WHERE plays > 0",
        {"backfill": ALL - 1},
    ),
    Case("CREATE TABLE fresh (id integer PRIMARY KEY, n int REFERENCES owners); CREATE INDEX i ON fresh (n)"),
    Case("CREATE TABLE fresh AS SELECT 1 AS n; ALTER TABLE fresh ADD m int DEFAULT random(); UPDATE fresh SET m = 1"),
    Case(
        "CREATE TABLE fresh (n int REFERENCES owners (id)); ALTER TABLE albums ALTER plays TYPE bigint",
        {"retype": ALL, "foreign-key-target": ALL},
    ),
    Case("CREATE TABLE IF NOT EXISTS owners (id integer)"),
    Case("CREATE TABLE fresh (LIKE owners INCLUDING ALL, n integer); CREATE INDEX i ON fresh (n)"),
    Case(
        'CREATE TEMP TABLE fresh (n int CONSTRAINT positive CHECK (n > 0), t text COLLATE "C", '
        "m int GENERATED BY DEFAULT AS IDENTITY (START 5), EXCLUDE USING btree (n WITH =) WITH (fillfactor = 70))"
    ),
    Case("CREATE INDEX i ON albums USING btree (plays) INCLUDE (code) WITH (fillfactor = 70)", {"create-index": ALL}),
    Case(
        "ALTER TABLE albums DROP CONSTRAINT albums_pkey; "
        "ALTER TABLE albums ADD CONSTRAINT p PRIMARY KEY USING INDEX by_code",
        {"drop-key": None},
    ),
    Case(
        "CREATE UNIQUE INDEX i ON owners (name); ALTER TABLE owners DROP CONSTRAINT owners_pkey; "
        "ALTER TABLE owners ADD PRIMARY KEY USING INDEX i",
        {
            "new-constraint": None,
            "duplicates": 0,
            "create-index": ROWS,
            "drop-key": None,
            "forbid-null": None,
            "null-values": 0,
            "not-null-scan": ROWS,
        },
    ),
    Case(
        "ALTER TABLE albums ADD CONSTRAINT e EXCLUDE USING btree (plays WITH =)",
        {"new-constraint": None, "conflicting-rows": None, "exclusion-index": ALL},
    ),
    Case("ALTER TABLE spare VALIDATE CONSTRAINT late", {"conflicting-rows": 1}),
    Case("ALTER TABLE albums ALTER twice DROP EXPRESSION"),
    Case("ALTER TABLE albums ALTER year DROP IDENTITY IF EXISTS, ALTER year SET STATISTICS 10"),
    Case("ALTER TABLE albums ADD COLUMN IF NOT EXISTS extra text COLLATE \"C\" CONSTRAINT given NOT NULL DEFAULT 'x'"),
    Case("ALTER TYPE mood ADD VALUE IF NOT EXISTS 'new' BEFORE 'bad'"),
    Case("ALTER TYPE mood RENAME VALUE 'bad' TO 'awful'", {"rename-label": None}, {"bad": "awful"}),
    Case("ALTER TYPE mood RENAME TO feeling", {"rename-type": None}),
    Case("ALTER TYPE here.mood SET SCHEMA elsewhere", {"rename-type": None}),
    Case("ALTER SCHEMA there RENAME TO other", {"rename-schema": None}),
    Case("ALTER SCHEMA elsewhere OWNER TO CURRENT_USER"),
    Case("DROP TYPE idle"),
    Case("CREATE TYPE fresh AS ENUM ('a'); CREATE TABLE more (f fresh DEFAULT 'a')"),
    Case("DROP VIEW loud", {"drop-view": None}),
    Case("CREATE OR REPLACE VIEW loud AS SELECT name FROM owners WHERE id > 0"),
    Case("DROP TRIGGER noted ON owners", {"drop-trigger": None}),
    Case("DROP FUNCTION there.note() CASCADE", {"drop-other": None, "cascade": None}),
    Case("DROP SEQUENCE numbers", {"drop-sequence": None}),
    Case("ALTER SEQUENCE IF EXISTS numbers RENAME TO no", {"rename-sequence": None}),
    Case("ALTER SEQUENCE numbers SET SCHEMA elsewhere", {"rename-sequence": None}),
    Case("ALTER SEQUENCE numbers INCREMENT BY 5"),
    Case("ALTER TABLE albums ALTER number TYPE bigint", {"retype": ALL, "serial-sequence": None}),
    Case("ALTER TABLE albums ALTER number TYPE bigint; ALTER SEQUENCE albums_number_seq AS bigint", {"retype": ALL}),
    Case("LOCK TABLE albums", {"lock-table": ALL}),
    Case("SET LOCAL lock_timeout = 0", {"lock-timeout": None}),
    Case("SET lock_timeout TO '5s'; RESET statement_timeout"),
    Case("COMMENT ON TABLE albums IS 'x'; GRANT SELECT ON albums TO PUBLIC; ANALYZE albums"),
    Case("DO $$ BEGIN PERFORM 1; END $$", {"unread": None}),
    Case("INSERT INTO spare VALUES (70001, 'drop table albums; truncate albums')"),
]
GONE = {"drop-table", "drop-column", "drop-sequence"}
NO_SCAN = {"drop-index", "foreign-key-target", "lock-table", "lock-timeout"}
"""Rules about locks under which no row is looked at."""


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.sql)
def test_what_is_said_is_what_happens(servers: tuple[Observer, Observer], case: Case) -> None:
    fitting, awkward = servers
    found = findings(case.sql)
    counts = {each: count(awkward.engine, each) for each in found}
    assert {each.rule.code: number for each, number in counts.items()} == case.said
    is_in_the_way = any(each.danger == "needs check" and number != 0 for each, number in counts.items())
    assert awkward.fails([case.sql]) == is_in_the_way

    with fitting.prepared():
        said: set[str] = {
            each.danger for each in found if count(fitting.engine, each) != 0 and each.rule.code not in NO_SCAN
        }
        happens = fitting.dangers(statements(case.sql, "postgres"), case.same)
    if GONE & case.said.keys():
        said.add("breaks")  # which goes without saying
    assert happens == summed(said)


READABLE = [case for case in OPERATIONS if not isinstance(case.operation, ops.ReplaceEnum)]
"""All but what reads as a type that is called otherwise, and columns that go over to a new one."""


@pytest.mark.parametrize("case", READABLE, ids=lambda case: described(case.operation))
def test_what_qb_writes_reads_as_what_it_means(case: OperationCase) -> None:
    """The statements of an operation are as dangerous as the operation, also when nobody tells which it is."""
    stages = find_dialect("postgres").renderer().stages(BEFORE, [case.operation])
    written = [each for stage in stages for each in said_of(BEFORE, *stage.operations)]
    read = findings(";\n".join([statement for stage in stages for statement in stage.script.statements]))
    assert seen(read) == seen(written)


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("DROP TRIGGER IF EXISTS nothing ON owners", "drop-trigger"),
        ("DROP SEQUENCE IF EXISTS nothing", "drop-sequence"),
        ("DROP VIEW IF EXISTS nothing, loud", "drop-view"),
    ],
)
def test_what_is_not_known_may_be_there(sql: str, code: str) -> None:
    assert {each.rule.code for each in all_findings(sql)} == {code}


def seen(found: Iterable[Finding]) -> set[str]:
    """What can be seen of findings."""
    said = {each.danger for each in found}
    return summed({*said, "breaks"} if GONE & {each.rule.code for each in found} else {*said})


REFUSED = [
    ("CREATE INDEX CONCURRENTLY i ON albums (plays)", {"outside-transaction"}),
    ("DROP INDEX CONCURRENTLY by_plays", {"outside-transaction"}),
    ("REINDEX TABLE CONCURRENTLY albums", {"outside-transaction"}),
    ("VACUUM albums", {"outside-transaction"}),
    ("ALTER TYPE mood ADD VALUE 'new'; UPDATE albums SET mood = 'new'", {"new-label-used"}),
    ("ALTER TYPE mood ADD VALUE 'new'; ALTER TABLE albums ALTER mood SET DEFAULT 'new'", {"new-label-used"}),
    ("ALTER TABLE owners ALTER name TYPE integer", {"missing-cast", "unfit-values", "change-type", "retype"}),
    (
        "ALTER TABLE albums ALTER year TYPE boolean USING year::boolean",
        {"default-cast", "unfit-values", "change-type", "retype"},
    ),
]


@pytest.mark.parametrize(("sql", "said"), REFUSED)
def test_what_postgres_refuses(servers: tuple[Observer, Observer], sql: str, said: set[str]) -> None:
    fitting, _ = servers
    assert {each.rule.code for each in findings(sql)} == said
    assert fitting.fails(statements(sql, "postgres"))


def test_what_has_no_end() -> None:
    sql = "ALTER TABLE albums ALTER plays TYPE bigint"
    (found,) = set(all_findings(sql)) - set(findings(sql))
    assert (found.rule, found.text) == (
        rules.STATEMENT_TIMEOUT,
        "it works through tables while others wait, and no statement_timeout ends it",
    )
    assert found.operation == findings(sql)[0].operation
    assert all_findings(f"SET LOCAL statement_timeout = '10s'; {sql}") == findings(sql)
    assert all_findings("ALTER TABLE albums ADD extra integer") == []


WORDS = """
    ADD ALTER ALWAYS AS BEFORE BEGIN BY CASCADE CHECK CLUSTER COLLATE COLUMN COMMIT CONCURRENTLY CONSTRAINT
    CREATE DATA DEFAULT
    DELETE DROP END ENUM EXCLUDE EXISTS FOREIGN FROM GENERATED IDENTITY IF INCLUDE INDEX KEY LIKE LOCK
    MATERIALIZED NOT NULL ON ONLY PRIMARY REFERENCES REFRESH REINDEX RENAME RESET RESTRICT SCHEMA SELECT SEQUENCE SET
    STORED TABLE TO TRIGGER TRUNCATE TYPE UNIQUE UPDATE USING VACUUM VALID VALIDATE VALUE VIEW WHERE WITH albums owners
    nothing id plays title mood loud noted by_plays labelled numbers 'good' 'x' "albums" integer 5 ( ) , . :: + = *
"""


@given(st.lists(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=12).map(" ".join), max_size=3))
def test_whatever_is_written_is_read_or_said_to_be_unread(written: list[str]) -> None:
    assert {each.rule.code for each in all_findings("; ".join(written))} <= RULES.keys()


def test_a_transaction_in_a_migration() -> None:
    (begin, commit) = findings("BEGIN; ALTER TABLE albums ADD extra text; COMMIT")
    assert (begin.rule.code, commit.rule.code) == ("transaction-control", "transaction-control")
    assert begin.text == "BEGIN ends the transaction in which qb notes what is done, or begins another in it"


def test_a_name_that_is_cut_off(servers: tuple[Observer, Observer]) -> None:
    fitting, _ = servers
    name = "é" * 32
    sql = f"ALTER TABLE albums ADD {name} integer"
    (found,) = findings(sql)
    assert (found.rule.code, found.text) == (
        "long-name",
        f'the name "{name}" has more than 63 bytes, and is cut off silently',
    )
    with fitting.prepared(sql):
        assert not fitting.engine.rows("SELECT FROM pg_attribute WHERE attname = repeat('é', 32)")
        assert fitting.engine.rows("SELECT FROM pg_attribute WHERE attname::text = repeat('é', 31)")


def test_outside_of_a_transaction_nothing_is_said_of_what_is_concurrent() -> None:
    assert findings("-- qb: no transaction\n\nCREATE INDEX CONCURRENTLY i ON albums (plays)") == []
    assert findings("-- qb: no transaction\n\nDROP INDEX CONCURRENTLY by_plays") == []
    assert findings("-- qb: no transaction\n\nREINDEX INDEX CONCURRENTLY by_plays") == []
    (found,) = findings("-- qb: no transaction\n\nCREATE INDEX CONCURRENTLY IF NOT EXISTS i ON albums (plays)")
    assert found.rule.code == "skipped-index"


def test_an_index_that_is_left_invalid_is_skipped(servers: tuple[Observer, Observer]) -> None:
    engine = servers[1].engine
    with pytest.raises(asyncpg.UniqueViolationError):
        engine.execute("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS twice ON albums (plays)")
    engine.execute("CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS twice ON albums (plays)")
    assert engine.rows("SELECT indisvalid FROM pg_index WHERE indexrelid = 'twice'::regclass") == [(False,)]
    engine.execute("DROP INDEX twice")


async def test_what_is_concurrent_lets_everybody_write(
    servers: tuple[Observer, Observer], postgres_server: PostgresServer
) -> None:
    """It waits for a transaction that began before, and meanwhile has no lock that writers would wait for."""
    reader, worker, writer = [await asyncpg.connect(postgres_server.url, database="fitting") for _ in range(3)]
    for sql in ("CREATE INDEX CONCURRENTLY i ON here.albums (title)", "DROP INDEX CONCURRENTLY here.i"):
        await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM here.albums")
        work = asyncio.create_task(worker.execute(sql))
        while not work.done() and not await writer.fetchval(WAITS, worker.get_server_pid()):  # noqa: ASYNC110  # nobody tells when it waits
            await asyncio.sleep(0.01)
        locks = {row["mode"] for row in await writer.fetch(LOCKS, worker.get_server_pid())}
        assert locks == {"ShareUpdateExclusiveLock"}
        await writer.execute("BEGIN; SET LOCAL lock_timeout = '5s'; UPDATE here.albums SET plays = plays; ROLLBACK")
        await reader.execute("ROLLBACK")
        await work
    for connection in (reader, worker, writer):
        await connection.close()


WAITS = "SELECT EXISTS (SELECT FROM pg_locks WHERE pid = $1 AND NOT granted)"
LOCKS = "SELECT mode FROM pg_locks WHERE pid = $1 AND relation = 'here.albums'::regclass AND granted"
