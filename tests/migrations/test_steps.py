"""Which statements of a script outside of a transaction are done with the note that they are done."""

from __future__ import annotations

import pytest

from dialects.postgres.migrations.steps import (
    created_index,
    dropped_index,
    goes_with_its_note,
    is_concurrent,
    touches_no_row,
)
from dialects.sqlite.migrations.migrating import SqliteApplier
from qb import Database
from qb.migrations.applier import Options
from qb.migrations.scripts import Script


@pytest.mark.parametrize(
    ("statement", "goes"),
    [
        ("update a set n = n + 1", True),
        ("INSERT INTO a SELECT 1", True),
        ("CREATE TABLE a ()", True),
        ("ALTER TYPE m ADD VALUE 'x'", True),
        ("CREATE INDEX CONCURRENTLY i ON a (n)", False),
        ("ALTER TABLE a DETACH PARTITION b CONCURRENTLY", False),
        ("CREATE DATABASE d", False),
        ("ALTER SYSTEM SET work_mem = '1MB'", False),
        ("DELETE FROM a", True),
        ("MERGE INTO a USING b ON true WHEN MATCHED THEN DELETE", True),
        ("WITH b AS (SELECT 1) SELECT * FROM b", True),
        ("SELECT setval('n', 5)", True),
        ("TRUNCATE a", True),
        ("DROP TABLE a", True),
        ("COMMENT ON TABLE a IS 'x'", True),
        ("GRANT SELECT ON a TO b", True),
        ("REVOKE SELECT ON a FROM b", True),
        ("CREATE TABLESPACE s LOCATION '/tmp'", False),
        ("DROP SUBSCRIPTION s", False),
        ("VACUUM a", False),
        ("CALL work()", False),
    ],
)
def test_what_can_be_in_a_transaction(statement: str, goes: bool) -> None:
    assert goes_with_its_note(Script((statement,), transactional=False), 0) == goes
    for own in ("BEGIN", "START TRANSACTION", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT s", "RELEASE s"):
        assert not goes_with_its_note(Script((statement, own), transactional=False), 0), "which has its own"


@pytest.mark.parametrize(
    ("statement", "goes"),
    [
        ("INSERT INTO a VALUES (1)", True),
        ("replace into a values (1)", True),
        ("UPDATE a SET n = 1", True),
        ("DELETE FROM a", True),
        ("WITH b AS (SELECT 1) INSERT INTO a SELECT * FROM b", True),
        ("SELECT 1", True),
        ("CREATE TABLE a (n)", True),
        ("ALTER TABLE a RENAME TO b", True),
        ("DROP TABLE a", True),
        ("REINDEX a", True),
        ("ANALYZE", True),
        ("VACUUM", False),
        ("PRAGMA journal_mode = wal", False),
        ("ATTACH ':memory:' AS b", False),
    ],
)
async def test_what_can_be_in_a_transaction_of_sqlite(sqlite_db: Database, statement: str, goes: bool) -> None:
    applier = SqliteApplier(sqlite_db, Options())
    assert applier.goes_with_its_note(Script((statement,), transactional=False), 0) == goes
    for own in ("BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT s", "RELEASE s"):
        assert not applier.goes_with_its_note(Script((statement, own), transactional=False), 0), "which has its own"


@pytest.mark.parametrize(
    ("statement", "created", "dropped"),
    [
        ('CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "I 1" ON app.a (n)', 'app."I 1"', None),
        ("CREATE INDEX CONCURRENTLY ON a (n)", None, None),
        ("CREATE INDEX i ON ONLY app.a (n)", "app.i", None),
        ("CREATE TABLE a (index text)", None, None),
        ('drop index concurrently if exists app."I 1" cascade', None, 'app."I 1"'),
        ("DROP INDEX CONCURRENTLY i", None, "i"),
        ("DROP INDEX i", None, "i"),
        ("DROP INDEX i, j", None, None),
        ("DROP TABLE i", None, None),
    ],
)
def test_the_names_of_indexes(statement: str, created: str | None, dropped: str | None) -> None:
    assert (created_index(statement), dropped_index(statement)) == (created, dropped)
    assert is_concurrent(statement) == ("CONCURRENTLY" in statement.upper())


@pytest.mark.parametrize(
    ("statement", "touches_none"),
    [
        ("CREATE UNIQUE INDEX i ON a (n)", True),
        ("DROP INDEX CONCURRENTLY i", True),
        ("CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'", True),
        ("create constraint trigger t AFTER INSERT ON a FOR EACH ROW EXECUTE FUNCTION f()", True),
        ("DROP TRIGGER t ON a", True),
        ("COMMENT ON INDEX i IS 'index'", True),
        ("ALTER TABLE a ADD CONSTRAINT k FOREIGN KEY (n, m) REFERENCES b (n, m) NOT VALID", True),
        ("ALTER TABLE a DROP CONSTRAINT k", True),
        ("ALTER TABLE a VALIDATE CONSTRAINT k", True),
        ("ALTER TABLE a DROP CONSTRAINT k, DROP COLUMN n", False),
        ("ALTER TABLE a DROP COLUMN n", False),
        ("ALTER DOMAIN d DROP CONSTRAINT k", False),
        ("CREATE TABLE trigger (n integer)", False),
        ("DROP TABLE a", False),
        ("DROP", False),
        ("UPDATE a SET n = n - 1", False),
        ("DO 'BEGIN END'", False),
    ],
)
def test_what_touches_no_row(statement: str, touches_none: bool) -> None:
    assert touches_no_row(statement) == touches_none
