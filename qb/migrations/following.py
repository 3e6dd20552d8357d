"""What names a sequence after that has another name: expressions in which PostgreSQL knows it by more than its name, so
that nothing has to be done to them.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from qb.errors import SchemaError
from qb.identifiers import PATHS
from qb.migrations.expressions import is_quoted, tokens_of
from qb.schema.objects import Check, Column, Exclusion, Index, IndexKey, Name, Schema, Table

READERS = ("NEXTVAL", "CURRVAL", "SETVAL")
"""The functions that take the name of a sequence, as a string."""
PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
"""A name that needs no quotes in such a string."""


def with_sequence(schema: Schema, old: Name, new: Name) -> Schema:
    """With another name of a sequence. Raises KeyError when there is none of the old one."""
    if old not in [each.name for each in schema.sequences]:
        raise KeyError(str(old))
    sequences = tuple([replace(each, name=new) if each.name == old else each for each in schema.sequences])
    return with_texts(replace(schema, sequences=sequences), lambda text: sequence_renamed(text, old, new))


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


def named(text: str) -> Name | None:
    """What a string names, as PostgreSQL reads it; None where it is no name."""
    try:
        words = tokens_of(text, "postgres")
    except SchemaError:
        return None
    parts = [(word.name or "") if is_quoted(word) else word.text.lower() for word in words[::2]]
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
