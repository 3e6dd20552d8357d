"""Engines that scripts run on: SQLite here, PostgreSQL and D1 as servers."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any, Protocol
from urllib.error import HTTPError

import asyncpg

from dialects.sqlite.schema.introspect import SqliteIntrospection
from qb.migrations.render import Stage
from qb.migrations.scripts import Script, parsed
from qb.schema.canonical import canonical
from qb.schema.objects import Schema
from tests.d1_server import D1Server
from tests.migrations.sqlite_libraries import LIBRARIES, Connection, Library

Row = tuple[Any, ...]


class Engine(Protocol):
    """A database."""

    dialect: str
    as_text: str
    """What shows a value as a text, and no two values as the same one."""

    def begin_again(self) -> None:
        """Throw away what a failure has left."""

    def fill(self, *statements: str) -> None:
        """Run statements that insert rows, children before parents, too."""

    def execute(self, *statements: str) -> None:
        """Run statements."""

    def rows(self, query: str) -> list[Row]:
        """Ask."""

    def migrate(self, script: Script) -> None:
        """Run a script as the runner does."""

    def facts(self) -> object:
        """What is in it, such that two databases with the same schema are equal."""

    def check_empty(self) -> None:
        """There is nothing in it."""


def migrate(engine: Engine, stages: Iterable[Stage]) -> None:
    """Run stages as the files that they are written to."""
    for stage in stages:
        script = parsed(stage.script.text(), engine.dialect)
        assert script.statements == tuple([each.strip() for each in stage.script.statements])
        engine.migrate(script)


class SqliteEngine:
    """SQLite in memory, foreign keys on."""

    dialect = "sqlite"
    as_text = "quote({})"

    def __init__(self, library: Library = LIBRARIES["sqlite3"]) -> None:
        self.library = library
        self.connect()

    def connect(self) -> None:
        self.connection = self.library.connect()
        self.connection.execute("PRAGMA foreign_keys = on")

    def close(self) -> None:
        self.connection.close()

    def begin_again(self) -> None:
        self.close()
        self.connect()

    def fill(self, *statements: str) -> None:
        self.execute("PRAGMA foreign_keys = off", *statements, "PRAGMA foreign_keys = on")

    def execute(self, *statements: str) -> None:
        for statement in statements:
            self.connection.execute(statement).fetchall()

    def rows(self, query: str) -> list[Row]:
        return self.connection.execute(query).fetchall()

    def migrate(self, script: Script) -> None:
        self.execute(f"PRAGMA foreign_keys = {'on' if script.foreign_keys else 'off'}", "BEGIN")
        try:
            self.execute(*script.statements, "COMMIT")
        finally:
            if self.connection.in_transaction:
                self.execute("ROLLBACK")
            self.execute("PRAGMA foreign_keys = on")

    def facts(self) -> object:
        return sorted_columns(introspected(self.connection))

    def check_empty(self) -> None:
        assert self.facts() == Schema("sqlite")


class D1Engine:
    """A database of workerd."""

    dialect = "d1"
    as_text = "quote({})"

    def __init__(self, server: D1Server) -> None:
        self.server = server
        self.database = server.database()

    def begin_again(self) -> None:
        self.database = self.server.database()

    def fill(self, *statements: str) -> None:
        self.execute("PRAGMA defer_foreign_keys = on", *statements)

    def execute(self, *statements: str) -> None:
        try:
            self.server.query(self.database, *[(statement, []) for statement in statements])
        except HTTPError as error:
            raise RuntimeError(error.read().decode()) from error

    def rows(self, query: str) -> list[Row]:
        (found,) = self.server.query(self.database, (query, []))
        return [tuple(row.values()) for row in found["results"]]

    def migrate(self, script: Script) -> None:
        assert script.transactional
        assert script.foreign_keys
        self.execute(*script.statements)

    def facts(self) -> object:
        """As SQLite understands the statements that D1 keeps."""
        with closing(sqlite3.connect(":memory:", isolation_level=None)) as copy:
            statements = self.rows(
                "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE '!_cf!_%' ESCAPE '!' "
                "AND name NOT LIKE 'sqlite!_%' ESCAPE '!' ORDER BY type <> 'table', type <> 'view', rowid"
            )
            for (statement,) in statements:
                copy.execute(statement)
            return sorted_columns(introspected(copy))

    def check_empty(self) -> None:
        assert self.facts() == Schema("sqlite")


class PostgresEngine:
    """A schema of its own in a PostgreSQL, and another one beside it."""

    dialect = "postgres"
    as_text = "CAST({} AS text)"

    def __init__(self, loop: asyncio.Runner, connection: asyncpg.Connection) -> None:
        self.loop = loop
        self.connection = connection
        self.begin_again()

    def begin_again(self) -> None:
        self.execute("ROLLBACK")
        self.execute("DROP SCHEMA IF EXISTS here CASCADE", "CREATE SCHEMA here")
        self.execute("DROP SCHEMA IF EXISTS beside CASCADE", "CREATE SCHEMA beside")
        self.execute("SET search_path = here, beside, public")

    def fill(self, *statements: str) -> None:
        # As of another server whose rows are repeated here: keys are not looked at.
        self.execute("SET session_replication_role = replica", *statements, "RESET session_replication_role")

    def execute(self, *statements: str) -> None:
        self.loop.run(self.connection.execute(";\n".join(statements)))

    def rows(self, query: str) -> list[Row]:
        return [tuple(row) for row in self.loop.run(self.connection.fetch(query))]

    def migrate(self, script: Script) -> None:
        if not script.transactional:
            for statement in script.statements:
                self.execute(statement)
            return
        try:
            self.execute("BEGIN", *script.statements, "COMMIT")
        except asyncpg.PostgresError:
            self.execute("ROLLBACK")
            raise

    def facts(self) -> object:
        return [sorted(self.rows(query), key=repr) for query in CATALOGS]

    def check_empty(self) -> None:
        assert self.facts() == [[] for _ in CATALOGS]


CATALOGS = [
    """SELECT c.relnamespace::regnamespace::text, c.relname, c.relkind::text, a.attname,
        format_type(a.atttypid, a.atttypmod), a.attnotnull,
        pg_get_expr(d.adbin, d.adrelid), a.attidentity::text, a.attgenerated::text, o.collname,
        col_description(c.oid, a.attnum), obj_description(c.oid, 'pg_class')
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
    LEFT JOIN pg_collation o ON o.oid = a.attcollation
    WHERE c.relnamespace IN ('here'::regnamespace, 'beside'::regnamespace) AND c.relkind IN ('r', 'v', 'm')""",
    """SELECT connamespace::regnamespace::text, conrelid::regclass::text, conname, pg_get_constraintdef(oid),
        convalidated FROM pg_constraint
    WHERE connamespace IN ('here'::regnamespace, 'beside'::regnamespace)""",
    "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname IN ('here', 'beside')",
    "SELECT viewname, definition FROM pg_views WHERE schemaname IN ('here', 'beside')",
    "SELECT matviewname, definition FROM pg_matviews WHERE schemaname IN ('here', 'beside')",
    """SELECT t.tgname, pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace IN ('here'::regnamespace, 'beside'::regnamespace) AND NOT t.tgisinternal""",
    """SELECT t.typnamespace::regnamespace::text, t.typname, string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder)
    FROM pg_type t JOIN pg_enum e ON e.enumtypid = t.oid
    WHERE t.typnamespace IN ('here'::regnamespace, 'beside'::regnamespace) GROUP BY 1, 2""",
    """SELECT s.relnamespace::regnamespace::text, s.relname, format_type(q.seqtypid, NULL), q.seqstart, q.seqincrement,
        q.seqmax, q.seqmin, q.seqcycle,
        (SELECT d.refobjid::regclass || '.' || a.attname FROM pg_depend d JOIN pg_attribute a
        ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
        WHERE d.classid = 'pg_class'::regclass AND d.objid = s.oid AND d.deptype = 'a')
    FROM pg_sequence q JOIN pg_class s ON s.oid = q.seqrelid
    WHERE s.relnamespace IN ('here'::regnamespace, 'beside'::regnamespace)
    AND NOT EXISTS (SELECT FROM pg_depend WHERE objid = s.oid AND deptype = 'i')""",
]
"""What PostgreSQL says of everything that is modelled."""


def introspected(connection: Connection) -> Schema:
    """What is in a database of SQLite, without a driver."""

    async def run(queries: Sequence[Any]) -> list[Any]:
        return [connection.execute(sql, tuple(parameters)).fetchall() for sql, parameters, _ in queries]

    reading = SqliteIntrospection().read(run, ())
    try:
        reading.send(None)
    except StopIteration as done:
        found: Schema = done.value
        return found
    raise AssertionError("it waits for something")


def sorted_columns(schema: Schema) -> Schema:
    """Without the one thing that a migration may leave in another way: the order of columns."""
    tables = [replace(each, columns=tuple(sorted(each.columns, key=lambda c: c.name))) for each in schema.tables]
    return canonical(replace(schema, tables=tuple(tables)))
