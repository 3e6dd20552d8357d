"""Whether a database is as the declarations say, object by object."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from qb.errors import DatabaseError
from qb.migrations.history import NAME as HISTORY
from qb.schema.canonical import canonical
from qb.schema.declared import Declared
from qb.schema.introspect import introspect, normalised, schemas_of
from qb.schema.objects import Column, ForeignKey, Generated, IndexKey, Schema, Table, Trigger

if TYPE_CHECKING:
    from qb.running.executor import Executor

T = TypeVar("T")
TEXTS = {"default", "generated", "expression", "where", "sql", "definition"}
"""What the engine writes in its own words."""
SEQUENCE_NAME = re.compile(r'SEQUENCE NAME "(?:[^"]|"")*"\s*')
"""What an identity begins with whose sequence has a name of its own."""
WORDS = {
    "type": "the type",
    "nullable": "NULL",
    "default": "the default",
    "generated": "the generated expression",
    "identity": "the identity",
    "collation": "the collation",
    "comment": "the comment",
    "labels": "the labels",
    "keys": "the keys",
    "options": "the options",
    "sql": "the SQL",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a database is not as declared."""

    kind: Literal["missing", "unexpected", "different"]
    what: str
    """`table`, `column`, `index`, …"""
    name: str
    """`albums.title`"""
    detail: str = ""
    """What is different: `the type is text, and not varchar(30)`."""

    def __str__(self) -> str:
        title = f"{self.what} {self.name}"
        if self.kind == "missing":
            return f"{title} is missing"
        return f"{title} is not declared" if self.kind == "unexpected" else f"{title}: {self.detail}"


@dataclass(frozen=True, slots=True)
class Validation:
    """What comparing a database with declarations has given."""

    differences: tuple[Difference, ...]

    @property
    def is_valid(self) -> bool:
        """Whether the database is as declared."""
        return not self.differences

    def __str__(self) -> str:
        """A line for each difference."""
        if not self.differences:
            return "The database is as declared."
        return "\n".join(map(str, self.differences))


async def validate(
    db: Executor[Any], *declared: Declared, expressions: bool = True, unexpected: bool = True
) -> Validation:
    """Compare a database with what is declared.

        validation = await validate(db, *declared_in(myapp.schema))
        if not validation.is_valid:
            print(validation)

    Expressions are compared in the engine's own words, for which PostgreSQL creates what is declared in a transaction
    that is rolled back; where that is not allowed, as in a health check, `expressions=False` compares all but these.
    With `unexpected=False` the database may have more than what is declared.
    """
    described = db.dialect.ddl().description.describe(declared)
    return await compare(db, described, expressions=expressions, unexpected=unexpected)


async def compare(
    db: Executor[Any], described: Schema, *, expressions: bool = True, unexpected: bool = True
) -> Validation:
    """Compare a database with a schema, as `validate` does with what is declared."""
    schemas = schemas_of(described)
    expected = await normalised(db, described) if expressions else described
    found = canonical(await introspect(db, schemas))
    differences = tuple(Comparison(canonical(expected), found, expressions).differences())
    if differences and expressions:
        try:  # PostgreSQL says some expressions in another way when it reads what it said
            found = canonical(await normalised(db, found))
        except DatabaseError:
            pass  # something there needs what is not modelled
        else:
            differences = tuple(Comparison(canonical(expected), found, expressions).differences())
    if not unexpected:
        differences = tuple([each for each in differences if each.kind != "unexpected"])
    return Validation(differences)


class Comparison:
    """Compares two schemas."""

    def __init__(self, expected: Schema, found: Schema, expressions: bool) -> None:
        self.expected = expected
        self.found = replace(found, tables=tuple([each for each in found.tables if each.name.name != HISTORY]))
        self.expressions = expressions

    def differences(self) -> Iterator[Difference]:
        """In what they differ."""
        expected, found = self.expected, self.found
        yield from self.named("schema", "", expected.schemas, found.schemas, str)
        yield from self.named("enum type", "", expected.enums, found.enums, name_of)
        yield from self.named("sequence", "", expected.sequences, found.sequences, name_of)
        tables = {table.name: table for table in found.tables}
        for table in expected.tables:
            if table.name in tables:
                yield from self.table(table, tables.pop(table.name))
            else:
                yield Difference("missing", "table", str(table.name))
        yield from [Difference("unexpected", "table", str(name)) for name in tables]
        yield from self.named("view", "", expected.views, found.views, name_of)
        yield from self.named(
            "trigger", "", expected.triggers, found.triggers, lambda each: f"{each.table}.{each.name}"
        )

    def table(self, expected: Table, found: Table) -> Iterator[Difference]:
        """In what two tables differ."""
        path = f"{expected.name}."
        declared = {column.name: column for column in expected.columns}
        columns = [as_declared(column, declared.get(column.name)) for column in found.columns]
        yield from self.named("column", path, expected.columns, columns, lambda each: each.name)
        if (expected.primary_key is None) != (found.primary_key is None):
            yield Difference("unexpected" if expected.primary_key is None else "missing", "primary key", path[:-1])
        elif expected.primary_key is not None and found.primary_key is not None:
            yield from self.different("primary key", path[:-1], expected.primary_key, found.primary_key)
        yield from self.constraints("unique constraint", path, expected.uniques, found.uniques)
        yield from self.constraints("check", path, expected.checks, found.checks)
        yield from self.constraints("foreign key", path, expected.foreign_keys, found.foreign_keys)
        yield from self.constraints("exclusion constraint", path, expected.exclusions, found.exclusions)
        yield from self.constraints("index", path, expected.indexes, found.indexes)
        for name in ("options", "comment"):
            if getattr(expected, name) != getattr(found, name):
                yield Difference("different", "table", path[:-1], detail(expected, found, name))

    def constraints(self, what: str, path: str, expected: Sequence[Any], found: Sequence[Any]) -> Iterator[Difference]:
        """Constraints by name; those without one by what they say."""
        ours_named, theirs_named = ([each for each in items if each.name is not None] for items in (expected, found))
        yield from self.named(what, path, ours_named, theirs_named, lambda each: each.name)
        ours, theirs = ([self.plain(each) for each in items if each.name is None] for items in (expected, found))
        for each in ours:
            if each in theirs:
                theirs.remove(each)
            else:
                yield Difference("missing", what, f"{path}{summary(each)}")
        yield from [Difference("unexpected", what, f"{path}{summary(each)}") for each in theirs]

    def named(
        self, what: str, path: str, expected: Iterable[T], found: Iterable[T], name: Callable[[T], str]
    ) -> Iterator[Difference]:
        """Objects by name."""
        there = {name(each): each for each in found}
        for each in expected:
            own = name(each)
            if own in there:
                yield from self.different(what, f"{path}{own}", each, there.pop(own))
            else:
                yield Difference("missing", what, f"{path}{own}")
        yield from [Difference("unexpected", what, f"{path}{own}") for own in there]

    def different(self, what: str, name: str, expected: object, found: object) -> Iterator[Difference]:
        """In what two objects of one name differ."""
        ours, theirs = self.plain(expected), self.plain(found)
        if ours == theirs:
            return
        for part in fields(ours):  # names, which alone are no dataclasses, are equal
            if part.compare and getattr(ours, part.name) != getattr(theirs, part.name):
                yield Difference("different", what, name, detail(ours, theirs, part.name))

    def plain(self, value: Any) -> Any:  # of any class of qb.schema.objects
        """An object without what the engine writes in its own words, unless that is to be compared."""
        if self.expressions or isinstance(value, str):
            return value
        changes: dict[str, Any] = {}
        for part in fields(value):
            here = getattr(value, part.name)
            if isinstance(here, Generated):
                changes[part.name] = Generated("…", here.stored)
            elif part.name in TEXTS and here is not None:
                changes[part.name] = "…"
            elif part.name == "keys":
                changes[part.name] = tuple([self.plain(key) for key in here])
        return replace(value, **changes)


def as_declared(found: Column, declared: Column | None) -> Column:
    """A column, without the name of the sequence that numbers it where none is declared: with a table that is renamed,
    that one is not.
    """
    if found.identity is None or declared is None or declared.identity is None:
        return found
    if SEQUENCE_NAME.match(declared.identity.options):
        return found
    return replace(found, identity=replace(found.identity, options=SEQUENCE_NAME.sub("", found.identity.options)))


def path_of(trigger: Trigger) -> str:
    """The name of a trigger with its table."""
    return f"{trigger.table}.{trigger.name}"


def name_of(each: Any) -> str:  # what has a name
    """The name of an object with its schema."""
    return str(each.name)


def detail(expected: object, found: object, field: str) -> str:
    """In words, what one field of two objects says."""
    ours, theirs = getattr(expected, field), getattr(found, field)
    if isinstance(expected, Column) and field == "nullable":
        return "it may be NULL" if theirs else "it is NOT NULL"
    verb = "are" if field in ("keys", "labels", "options", "columns", "references") else "is"
    return f"{WORDS.get(field, field.replace('_', ' '))} {verb} {said(theirs)}, and not {said(ours)}"


def said(value: object) -> str:
    """A value in words."""
    if value is None:
        return "none"
    if isinstance(value, Generated):
        return f"{value.expression} ({'stored' if value.stored else 'virtual'})"
    if isinstance(value, IndexKey):
        words = [
            value.column or value.expression,
            value.collation and f"COLLATE {value.collation}",
            value.operator_class,
        ]
        order = ["DESC" if value.descending else None, value.nulls and f"NULLS {value.nulls}"]
        return " ".join(filter(None, [*words, *order]))
    if isinstance(value, tuple) and not hasattr(value, "_fields"):
        return f"({', '.join(map(said, value))})"
    return str(value)


def summary(constraint: Any) -> str:  # a constraint without a name
    """What tells a constraint from others."""
    columns = getattr(constraint, "columns", None)
    if isinstance(constraint, ForeignKey):
        action = f" on delete {constraint.on_delete.lower()}" if constraint.on_delete else ""
        return f"({', '.join(constraint.columns)}) to {constraint.table}{action}"
    return f"({', '.join(columns)})" if columns else str(getattr(constraint, "expression", constraint))
