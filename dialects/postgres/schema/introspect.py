"""What is in a PostgreSQL database, as its catalogs have it. Expressions are as PostgreSQL writes them itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING, Any, TypeVar

from dialects.postgres.names import canonical_name
from dialects.postgres.schema import catalogs
from dialects.postgres.schema.catalogs import ColumnRow, ConstraintRow, IndexRow, SequenceValues
from dialects.postgres.schema.describe import implied_name
from dialects.postgres.schema.python_types import PostgresTypes
from dialects.postgres.schema.unmodelled import UNMODELLED
from qb.dialect import Job
from qb.identifiers import PATHS, QUOTED
from qb.schema.introspect import Introspection, Run, schemas_of
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
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
from qb.schema.objects import Sequence as SchemaSequence
from qb.schema.python_types import TypeNames

if TYPE_CHECKING:
    from qb.running.executor import Executor

Row = TypeVar("Row")
ACTIONS = {"a": None, "r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}
MATCHES = {"s": None, "f": "FULL", "p": "PARTIAL"}
DESC, NULLS_FIRST = 1, 2
"""Bits of pg_index.indoption."""
GREATEST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
SETTINGS = {"TimeZone": "UTC", "DateStyle": "ISO", "IntervalStyle": "postgres", "extra_float_digits": "1"}
"""What the text of a default depends on."""
PLAIN_SETTINGS = "SELECT " + ", ".join(
    [
        f"set_config('qb.{name}', current_setting('{name}'), true), set_config('{name}', '{value}', true)"
        for name, value in SETTINGS.items()
    ]
)
OWN_SETTINGS = "SELECT " + ", ".join([f"set_config('{name}', current_setting('qb.{name}'), true)" for name in SETTINGS])
QUERIES = (
    catalogs.SCHEMAS,
    catalogs.ENUMS,
    catalogs.SEQUENCES,
    catalogs.TABLES,
    catalogs.COLUMNS,
    catalogs.CONSTRAINTS,
    catalogs.INDEXES,
    catalogs.VIEWS,
    catalogs.TRIGGERS,
    UNMODELLED,
)


class PostgresIntrospection(Introspection):
    """Reads PostgreSQL's catalogs."""

    dialect = "postgres"

    async def normalised(self, db: Executor[Any], schema: Schema) -> Schema:
        from dialects.postgres.schema.ddl import PostgresDdl

        scratch, schemas = f"qb_scratch_{token_hex(8)}", schemas_of(schema)
        path = "SELECT set_config('search_path', $1 || ', ' || current_setting('search_path'), true)"
        try:
            async with db.transaction() as tx:
                (there,) = await tx._together([(catalogs.SCHEMAS, (schemas,), list)])
                before = [name for _, name, _ in there if name in schemas]
                statements = [
                    *[f"ALTER SCHEMA {QUOTED[name]} RENAME TO {QUOTED[scratch + name]}" for name in before],
                    *[f"CREATE SCHEMA {QUOTED[name]}" for name in (scratch, *schemas)],
                ]
                await tx._together([(statement, (), None) for statement in statements])
                await tx._together([(path, (QUOTED[scratch],), None)])
                created = PostgresDdl().create_all(replace(schema, schemas=()))
                await tx._together([(statement, (), None) for statement in created])
                raise Found(await self.read(tx._together, schemas))
        except Found as found:
            return replace(found.schema, unknown=())

    def python_types(self, enums: Mapping[Name, str]) -> TypeNames:
        return PostgresTypes(enums)

    async def read(self, run: Run, schemas: Sequence[str]) -> Schema:
        queries: list[Job] = [(query, (list(schemas),), list) for query in QUERIES]
        _, *found, _ = await run([(PLAIN_SETTINGS, (), list), *queries, (OWN_SETTINGS, (), list)])
        names, enums, sequences, tables, columns, constraints, indexes, views, triggers, rest = found
        parts = Parts(
            [ColumnRow(*row) for row in columns],
            [ConstraintRow(*row) for row in constraints],
            [IndexRow(*row) for row in indexes],
        )
        return Schema(
            self.dialect,
            schemas=tuple([name for schema, name, is_wanted in names if is_wanted and schema is not None]),
            enums=tuple([Enum(Name(name, schema), tuple(labels)) for schema, name, labels in enums]),
            sequences=tuple([sequence(*row) for row in sequences]),
            tables=tuple([parts.table(*row) for row in tables]),
            views=tuple([parts.view(*row) for row in views]),
            triggers=tuple([Trigger(name, Name(table, schema), sql) for schema, table, name, sql in triggers]),
            unknown=(
                *[Unknown("schema", name) for _, name, is_wanted in names if not is_wanted],
                *[Unknown(kind, name, table and Name(table, schema)) for kind, name, schema, table in rest],
            ),
        )


class Found(Exception):  # noqa: N818  # it ends a transaction that must not be committed
    """What was looked for."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema


class Parts:
    """What belongs to the relations, by their names."""

    def __init__(
        self, columns: Iterable[ColumnRow], constraints: Iterable[ConstraintRow], indexes: Iterable[IndexRow]
    ) -> None:
        self.columns = grouped(columns, lambda row: Name(row.table, row.schema))
        self.constraints = grouped(constraints, lambda row: Name(row.table, row.schema))
        self.indexes = grouped(indexes, lambda row: Name(row.table, row.schema))

    def table(self, schema: str | None, name: str, options: Sequence[str] | None, comment: str | None) -> Table:
        """One table."""
        own = Name(name, schema)
        kinds = grouped(self.constraints.get(own, ()), lambda row: row.kind)
        primary_keys = [key(row) for row in kinds.get("p", ())]
        return Table(
            own,
            tuple(map(column, self.columns.get(own, ()))),
            primary_keys[0] if primary_keys else None,
            tuple(map(key, kinds.get("u", ()))),
            tuple([Check(row.expression or "", row.name, valid=row.valid) for row in kinds.get("c", ())]),
            tuple(map(foreign_key, kinds.get("f", ()))),
            tuple([Exclusion(row.name, row.definition or "") for row in kinds.get("x", ())]),
            tuple(map(index, self.indexes.get(own, ()))),
            (f"WITH ({', '.join(options)})",) if options else (),
            comment,
        )

    def view(
        self,
        schema: str | None,
        name: str,
        is_materialized: bool,
        select: str,
        options: Sequence[str] | None,
        is_populated: bool,
    ) -> View:
        """One view."""
        own = Name(name, schema)
        text = "CREATE MATERIALIZED VIEW " if is_materialized else "CREATE VIEW "
        text += QUOTED[name] if schema is None else PATHS[schema, name]
        text += f" WITH ({', '.join(options)})" if options else ""
        text += f" AS\n{select}" + ("" if is_populated else "\nWITH NO DATA")
        return View(own, text, is_materialized, tuple(map(index, self.indexes.get(own, ()))))


def column(row: ColumnRow) -> Column:
    """One column."""
    return Column(
        row.name,
        type_of(row),
        row.nullable,
        row.default,
        None if row.generated is None else Generated(row.generated, row.is_stored),
        identity(row),
        row.collation,
        row.comment,
    )


def type_of(row: ColumnRow) -> str:
    """The type as the tables that are declared have it."""
    if row.is_visible is None:
        name = canonical_name(row.type, row.type_name)
    else:
        name = QUOTED[row.type_name] if row.is_visible else PATHS[row.type_schema, row.type_name]
    return f"{name}[]" if row.is_array else name


def identity(row: ColumnRow) -> Identity | None:
    """How a column is numbered."""
    if not row.identity or row.sequence is None:
        return None
    implied = implied_name(row.table, row.name, "seq")
    name = "" if row.sequence == implied else f"SEQUENCE NAME {QUOTED[row.sequence]} "
    values = SequenceValues(row.sequence_type, row.start, row.increment, row.least, row.greatest, row.cache, row.cycles)
    return Identity("always" if row.identity == "a" else "by default", (name + sequence_options(values)).strip())


def sequence(
    schema: str | None, name: str, table_schema: str | None, table: str | None, column: str | None, *values: Any
) -> SchemaSequence:
    """One sequence that is no identity column's."""
    counted = SequenceValues(*values)
    type = "" if counted.type == "bigint" else f"AS {counted.type} "
    options = (type + sequence_options(counted)).strip()
    owner = None if table is None else Name(table, table_schema)
    return SchemaSequence(Name(name, schema), options, owner, column)


def sequence_options(values: SequenceValues) -> str:
    """What of a sequence is not as it is by itself."""
    greatest = GREATEST.get(values.type or "", GREATEST["bigint"])
    is_rising = (values.increment or 1) > 0
    least, most = (1, greatest) if is_rising else (-greatest - 1, -1)
    start = values.least if is_rising else values.greatest
    options = [
        f"START WITH {values.start}" if values.start != start else "",
        f"INCREMENT BY {values.increment}" if values.increment != 1 else "",
        f"MINVALUE {values.least}" if values.least != least else "",
        f"MAXVALUE {values.greatest}" if values.greatest != most else "",
        f"CACHE {values.cache}" if values.cache != 1 else "",
        "CYCLE" if values.cycles else "",
    ]
    return " ".join(filter(None, options))


def key(row: ConstraintRow) -> Key:
    """A primary key or a unique constraint."""
    return Key(tuple(row.columns), row.name, row.deferral, tuple(row.include), not row.nulls_not_distinct)


def foreign_key(row: ConstraintRow) -> ForeignKey:
    """A foreign key."""
    on_delete = ACTIONS[row.on_delete]
    if row.set_columns:
        on_delete = f"{on_delete} ({', '.join([QUOTED[name] for name in row.set_columns])})"
    return ForeignKey(
        tuple(row.columns),
        Name(row.other or "", row.other_schema),
        tuple(row.references),
        on_delete,
        ACTIONS[row.on_update],
        row.name,
        row.deferral,
        MATCHES[row.match],
        row.valid,
    )


def index(row: IndexRow) -> Index:
    """An index that no constraint made."""
    return Index(
        row.name,
        tuple([index_key(row, place) for place in range(row.width)]),
        row.unique,
        row.where,
        tuple([name for name in row.columns[row.width :] if name is not None]),
        None if row.method == "btree" else row.method,
        not row.nulls_not_distinct,
        ", ".join(row.options or ()),
    )


def index_key(row: IndexRow, place: int) -> IndexKey:
    """One of its keys."""
    name, order = row.columns[place], row.orders[place]
    descending, first = bool(order & DESC), bool(order & NULLS_FIRST)
    nulls = None if first == descending else "FIRST" if first else "LAST"
    expression = row.expressions[place] if name is None else None
    return IndexKey(name, expression, descending, nulls, row.collations[place], row.operator_classes[place])


Group = TypeVar("Group")


def grouped(rows: Iterable[Row], by: Callable[[Row], Group]) -> dict[Group, list[Row]]:
    """Rows by what they have in common, in their order."""
    found: dict[Group, list[Row]] = {}
    for row in rows:
        found.setdefault(by(row), []).append(row)
    return found
