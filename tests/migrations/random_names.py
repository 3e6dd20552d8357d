"""Random sequences; and in the second schema of a case other names, for them and for enum types, and other schemas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qb.schema.objects import Column, Name, Schema, Table
from qb.schema.objects import Sequence as NumberSequence
from tests.migrations.random_columns import COUNTED, Draw

MOODS, FEELING = ("mood", "Mood 2"), "feeling"
"""The types of every schema, and what one of them may be called in the second one."""
COUNTERS = ("counter", "Other counter")
BESIDE = "beside"
"""A schema of PostgreSQL that is searched after the one in which things are created."""


def random_sequences(draw: Draw, tables: Sequence[Table]) -> Iterator[NumberSequence]:
    """Those that columns ask, and perhaps others. One may go with a column that asks it."""
    for name in COUNTERS:
        asking = [
            (table.name, each.name) for table in tables for each in table.columns if each.default == COUNTED[name]
        ]
        if asking or draw.maybe():
            table, column = draw.one((None, None), *asking)
            options = draw.one("", "START WITH 5", "INCREMENT BY 3", "AS integer")
            yield NumberSequence(Name(name), options, table, column)


def other_moods(draw: Draw) -> dict[str, str]:
    """The new names of enum types, by the old ones."""
    return draw.one({}, {}, {"mood": FEELING}, {"mood": "Mood 2", "Mood 2": FEELING})


def other_counters(draw: Draw, before: Schema, after: Schema) -> dict[str, str]:
    """The new names of sequences, by the old ones."""
    stay = {each.name.name for each in before.sequences} & {each.name.name for each in after.sequences}
    ways: list[dict[str, str]] = [{}, *[{name: "Counted"} for name in COUNTERS if name in stay]]
    ways += [{"counter": "Other counter", "Other counter": "Counted"}] if len(stay) == 2 else []
    return draw.one(*ways)


def with_other_names(schema: Schema, moods: Mapping[str, str], counters: Mapping[str, str]) -> Schema:
    """A schema whose types and sequences are called otherwise."""
    types = {f'"{old}"': f'"{new}"' for old, new in moods.items()}
    texts = {COUNTED[old]: COUNTED[new] for old, new in counters.items()}
    return replace(
        with_columns(schema, types, texts),
        enums=tuple([replace(each, name=other(each.name, moods)) for each in schema.enums]),
        sequences=tuple([replace(each, name=other(each.name, counters)) for each in schema.sequences]),
    )


def other(name: Name, names: Mapping[str, str]) -> Name:
    """Another name, where there is one."""
    return Name(names.get(name.name, name.name))


def with_columns(schema: Schema, types: Mapping[str, str], texts: Mapping[str, str]) -> Schema:
    """A schema whose columns have other types and defaults."""
    tables = [
        replace(each, columns=tuple([following(column, types, texts) for column in each.columns]))
        for each in schema.tables
    ]
    return replace(schema, tables=tuple(tables))


def following(column: Column, types: Mapping[str, str], texts: Mapping[str, str]) -> Column:
    """One of them. A default may say its type."""
    value, colons, type = (column.default or "").partition("::")
    default = f"{value}::{types.get(type, type)}" if colons else texts.get(value, column.default)
    return replace(column, type=types.get(column.type, column.type), default=default)


def placed(draw: Draw, schema: Schema, stays: Name) -> Schema:
    """A schema some of whose tables are in the other one, and with them the sequences of their columns. What numbers
    the rows of a table is called after it, and in the way of others.
    """
    there = {
        table.name: Name(table.name.name, BESIDE)
        for table in schema.tables
        if table.name != stays and not any(column.identity for column in table.columns) and draw.maybe(3)
    }
    moved = {each.name.name for each in schema.sequences if each.table in there}
    texts = {COUNTED[name]: COUNTED[name].replace("nextval('", f"nextval('{BESIDE}.") for name in moved}
    found = with_columns(schema, {}, texts)
    tables = [
        replace(
            table,
            name=there.get(table.name, table.name),
            foreign_keys=tuple([replace(key, table=there.get(key.table, key.table)) for key in table.foreign_keys]),
        )
        for table in found.tables
    ]
    sequences = [
        replace(each, name=Name(each.name.name, BESIDE), table=there[each.table]) if each.table in there else each
        for each in schema.sequences
    ]
    triggers = [replace(each, table=there.get(each.table, each.table)) for each in schema.triggers]
    return replace(found, tables=tuple(tables), sequences=tuple(sequences), triggers=tuple(triggers))


def kept_sequences(before: Schema, after: Schema, counters: Mapping[str, str]) -> dict[Name, Name]:
    """The new names, by the old ones, of sequences that go on from where they stand."""
    new = {each.name.name: each.name for each in after.sequences}
    pairs = [(each.name, counters.get(each.name.name, each.name.name)) for each in before.sequences]
    return {old: new[name] for old, name in pairs if name in new}
