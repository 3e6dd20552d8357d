"""What is in an SQLite database: its PRAGMAs say it, and the statements that it keeps where they do not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from dialects.sqlite.schema.create_index import ReadKey, read_index
from dialects.sqlite.schema.create_table import ReadColumn, ReadTable, canonical_collation, read_table
from dialects.sqlite.schema.python_types import SqliteTypes
from qb.dialect import Job
from qb.errors import SchemaError
from qb.identifiers import QUOTED
from qb.schema.introspect import Introspection, Run, schemas_of
from qb.schema.objects import (
    Column,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Table,
    Trigger,
    Unknown,
    View,
)
from qb.schema.python_types import TypeNames
from qb.schema.reading import QUOTES

if TYPE_CHECKING:
    from qb.running.executor import Executor

OURS = (
    "name NOT LIKE 'sqlite!_%' ESCAPE '!' AND name NOT LIKE '!_cf!_%' ESCAPE '!' "
    "AND name NOT IN ('d1_migrations', 'qb_migration_runs')"
)
"""Not what SQLite, Cloudflare, wrangler and `dialects.d1.endpoint` keep for themselves."""
STANDARD_TYPES = {"ANY", "BLOB", "INT", "INTEGER", "REAL", "TEXT"}
HIDDEN_VIRTUAL, HIDDEN_STORED = 2, 3
"""How table_xinfo tells generated columns."""
EXPRESSION = -2
"""How index_xinfo tells an expression."""


class SqliteIntrospection(Introspection):
    """Reads SQLite's catalogs."""

    dialect = "sqlite"

    async def normalised(self, db: Executor[Any], schema: Schema) -> Schema:
        from dialects.sqlite.driver import SqliteDriver
        from dialects.sqlite.schema.ddl import SqliteDdl

        driver = db._engine.driver
        memory = driver.in_memory() if isinstance(driver, SqliteDriver) else SqliteDriver(db.dialect, "sqlite://")
        schemas = schemas_of(schema)
        statements = [
            *[f"ATTACH ':memory:' AS {QUOTED[name]}" for name in schemas],
            *SqliteDdl().create_all(replace(schema, schemas=())),
        ]
        await memory.open()
        try:
            async with memory.acquire() as connection:
                await connection.batch([(statement, (), None) for statement in statements], False)

                async def run(jobs: Sequence[Job]) -> list[Any]:
                    return await connection.batch(jobs, False)

                return await self.read(run, schemas)
        finally:
            await memory.close()

    def python_types(self, enums: Mapping[Name, str]) -> TypeNames:
        return SqliteTypes(enums)

    async def read(self, run: Run, schemas: Sequence[str]) -> Schema:
        found = Schema(self.dialect)
        for schema in (None, *schemas):
            part = await self.read_schema(run, schema)
            found = replace(
                found,
                tables=found.tables + part.tables,
                views=found.views + part.views,
                triggers=found.triggers + part.triggers,
                unknown=found.unknown + part.unknown,
            )
        return found

    async def read_schema(self, run: Run, schema: str | None) -> Schema:
        """One of the databases that are attached, or the main one."""
        master = "sqlite_master" if schema is None else f"{QUOTED[schema]}.sqlite_master"
        # Columns have different names, because D1 gives rows by name.
        tables = f"(SELECT name FROM {master} WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL %' AND {OURS}) t"
        indexes = f"(SELECT name FROM {master} WHERE type = 'index' AND sql IS NOT NULL AND {OURS}) i"
        where = "main" if schema is None else schema
        queries: list[tuple[str, tuple[str, ...]]] = [
            (f"SELECT type, name, tbl_name, sql FROM {master} WHERE sql IS NOT NULL AND {OURS} ORDER BY rowid", ()),
            ("SELECT name, type FROM pragma_table_list WHERE schema = ?", (where,)),
            (
                f'SELECT t.name AS owner, c.name, c.type, c."notnull", c.dflt_value, c.hidden, c.pk '
                f"FROM {tables} JOIN pragma_table_xinfo(t.name, ?) c ORDER BY t.name, c.cid",
                (where,),
            ),
            (
                f'SELECT i.name AS owner, k.cid, k.name, k."desc", k.coll '
                f"FROM {indexes} JOIN pragma_index_xinfo(i.name, ?) k WHERE k.key ORDER BY i.name, k.seqno",
                (where,),
            ),
        ]
        objects, kinds, columns, keys = await run([(sql, parameters, list) for sql, parameters in queries])
        return SqliteCatalog(schema, objects, kinds, columns, keys).schema()


class SqliteCatalog:
    """What the catalogs of one database say."""

    def __init__(
        self,
        schema: str | None,
        objects: Sequence[Sequence[Any]],
        kinds: Sequence[Sequence[Any]],
        columns: Sequence[Sequence[Any]],
        keys: Sequence[Sequence[Any]],
    ) -> None:
        self.schema_name = schema
        self.objects = [tuple(row) for row in objects]
        self.kinds = {row[0]: row[1] for row in kinds}
        self.columns = grouped(columns)
        self.keys = grouped(keys)
        self.unknown: list[Unknown] = []
        self.tables = {name.lower(): name for kind, name, _, _ in self.objects if kind == "table"}
        """The names as they are, by what SQLite tells them by."""

    def name(self, name: str) -> Name:
        """A name in this schema."""
        return Name(name, self.schema_name)

    def schema(self) -> Schema:
        """All of it."""
        tables: list[Table] = []
        for kind, name, _, sql in self.objects:
            if kind == "table" and self.kinds.get(name) in ("virtual", "shadow"):
                self.unknown.append(Unknown(f"{self.kinds[name]} table", str(self.name(name))))
            elif kind == "table":
                tables.append(self.table(name, sql))
        return Schema(
            "sqlite",
            tables=tuple(tables),
            views=tuple([View(self.name(name), sql) for kind, name, _, sql in self.objects if kind == "view"]),
            triggers=tuple(
                [
                    Trigger(name, self.name(self.tables.get(table.lower(), table)), sql)
                    for kind, name, table, sql in self.objects
                    if kind == "trigger"
                ]
            ),
            unknown=tuple(self.unknown),
        )

    def table(self, name: str, sql: str) -> Table:
        """One table."""
        own = self.name(name)
        try:
            read = read_table(sql)
            if [column.name.lower() for column in read.columns] != [row[0].lower() for row in self.columns[name]]:
                raise SchemaError(f"the columns of {own} are not those of {sql!r}")
        except SchemaError as error:
            self.unknown.append(Unknown("table that is not understood", str(error), own))
            read = ReadTable([ReadColumn(row[0], default=row[3]) for row in self.columns[name]])
        self.unknown += [Unknown("table option", text, own) for text in read.unmodelled]
        columns = [self.column(row, of) for row, of in zip(self.columns[name], read.columns, strict=True)]
        actual = {column.name.lower(): column.name for column in columns}
        if read.is_autoincrement and read.primary_key is not None:
            place = [column.name.lower() for column in columns].index(read.primary_key.columns[0].lower())
            columns[place] = replace(columns[place], identity=Identity("autoincrement"))
        return Table(
            own,
            tuple(columns),
            None if read.primary_key is None else spelled(read.primary_key, actual),
            tuple([spelled(key, actual) for key in read.uniques]),
            tuple([replace(check, column=check.column and actual[check.column.lower()]) for check in read.checks]),
            tuple([self.foreign_key(key, actual) for key in read.foreign_keys]),
            indexes=tuple(self.indexes(name, {column.name.lower(): column.collation for column in columns})),
            options=read.options,
        )

    def column(self, row: Sequence[Any], read: ReadColumn) -> Column:
        """One column."""
        name, type, not_null, _, hidden, _ = row
        generated = read.generated
        if hidden in (HIDDEN_VIRTUAL, HIDDEN_STORED) and generated is not None:
            generated = Generated(generated.expression, hidden == HIDDEN_STORED)
        return Column(
            name,
            type_name(type, read.type),
            not not_null,
            read.default,
            generated,
            collation=read.collation,
        )

    def foreign_key(self, key: ForeignKey, actual: dict[str, str]) -> ForeignKey:
        """A foreign key with the names as they are, not as they were written."""
        table = self.tables.get(key.table.name.lower(), key.table.name)
        targets = {row[0].lower(): row[0] for row in self.columns.get(table, ())}
        implied = [row[0] for row in sorted(self.columns.get(table, ()), key=lambda row: row[5]) if row[5]]
        written = key.references or (tuple(implied) if len(implied) == len(key.columns) else ())
        return replace(
            key,
            columns=tuple([actual.get(column.lower(), column) for column in key.columns]),
            table=self.name(table),
            references=tuple([targets.get(column.lower(), column) for column in written]),
        )

    def indexes(self, table: str, collations: dict[str, str | None]) -> list[Index]:
        """The indexes of a table that no constraint made."""
        found = []
        for kind, name, of, sql in self.objects:
            if kind != "index" or of.lower() != table.lower():
                continue
            keys = self.keys[name]
            try:
                read = read_index(sql)
                if [key.descending for key in read.keys] != [bool(row[2]) for row in keys]:
                    raise SchemaError(f"the keys of {name} are not those of {sql!r}")
            except SchemaError as error:
                self.unknown.append(Unknown("index that is not understood", f"{name}: {error}", self.name(table)))
                continue
            index_keys = [index_key(key, row, collations) for key, row in zip(read.keys, keys, strict=True)]
            found.append(Index(name, tuple(index_keys), read.is_unique, read.where))
        return found


def type_name(type: str, written: str) -> str:
    """The type of a column, which may hold anything when it is quoted, and is told without its quotes."""
    if type.upper() in STANDARD_TYPES:
        return type.upper()
    if any(quote in written for quote in QUOTES):
        return written
    return type if written else QUOTED[type] if type else ""


def index_key(read: ReadKey, row: Sequence[Any], collations: dict[str, str | None]) -> IndexKey:
    """One key of an index."""
    place, column, descending, _ = row
    collation = None if read.collation is None else canonical_collation(read.collation)
    if place == EXPRESSION or column is None:
        return IndexKey(None, read.text, bool(descending), collation=collation)
    own = collations.get(column.lower())
    if read.collation is None or collation == own:
        return IndexKey(column, None, bool(descending))
    return IndexKey(column, None, bool(descending), collation=collation or "BINARY")


def spelled(key: Key, actual: dict[str, str]) -> Key:
    """A key with the names of its columns as they are."""
    return replace(key, columns=tuple([actual.get(column.lower(), column) for column in key.columns]))


def grouped(rows: Sequence[Sequence[Any]]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows by their first column, without it."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for row in rows:
        found.setdefault(row[0], []).append(tuple(row[1:]))
    return found
