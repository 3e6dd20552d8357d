"""What names a sequence, an enum type or a schema after that has another name: types of columns, expressions, and what
is in the schema. PostgreSQL knows all of them by more than their names, so that nothing has to be done there.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TypeVar

from qb.errors import SchemaError
from qb.identifiers import PATHS
from qb.migrations.expressions import is_literal, is_quoted, tokens_of
from qb.schema.objects import Check, Column, Enum, Exclusion, Index, IndexKey, Name, Schema, Table
from qb.schema.objects import Sequence as NumberSequence
from qb.schema.tokens import Token

T = TypeVar("T", Enum, NumberSequence)

READERS = ("NEXTVAL", "CURRVAL", "SETVAL")
"""The functions that take the name of a sequence, as a string."""
BEFORE_TYPES = ("::", "AS")
"""After these comes the name of a type."""
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
"""A name that needs no quotes in such a string, nor before a dot."""


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


def with_schema(schema: Schema, old: str, new: str) -> Schema:
    """With another name of a schema. Raises KeyError when there is none of the old one."""
    if old not in schema.schemas:
        raise KeyError(old)

    def there(name: Name) -> Name:
        return Name(name.name, new) if name.schema == old else name

    def text(sql: str) -> str:
        return schema_renamed(sql, old, new)

    def moved(table: Table) -> Table:
        keys = tuple([replace(key, table=there(key.table)) for key in table.foreign_keys])
        columns = tuple([replace(column, type=text(column.type)) for column in table.columns])
        return replace(table, name=there(table.name), columns=columns, foreign_keys=keys)

    sequences = [
        replace(each, name=there(each.name), table=None if each.table is None else there(each.table))
        for each in schema.sequences
    ]
    found = replace(
        schema,
        schemas=tuple([new if name == old else name for name in schema.schemas]),
        enums=tuple([replace(each, name=there(each.name)) for each in schema.enums]),
        sequences=tuple(sequences),
        tables=tuple([moved(table) for table in schema.tables]),
        views=tuple([replace(each, name=there(each.name), sql=text(each.sql)) for each in schema.views]),
        triggers=tuple([replace(each, table=there(each.table), sql=text(each.sql)) for each in schema.triggers]),
    )
    return with_texts(found, text)


def schema_renamed(sql: str, old: str, new: str) -> str:
    """SQL of PostgreSQL in which a schema has another name: `"a"."b"` is `"c"."b"`, and `nextval('a.b')` the like."""
    found = tokens_of(sql, "postgres")
    parts, done = [], 0
    for number, token in enumerate(found):
        before = found[number - 1].text if number else ""
        following = found[number + 1].text if number + 1 < len(found) else ""
        sequence = named_sequence(found, number)
        if sequence is not None and sequence.schema == old:
            text = f"'{written(Name(sequence.name, new))}'"
        elif meant(token) == old and following == "." and before != ".":
            text = new if PLAIN.fullmatch(new) and not is_quoted(token) else PATHS[new,]
        else:
            continue
        parts += [sql[done : token.start], text]
        done = token.end
    return "".join([*parts, sql[done:]])


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
        if named_sequence(found, number) == old:
            parts += [sql[done : token.start], f"'{written(new)}'"]
            done = token.end
    return "".join([*parts, sql[done:]])


def named_sequence(found: Sequence[Token], number: int) -> Name | None:
    """What the string names that is one of some tokens; None where it is not what a function takes for a sequence."""
    is_argument = number > 1 and found[number - 1].text == "(" and found[number - 2].is_word(*READERS)
    text = found[number].text
    return named(text[1:-1].replace("''", "'")) if is_argument and text[0] == "'" else None


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
