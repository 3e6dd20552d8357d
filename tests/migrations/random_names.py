"""Random sequences, and other names for them and for enum types in the second schema of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from qb.migrations.hints import Hints
from qb.schema.objects import Column, Name, Schema, Table
from qb.schema.objects import Sequence as NumberSequence
from tests.migrations.random_columns import COUNTED, Draw

MOODS, FEELING = ("mood", "Mood 2"), "feeling"
"""The types of every schema, and what one of them may be called in the second one."""
COUNTERS = ("counter", "Other counter")


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


def with_other_names(draw: Draw, before: Schema, after: Schema, hints: Hints) -> Schema:
    """The second schema with other names, which are noted in the hints."""
    moods = draw.one({}, {}, {"mood": FEELING}, {"mood": "Mood 2", "Mood 2": FEELING})
    stay = {each.name.name for each in before.sequences} & {each.name.name for each in after.sequences}
    ways: list[dict[str, str]] = [{}, *[{name: "Counted"} for name in COUNTERS if name in stay]]
    ways += [{"counter": "Other counter", "Other counter": "Counted"}] if len(stay) == 2 else []
    counters = draw.one(*ways)
    hints.enums.update({Name(new): Name(old) for old, new in moods.items()})
    hints.sequences.update({Name(new): Name(old) for old, new in counters.items()})
    return replace(
        after,
        enums=tuple([replace(each, name=other(each.name, moods)) for each in after.enums]),
        sequences=tuple([replace(each, name=other(each.name, counters)) for each in after.sequences]),
        tables=tuple(
            [
                replace(each, columns=tuple([following(column, moods, counters) for column in each.columns]))
                for each in after.tables
            ]
        ),
    )


def other(name: Name, names: Mapping[str, str]) -> Name:
    """Another name, where there is one."""
    return Name(names.get(name.name, name.name))


def following(column: Column, moods: Mapping[str, str], counters: Mapping[str, str]) -> Column:
    """A column that is of a type of another name, or asks a sequence of another name."""
    types = {f'"{old}"': f'"{new}"' for old, new in moods.items()}
    texts = {COUNTED[old]: COUNTED[new] for old, new in counters.items()}
    default = column.default
    if default is not None and "::" in default:
        value, _, type = default.partition("::")
        default = f"{value}::{types.get(type, type)}"
    elif default is not None:
        default = texts.get(default, default)
    return replace(column, type=types.get(column.type, column.type), default=default)


def kept_sequences(before: Schema, after: Schema, hints: Hints) -> dict[Name, Name]:
    """The new names, by the old ones, of sequences that go on from where they stand."""
    new = {each.name for each in after.sequences} - set(hints.sequences)
    found = {old: name for name, old in hints.sequences.items()}
    return found | {each.name: each.name for each in before.sequences if each.name in new and each.name not in found}
