"""What a module declares besides tables: views, triggers, sequences, enum types, schemas.

    top_albums = view("top_albums", "SELECT title FROM albums WHERE plays > 1000")

They are found where they are assigned to a name, as tables are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from typing import Any, Literal

from qb.col import enum_of
from qb.columns import Column
from qb.constraints import Index
from qb.errors import SchemaError
from qb.identifiers import check_identifier
from qb.numbering import counting
from qb.tables import Table
from qb.types import Enum as EnumType

Text = str | Mapping[str, str]
"""SQL; where the dialects differ by dialect, and left out for those that are not named."""
On = type[Table] | Callable[[], type[Table]] | str


class Standalone:
    """Something that a database has beside its tables."""

    __slots__ = ()


class View(Standalone):
    """A view."""

    __slots__ = ("indexes", "materialized", "name", "schema", "text")

    def __init__(
        self, name: str, text: Text, schema: str | None, materialized: bool, indexes: tuple[Index, ...]
    ) -> None:
        self.name = name
        self.text = text
        self.schema = schema
        self.materialized = materialized
        self.indexes = indexes


class Trigger(Standalone):
    """A trigger."""

    __slots__ = ("name", "on", "schema", "text")

    def __init__(self, name: str, on: On, text: Text, schema: str | None) -> None:
        self.name = name
        self.on = on
        self.text = text
        self.schema = schema


class Sequence(Standalone):
    """A sequence."""

    __slots__ = ("name", "options", "owner", "renamed_from", "schema", "type")

    def __init__(
        self,
        name: str,
        schema: str | None,
        type: str,
        options: str,
        owner: Callable[[], Column[Any, Any, Any]] | None,
        renamed_from: str | None,
    ) -> None:
        self.name = name
        self.schema = schema
        self.type = type
        self.options = options
        self.owner = owner
        self.renamed_from = renamed_from


class EnumDeclaration(Standalone):
    """An enum type."""

    __slots__ = ("renamed_from", "type")

    def __init__(self, type: EnumType, renamed_from: str | None) -> None:
        self.type = type
        self.renamed_from = renamed_from


class SchemaDeclaration(Standalone):
    """A schema."""

    __slots__ = ("name", "renamed_from")

    def __init__(self, name: str, renamed_from: str | None) -> None:
        self.name = name
        self.renamed_from = renamed_from


def view(name: str, sql: Text, *, schema: str | None = None) -> View:
    """A view, by its SELECT or by the whole CREATE VIEW: `view("top", "SELECT title FROM albums WHERE plays > 1000")`.

    Where the dialects differ, the SQL is given by dialect: `{"sqlite": …, "postgres": …}`.
    """
    return View(*named("view", name, schema, sql), False, ())


def materialized_view(name: str, sql: Text, *indexes: Index, schema: str | None = None) -> View:
    """A view of PostgreSQL that keeps its rows, with its indexes: each `index(sql("title"), name="top_title")`."""
    for each in indexes:
        if not each.name:
            raise SchemaError(f"materialized_view({name!r}): an index of it has a name")
    return View(*named("materialized_view", name, schema, sql), True, indexes)


def trigger(name: str, on: On, sql: Text, *, schema: str | None = None) -> Trigger:
    """A trigger on a table or a view (its name), by the whole CREATE TRIGGER:

        touch = trigger("touch", Album, "CREATE TRIGGER touch AFTER UPDATE ON albums BEGIN … END")

    `schema` is that of the view; of a table it is known.
    """
    checked, text, in_schema = named("trigger", name, schema, sql)
    return Trigger(checked, on, text, in_schema)


def sequence(
    name: str,
    *,
    schema: str | None = None,
    type: Literal["smallint", "integer", "bigint"] = "bigint",
    start: int | None = None,
    increment: int | None = None,
    minvalue: int | None = None,
    maxvalue: int | None = None,
    cache: int | None = None,
    cycle: bool = False,
    owned_by: Callable[[], Column[Any, Any, Any]] | None = None,
    renamed_from: str | None = None,
) -> Sequence:
    """A sequence of PostgreSQL: `sequence("invoice_numbers", start=1000)`.

    One that is `owned_by=lambda: Invoice.number` goes when this column does. `renamed_from` is its former name, with
    the schema where that was another (`"billing.numbers"`): it goes on from where it stands.
    """
    if type not in ("smallint", "integer", "bigint"):
        raise SchemaError(f"sequence({name!r}): {type!r} is no type of a sequence")
    checked, _, in_schema = named("sequence", name, schema, "")
    check_former("sequence", renamed_from)
    options = counting(start, increment, minvalue, maxvalue, cache, cycle)
    return Sequence(checked, in_schema, type, options, owned_by, renamed_from)


def enum_type(
    python_type: type[Enum], *, name: str | None = None, schema: str | None = None, renamed_from: str | None = None
) -> EnumDeclaration:
    """An enum type of PostgreSQL that no column needs; those of columns (`col.enum`) are there anyway.

    `renamed_from` is its former name, with the schema where that was another; the columns that are of it keep their
    values: `enum_type(Feeling, renamed_from="mood")`.
    """
    check_former("enum_type", renamed_from)
    return EnumDeclaration(enum_of(python_type, name, schema), renamed_from)


def schema_named(name: str, *, renamed_from: str | None = None) -> SchemaDeclaration:
    """A schema of PostgreSQL, to be created with the tables that are in it. With `renamed_from`, its former name, all
    that is in it stays there.
    """
    check_identifier(name, "schema_named()")
    check_former("schema_named", renamed_from)
    return SchemaDeclaration(name, renamed_from)


def named(what: str, name: str, schema: str | None, text: Text) -> tuple[str, Text, str | None]:
    """The arguments, checked."""
    for part in (name, schema):
        if part is not None:
            check_identifier(part, f"{what}()")
    return name, text, schema


def check_former(what: str, name: str | None) -> None:
    """The same of a former name, before which its schema may stand."""
    if name is not None:
        check_identifier(name, f"{what}()", None)


Declared = type[Table] | Standalone


def declared_in(module: object) -> list[Declared]:
    """The tables, views and other objects that a module declares or imports, in its order. Raises SchemaError when
    there are none.
    """
    found = [value for value in vars(module).values() if isinstance(value, Standalone) or is_table(value)]
    if not found:
        raise SchemaError(f"{getattr(module, '__name__', module)} declares no tables")
    return list(dict.fromkeys(found))


def is_table(value: object) -> bool:
    """Whether it is a table class, and no base of some."""
    return isinstance(value, type) and issubclass(value, Table) and "__qb_definition__" in vars(value)


def apart(declared: Iterable[Declared]) -> tuple[list[type[Table]], list[Standalone]]:
    """The tables, and the rest."""
    tables, others = list[type[Table]](), list[Standalone]()
    for each in dict.fromkeys(declared):
        if isinstance(each, Standalone):
            others.append(each)
        else:
            tables.append(each)
    return tables, others
