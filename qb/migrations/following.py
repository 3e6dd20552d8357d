"""What names a sequence or an enum type after that has another name: types of columns, and expressions. PostgreSQL
knows both by more than their names, so that nothing has to be done there.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from qb.errors import SchemaError
from qb.identifiers import PATHS
from qb.migrations.expressions import is_literal, is_quoted, tokens_of
from qb.schema.objects import Check, Column, Enum, Exclusion, Index, IndexKey, Name, Schema, Sequence, Table
from qb.schema.tokens import Token

T = TypeVar("T", Enum, Sequence)

READERS = ("NEXTVAL", "CURRVAL", "SETVAL")
"""The functions that take the name of a sequence, as a string."""
BEFORE_TYPES = ("::", "AS")
"""After these comes the name of a type."""
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
"""A name that needs no quotes in such a string."""


def with_sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """With another name of a sequence. Raises KeyError when there is none of the old one."""
    sequences = renamed(schema.sequences, old, new)
    return with_texts(replace(schema, sequences=sequences), lambda text: sequence_renamed(text, old, new))


def with_enum(schema: Schema, old: Name, new: Name) -> Schema:
    """With another name of an enum type. Raises KeyError when there is none of the old one."""
    schema = replace(schema, enums=renamed(schema.enums, old, new))
    tables = [
        replace(
            table,
            columns=tuple([replace(each, type=type_renamed(each.type, old, new, True)) for each in table.columns]),
        )
        for table in schema.tables
    ]
    return with_texts(replace(schema, tables=tuple(tables)), lambda text: type_renamed(text, old, new))


def renamed(items: tuple[T, ...], old: Name, new: Name) -> tuple[T, ...]:
    """With another name of one of them. Raises KeyError when there is none of the old one."""
    if old not in [each.name for each in items]:
        raise KeyError(str(old))
    return tuple([replace(each, name=new) if each.name == old else each for each in items])


def sequence_renamed(sql: str, old: Name, new: Name) -> str:
    """An expression of PostgreSQL in which a sequence has another name: `nextval('a')` is `nextval('b')`."""
    if "'" not in sql:
        return sql
    found = tokens_of(sql, "postgres")
    parts, done = [], 0
    for number, token in enumerate(found):
        is_argument = number > 1 and found[number - 1].text == "(" and found[number - 2].is_word(*READERS)
        if is_argument and token.text[0] == "'" and named(token.text[1:-1].replace("''", "'")) == old:
            parts += [sql[done : token.start], f"'{written(new)}'"]
            done = token.end
    return "".join([*parts, sql[done:]])


def type_renamed(sql: str, old: Name, new: Name, is_type: bool = False) -> str:
    """An expression of PostgreSQL, or a type itself, in which a type has another name: `'x'::"a"` is `'x'::"b"`."""
    found = tokens_of(sql, "postgres")
    path = [part for part in (old.schema, old.name) if part is not None]
    size = 2 * len(path) - 1
    parts, done = [], 0
    for number, token in enumerate(found):
        words = found[number : number + size]
        if [meant(word) for word in words[::2]] != path or any(word.text != "." for word in words[1::2]):
            continue
        before, following = found[number - 1] if number else None, found[number + size : number + size + 1]
        if (before is not None and before.text == ".") or any(word.text in (".", "(") for word in following):
            continue
        is_said = is_type if before is None else before.is_word(*BEFORE_TYPES)
        if is_said or any(is_literal(word) for word in following):
            parts += [
                sql[done : token.start],
                PATHS[tuple([part for part in (new.schema, new.name) if part is not None])],
            ]
            done = words[-1].end
    return "".join([*parts, sql[done:]])


def meant(word: Token) -> str:
    """What a name means to PostgreSQL."""
    return (word.name or "") if is_quoted(word) else word.text.lower()


def named(text: str) -> Name | None:
    """What a string names, as PostgreSQL reads it; None where it is no name."""
    try:
        words = tokens_of(text, "postgres")
    except SchemaError:
        return None
    parts = [meant(word) for word in words[::2]]
    if not 1 <= len(parts) <= 2 or any(word.text != "." for word in words[1::2]):
        return None
    return Name(parts[-1], parts[0] if len(parts) == 2 else None)


def written(name: Name) -> str:
    """What names a sequence inside of a string: without quotes where it needs none, as PostgreSQL writes it."""
    parts = [part for part in (name.schema, name.name) if part is not None]
    return ".".join([part if PLAIN.fullmatch(part) else PATHS[part,].replace("'", "''") for part in parts])


def with_texts(schema: Schema, change: Callable[[str], str]) -> Schema:
    """With every expression of the tables changed."""
    return replace(schema, tables=tuple([changed(table, change) for table in schema.tables]))


def changed(table: Table, change: Callable[[str], str]) -> Table:
    """One of them."""

    def text(sql: str | None) -> str | None:
        return None if sql is None else change(sql)

    def column(each: Column) -> Column:
        generated = each.generated and replace(each.generated, expression=change(each.generated.expression))
        return replace(each, default=text(each.default), generated=generated)

    def check(each: Check) -> Check:
        return replace(each, expression=change(each.expression))

    def exclusion(each: Exclusion) -> Exclusion:
        return replace(each, definition=change(each.definition))

    def index_key(each: IndexKey) -> IndexKey:
        return replace(each, expression=text(each.expression))

    def index(each: Index) -> Index:
        return replace(each, keys=tuple([index_key(key) for key in each.keys]), where=text(each.where))

    return replace(
        table,
        columns=tuple([column(each) for each in table.columns]),
        checks=tuple([check(each) for each in table.checks]),
        exclusions=tuple([exclusion(each) for each in table.exclusions]),
        indexes=tuple([index(each) for each in table.indexes]),
    )
