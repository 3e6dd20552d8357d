"""Random ways from one schema to another: with what a person would have to say about them, and rows for the first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple, TypeVar

from hypothesis import strategies as st

from qb.dialect import find_dialect
from qb.identifiers import QUOTED, seen
from qb.migrations.hints import Hints
from qb.schema.objects import Column, Enum, ForeignKey, Index, Name, Schema, Table
from tests.migrations.random_columns import KIND, Draw, filled
from tests.migrations.random_names import (
    kept_sequences,
    other_counters,
    other_moods,
    placed,
    with_other_names,
)
from tests.migrations.random_schemas import AGAIN, LOG, number_of, random_schema

K = TypeVar("K", Name, str)


class Kept(NamedTuple):
    """A table that stays."""

    old: Table
    new: Table
    columns: dict[str, str]
    """Its columns that stay: the new names by the old ones."""


@dataclass(frozen=True)
class Case:
    """A way from one schema to another."""

    before: Schema
    after: Schema
    hints: Hints
    rows: int
    """How many each table has before."""
    kept: tuple[Kept, ...]
    sequences: dict[Name, Name]
    """Those that stay: the new names by the old ones."""

    def __repr__(self) -> str:
        """As SQL, which is short enough to read."""
        create = find_dialect(self.before.dialect).ddl().create_all
        one, other = (";\n".join(create(each)) for each in (self.before, self.after))
        return f"{self.rows} rows in each of\n\n{one}\n\nto\n\n{other}\n\n{self.hints}"


@st.composite
def cases(draw: st.DrawFn, dialect: str) -> Case:
    """A way from one schema to another."""
    return Way(Draw(draw, dialect)).case()


class Way:
    """Draws two schemas, and makes the second one such that the rows of the first one fit in."""

    def __init__(self, draw: Draw) -> None:
        self.draw = draw
        self.before = random_schema(draw, Schema(draw.dialect))
        self.after = random_schema(draw, self.before)
        self.hints = Hints()
        self.sequences: dict[Name, Name] = {}
        """Those that stay: new names by old ones."""
        if draw.is_postgres:
            self.rename_and_move()
        self.rows = draw.draw(st.integers(0, 3))
        old, new = ([table.name for table in each.tables] for each in (self.before, self.after))
        self.tables = self.pairs(old, new, self.hints.tables, lambda one, other: LOG not in (one, other))
        """Those that stay: old names by new ones."""
        gone: set[tuple[Name, str | None]] = {(name, None) for name in old if name not in self.tables.values()}
        gone |= {(each.name, None) for each in self.before.sequences if each.name not in self.sequences}
        self.columns: dict[Name, dict[str, str]] = {}
        """Of tables that stay, by their new names: old names of columns by new ones."""
        for name, former in self.tables.items():
            before, after = self.before.table(former), self.after.table(name)
            hints: dict[str, str] = {}
            names = [column.name for column in before.columns]
            others = [column.name for column in after.columns]
            self.columns[name] = self.pairs(names, others, hints, partial(is_like, before, after))
            self.hints.columns.update({(name, column): each for column, each in hints.items()})
            gone |= {(name, each) for each in names if each not in self.columns[name].values()}
        self.hints = replace(self.hints, dropped=frozenset(gone))
        for enum in self.after.enums:
            self.rename_labels(enum)
        self.fill()

    def rename_and_move(self) -> None:
        """Enum types and sequences get other names, tables go to another schema."""
        moods, counters = other_moods(self.draw), other_counters(self.draw, self.before, self.after)
        self.before = placed(self.draw, self.before, LOG)
        self.after = placed(self.draw, with_other_names(self.after, moods, counters), LOG)
        self.sequences = kept_sequences(self.before, self.after, counters)
        self.hints.enums.update({Name(new): Name(old) for old, new in moods.items()})
        self.hints.sequences.update({new: old for old, new in self.sequences.items() if new != old})

    def pairs(self, old: Sequence[K], new: Sequence[K], hints: dict[K, K], alike: Callable[[K, K], bool]) -> dict[K, K]:
        """Old names by new ones. A name that is still there can be had only when what had it is renamed, too."""
        free = [name for name in new if name not in old]
        while free:
            name = free.pop()
            formers = [each for each in old if each not in hints.values() and alike(each, name)]
            is_key = KIND.get(str(name)) == "key"  # by which rows are known
            if formers and (is_key or self.draw.maybe()):
                hints[name] = self.draw.one(*formers)
                free += [hints[name]] if hints[name] in new else []
        found = hints | {name: name for name in new if name in old and name not in hints.values() and name not in hints}
        if not self.draw.is_postgres:
            rest = {seen(str(name)): name for name in old if name not in found.values()}
            found |= {name: rest[seen(str(name))] for name in new if name not in found and seen(str(name)) in rest}
        return found

    def rename_labels(self, enum: Enum) -> None:
        """What goes and what comes are one label: anything else would be two migrations."""
        former = self.hints.enums.get(enum.name, enum.name)
        labels = next(each.labels for each in self.before.enums if each.name == former)
        gone = [label for label in labels if label not in enum.labels]
        fresh = [label for label in enum.labels if label not in labels]
        self.hints.labels.update({(enum.name, new): old for old, new in zip(gone, fresh, strict=False)})

    def fill(self) -> None:
        """What new columns have in the rows that are there, and sometimes those that change their type."""
        for name, former in self.tables.items():
            if name == LOG:
                continue
            table, before = self.after.table(name), self.before.table(former)
            key = number_of(table).name
            for column in table.columns:
                if column.generated is not None or column.identity is not None:
                    continue
                old = self.columns[name].get(column.name)
                if old is None:
                    needs = not column.nullable and column.default is None
                    if needs or self.draw.maybe(5):
                        self.hints.using[name, column.name] = filled(column, key, self.rows)
                elif before.column(old).type != column.type and KIND[old] == "number" and self.draw.maybe(4):
                    self.hints.using[name, column.name] = f"CAST({QUOTED[column.name]} AS {column.type})"

    def case(self) -> Case:
        """All of it."""
        after = replace(self.after, tables=tuple([self.fitting(table) for table in self.after.tables]))
        kept = [
            Kept(
                self.before.table(former),
                after.table(name),
                {old: new for new, old in self.columns[name].items() if KIND[new] != "computed"},
            )
            for name, former in self.tables.items()
            if name != LOG
        ]
        return Case(self.before, after, self.hints, self.rows, tuple(kept), self.sequences)

    def fitting(self, table: Table) -> Table:
        """Without the constraints that the rows would break."""
        if table.name not in self.tables or table.name == LOG or not self.rows:
            return table
        differs = {column.name for column in table.columns if self.differs(table, column)}
        return replace(
            table,
            uniques=tuple([key for key in table.uniques if differs & set(key.columns)]),
            exclusions=table.exclusions if "n" in differs else (),
            indexes=tuple([index for index in table.indexes if not index.unique or indexed(table, index) in differs]),
            foreign_keys=tuple([key for key in table.foreign_keys if self.holds(table, key)]),
        )

    def differs(self, table: Table, column: Column) -> bool:
        """Whether a column has another value in each row."""
        if KIND[column.name] == "computed":
            return True
        return KIND[column.name] in ("key", "part", "number", "text") and (
            column.generated is not None
            or column.name in self.columns[table.name]
            or (table.name, column.name) in self.hints.using
        )

    def holds(self, table: Table, key: ForeignKey) -> bool:
        """Whether there is a parent for every row."""
        kept, using = self.columns[table.name], self.hints.using
        is_there = [name in kept or (table.name, name) in using for name in key.columns]
        defaults = [table.column(name).default for name in key.columns]
        if any(not there and default is None for there, default in zip(is_there, defaults, strict=True)):
            return True  # they are NULL
        if key.table not in self.tables or len(set(is_there)) > 1:
            return False
        return all(name in self.columns[key.table] or (key.table, name) in using for name in key.references)


def indexed(table: Table, index: Index) -> str:
    """The column that an index is named after: it is the first one, or in what is computed for it."""
    return index.name.removeprefix(f"{table.name} by ").removesuffix(AGAIN)


def is_like(before: Table, after: Table, old: str, new: str) -> bool:
    """Whether a column can be another one."""
    return KIND.get(old, old) == KIND.get(new, new) != "computed"
