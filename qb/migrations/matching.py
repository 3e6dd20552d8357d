"""Which table and column of one schema is which of another: by name, or as a hint says; never by a guess."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from qb.errors import SchemaError
from qb.identifiers import seen
from qb.migrations.hints import Hints, MaybeRenamed, Question
from qb.schema.objects import Column, Enum, Name, Schema, Sequence, Table

K = TypeVar("K", Name, str)
V = TypeVar("V")


class Matching:
    """What was found. Old names by new ones, and what nobody can know but a person."""

    def __init__(self, before: Schema, after: Schema, hints: Hints, former: Mapping[str, str] | None = None) -> None:
        self.folds = before.dialect != "postgres"
        self.hints = hints
        self.former = former or {}
        """The old names of renamed schemas, by the new ones."""
        self.questions: list[Question] = []
        old_tables = {table.name: table for table in before.tables}
        new_tables = {table.name: table for table in after.tables}
        self.tables = self.pairs(old_tables, new_tables, hints.tables)
        self.ask("table", old_tables, new_tables, self.tables, much_alike)
        old_enums, new_enums = ({enum.name: enum for enum in each.enums} for each in (before, after))
        self.enums = self.pairs(old_enums, new_enums, hints.enums)
        self.ask("enum", old_enums, new_enums, self.enums, have_labels_in_common)
        self.columns: dict[Name, dict[str, str]] = {
            new: self.columns_of(old_tables[old], new_tables[new]) for new, old in self.tables.items()
        }

    def pairs(self, old: Mapping[K, object], new: Mapping[K, object], hints: Mapping[K, K]) -> dict[K, K]:
        """The old names by the new ones."""
        found = paired(old, new, hints, self.hints.certain)
        taken = set(found.values())
        spelled = {self.spelling(name): name for name in old if name not in taken} if self.folds else {}
        for name in new:
            if name not in found and self.spelling(name) in spelled:
                found[name] = spelled[self.spelling(name)]  # upper or lower case: the same to this engine
        return {name: found[name] for name in new if name in found}

    def spelling(self, name: Name | str) -> str:
        """What the engine tells a name by."""
        return seen(str(name)) if self.folds else str(name)

    def columns_of(self, old: Table, new: Table) -> dict[str, str]:
        """The columns of a table that is in both."""
        formers = {column: former for (name, column), former in self.hints.columns.items() if name == new.name}
        old_columns = {column.name: column for column in old.columns}
        new_columns = {column.name: column for column in new.columns}
        pairs = self.pairs(old_columns, new_columns, formers)
        for gone in missing(old_columns, pairs.values()):
            if self.hints.certain or (new.name, gone.name) in self.hints.dropped:
                continue
            for fresh in missing(new_columns, pairs):
                if alike(gone, fresh):
                    self.questions.append(MaybeRenamed("column", new.name, gone.name, fresh.name))
        return pairs

    def sequences(self, old: Mapping[Name, Sequence], new: Mapping[Name, Sequence]) -> dict[Name, Name]:
        """The old names of sequences by the new ones. `old` has them by the names that they had, as they are once
        tables and columns are renamed: a sequence goes along with the table of its column into another schema.
        """
        along = {each.name: name for name, each in old.items() if each.name != name}
        pairs = self.pairs(old, new, {**along, **self.hints.sequences})
        self.ask("sequence", old, new, pairs, may_be_one)
        return pairs

    def ask(
        self,
        kind: str,
        old: Mapping[Name, V],
        new: Mapping[Name, V],
        pairs: Mapping[Name, Name],
        alike: Callable[[V, V], bool],
    ) -> None:
        """About something that is gone, and something like it that is new, or that has its name in another schema."""
        taken = set(pairs.values())
        for name, gone in old.items():
            if name in taken or self.hints.certain or (name, None) in self.hints.dropped:
                continue
            for other, fresh in new.items():
                if other not in pairs and (name.name == other.name or alike(gone, fresh)):
                    before = Name(name.name, self.former.get(name.schema or "", name.schema))
                    self.questions.append(MaybeRenamed(kind, None, str(before), str(other)))


def paired(old: Mapping[K, object], new: Mapping[K, object], formers: Mapping[K, K], certain: bool) -> dict[K, K]:
    """The old names by the new ones. What has a former name was renamed if that is there and its own is not, or is that
    of something renamed in turn; otherwise the rename was long ago, unless it is `certain`.
    """
    found: dict[K, K] = {}
    for _ in formers:
        gone = set(found.values())
        found |= {
            name: former
            for name, former in formers.items()
            if name in new and former in old and (certain or name not in old or name in gone)
        }
    for former in found.values():
        both = [str(name) for name in found if found[name] == former]
        if len(both) > 1:
            raise SchemaError(f"{' and '.join(both)} cannot both be what {former} was")
    gone = set(found.values())
    return found | {name: name for name in new if name in old and name not in gone and name not in found}


def missing(items: Mapping[K, V], names: Iterable[K]) -> list[V]:
    """The items with other names than these."""
    known = set(names)
    return [item for name, item in items.items() if name not in known]


def alike(gone: Column, fresh: Column) -> bool:
    """Whether one column may be the other: they are of one type, be it longer, and both are stored or both computed."""
    same_type = without_length(gone.type) == without_length(fresh.type)
    return same_type and (gone.generated is None) == (fresh.generated is None)


def without_length(type: str) -> tuple[str, str]:
    """A type without what stands in its parentheses: `varchar(30)[]` is one of `varchar` and `[]`."""
    name, _, rest = type.partition("(")
    return name, rest.partition(")")[2]


def much_alike(gone: Table, fresh: Table) -> bool:
    """Whether one table may be the other: at least half of their columns have the same names."""
    one, other = {column.name for column in gone.columns}, {column.name for column in fresh.columns}
    return 2 * len(one & other) >= max(len(one), len(other))


def have_labels_in_common(gone: Enum, fresh: Enum) -> bool:
    """Whether one enum type may be the other: at least half of their labels are the same."""
    return 2 * len({*gone.labels} & {*fresh.labels}) >= max(len(gone.labels), len(fresh.labels))


def may_be_one(gone: Sequence, fresh: Sequence) -> bool:
    """Whether one sequence may be the other: they do not belong to different columns."""
    owners = {(each.table, each.column) for each in (gone, fresh)}
    return len(owners) == 1 or (None, None) in owners
