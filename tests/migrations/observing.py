"""What a migration does to a PostgreSQL that is full of rows, seen from outside: which values are gone, which
statements of programs fail, which files of tables are others, and which rows were looked at under which lock."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation

import asyncpg

from qb.identifiers import QUOTED
from qb.schema.objects import Column, Name, Schema, Table
from tests.migrations.engines import PostgresEngine

EXCLUSIVE = {"ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock"}
"""The locks of a table under which nobody writes to it."""

LOCKS = """SELECT relation, mode FROM pg_locks WHERE pid = pg_backend_pid() AND relation IS NOT NULL AND granted"""
FILES = """SELECT c.oid, c.relfilenode FROM pg_class c
    WHERE c.relnamespace = 'here'::regnamespace AND c.relkind IN ('r', 'i', 'm')"""
INDEXES = """SELECT indexrelid, indrelid FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE c.relnamespace = 'here'::regnamespace"""
READ = """SELECT relid, coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0), n_tup_upd FROM pg_stat_xact_user_tables
    WHERE schemaname = 'here'"""


@dataclass(frozen=True)
class Program:
    """What programs do that know a schema: they read all of it, and write rows."""

    schema: Schema
    rows: dict[Name, Sequence[dict[str, object]]]
    """What they insert, one by one."""

    def statements(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        """What passes, or fails, before and after."""
        for table in self.schema.tables:
            yield from self.of_table(table)
        for view in self.schema.views:
            yield f"SELECT * FROM {name_of(view.name)}", ()
        for sequence in self.schema.sequences:
            yield f"SELECT nextval('{name_of(sequence.name)}')", ()

    def of_table(self, table: Table) -> Iterator[tuple[str, tuple[object, ...]]]:
        """What is done to one table."""
        yield f"SELECT {listed(column.name for column in table.columns)} FROM {name_of(table.name)}", ()
        for column in table.columns:
            compared = f"{QUOTED[column.name]} = CAST(NULL AS {column.type})"
            yield f"SELECT FROM {name_of(table.name)} WHERE {compared}", ()
        for row in self.rows.get(table.name, ()):
            yield insertion(table, row), tuple(row.values())
        needed = [column.name for column in table.columns if not column.nullable and not fills_itself(column)]
        for row in self.rows.get(table.name, ())[:1]:
            least = {name: value for name, value in row.items() if name in needed}
            yield insertion(table, least), tuple(least.values())
            keys = [key.columns for key in (table.primary_key, *table.uniques) if key is not None]
            keys += [tuple([key.column or "" for key in each.keys]) for each in table.indexes if each.unique]
            for columns in keys:
                yield f"{insertion(table, row)} ON CONFLICT ({listed(columns)}) DO NOTHING", tuple(row.values())

    def surprises(self) -> Iterator[tuple[str, tuple[object, ...]]]:
        """What nobody could do, so that programs need not expect it: NULL where there was none."""
        for table in self.schema.tables:
            for row in self.rows.get(table.name, ())[:1]:
                for column in table.columns:
                    if not column.nullable:
                        changed = {**row, column.name: None}
                        yield insertion(table, changed), tuple(changed.values())


def name_of(name: Name) -> str:
    """A name as SQL."""
    return QUOTED[name.name] if name.schema is None else f"{QUOTED[name.schema]}.{QUOTED[name.name]}"


def listed(names: Iterable[str]) -> str:
    """Names as SQL."""
    return ", ".join([QUOTED[name] for name in names])


def fills_itself(column: Column) -> bool:
    """Whether an insert may leave a column out."""
    return column.default is not None or column.generated is not None or column.identity is not None


def insertion(table: Table, row: dict[str, object]) -> str:
    """An INSERT."""
    places = ", ".join([f"${number}" for number in range(1, len(row) + 1)])
    return f"INSERT INTO {name_of(table.name)} ({listed(row)}) VALUES ({places})"


@dataclass(frozen=True)
class Outcome:
    """What a statement of a program gives."""

    types: frozenset[tuple[str, str]]
    """Of the values of each column."""
    said: list[str]
    """What triggers do about it."""


def is_other(old: Outcome | None, new: Outcome | None) -> bool:
    """Whether a program gets what it does not know, or misses something."""
    return old is not None and (new is None or not new.types <= old.types or new.said != old.said)


class Observer:
    """Runs migrations on a database with rows, in a transaction that is rolled back."""

    def __init__(self, engine: PostgresEngine, program: Program) -> None:
        self.engine = engine
        self.program = program
        with self.prepared():
            self.known, self.surprises = self.outcomes(), self.passing()

    @contextmanager
    def prepared(self, *statements: str) -> Iterator[None]:
        """A transaction that begins with some statements, and is rolled back."""
        try:
            self.engine.execute("BEGIN", *statements)
            yield
        finally:
            self.engine.execute("ROLLBACK")

    def fails(self, statements: Sequence[str]) -> bool:
        """Whether PostgreSQL refuses it."""
        try:
            with self.prepared(*statements):
                return False
        except asyncpg.PostgresError:
            return True

    def dangers(self, statements: Sequence[str], same: Mapping[str, str]) -> set[str]:
        """What happens, in the words of `DANGERS`. `same` has values that mean the same under another name."""
        engine = self.engine
        values, numbers = self.values(), self.numbers()
        files: dict[int, int] = dict(engine.rows(FILES))
        indexes: dict[int, int] = dict(engine.rows(INDEXES))
        counts = {oid: self.count(oid) for oid in set(files) - set(indexes)}
        filled = {oid for oid, number in counts.items() if number}
        found = set()
        for statement in statements:
            before = {oid: (rows, updated) for oid, rows, updated in engine.rows(READ)}
            engine.execute(statement)
            strong = {oid for oid, mode in engine.rows(LOCKS) if mode in EXCLUSIVE}
            for oid, rows, updated in engine.rows(READ):
                old_rows, old_updated = before.get(oid, (0, 0))
                if oid in filled & strong and rows - old_rows >= counts[oid]:
                    found.add("locks")
                if oid in filled and updated > old_updated:
                    found.add("rewrites")
            now: dict[int, int] = dict(engine.rows(FILES))
            on: dict[int, int] = dict(engine.rows(INDEXES))
            new = {oid for oid, file in now.items() if on.get(oid, oid) in filled and file not in files.values()}
            if any(oid not in on and self.count(oid) for oid in new):
                found.add("rewrites")
            elif {on[oid] for oid in new if oid in on} & strong:
                found.add("locks")
        if "rewrites" in found:
            found -= {"locks"}
        after = self.values()
        if not all(any(each <= other or renamed(each, same) <= other for other in after) for each in values):
            found.add("destroys")
        if any(self.numbers().get(oid, -1) < number for oid, number in numbers.items()):
            found.add("destroys")
        if self.passing() - self.surprises or any(map(is_other, self.known, self.outcomes())):
            found.add("breaks")
        return found

    def count(self, oid: int) -> int:
        """The rows of a table."""
        ((name,),) = self.engine.rows(f"SELECT {oid}::regclass::text")
        ((number,),) = self.engine.rows(f"SELECT count(*) FROM {name}")
        return int(number)

    def values(self) -> list[Counter[str]]:
        """The values of every column of every table, whatever its name."""
        tables = self.engine.rows(
            """SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname) || '::text', ', ') FROM pg_class c
            JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
            WHERE c.relnamespace IN (SELECT oid FROM pg_namespace WHERE nspname IN ('here', 'elsewhere'))
            AND c.relkind = 'r' GROUP BY 1"""
        )
        columns = [
            values
            for table, columns in tables
            for values in zip(*self.engine.rows(f"SELECT {columns} FROM {table}"), strict=True)
        ]
        return [Counter([plain(each) for each in values if each is not None]) for values in columns]

    def numbers(self) -> dict[int, int]:
        """Where the sequences stand."""
        found = self.engine.rows("SELECT oid, oid::regclass::text FROM pg_class WHERE relkind = 'S'")
        return {oid: int(self.engine.rows(f"SELECT last_value FROM {name}")[0][0]) for oid, name in found}

    def outcomes(self) -> list[Outcome | None]:
        """What each statement gives; None where it fails."""
        return [self.outcome(sql, values) for sql, values in self.program.statements()]

    def passing(self) -> set[str]:
        """What passes of that which nobody could do."""
        return {f"{sql} {values}" for sql, values in self.program.surprises() if self.outcome(sql, values) is not None}

    def outcome(self, sql: str, values: tuple[object, ...]) -> Outcome | None:
        """What one statement gives. It leaves nothing behind."""
        engine = self.engine
        engine.execute("SAVEPOINT one")
        try:
            rows = engine.loop.run(engine.connection.fetch(sql, *values))
            types = frozenset([(name, kind(value)) for row in rows for name, value in row.items()])
            return Outcome(types, [said for (said,) in engine.rows(SAID)])
        except (asyncpg.PostgresError, asyncpg.InterfaceError):
            return None
        finally:
            engine.execute("ROLLBACK TO SAVEPOINT one")


SAID = "SELECT said FROM there.sayings"
"""What triggers say. It is no part of the schema that is migrated."""


def renamed(values: Counter[str], names: Mapping[str, str]) -> Counter[str]:
    """Values under other names."""
    return Counter([names.get(each, each) for each in values.elements()])


def kind(value: object) -> str:
    """What a program takes a value for: a moment with a zone is another thing than one without."""
    return type(value).__name__ + (" with a zone" if isinstance(value, datetime) and value.tzinfo else "")


def plain(text: str) -> str:
    """A value as it compares: a number by what it is worth, a moment by what the clock says."""
    try:
        return str(Decimal(text).normalize())
    except InvalidOperation:
        return MOMENT.sub(r"\1", text)


MOMENT = re.compile(r"^(\d+-\d+-\d+ \d+:\d+:\d+)[+-]\d+$")
