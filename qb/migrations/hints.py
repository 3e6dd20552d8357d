"""What two schemas do not say by themselves: which names are old names of others, and what fills new columns."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeVar

from qb.errors import SchemaError
from qb.schema.declared import Declared, EnumDeclaration, SchemaDeclaration, Sequence, apart
from qb.schema.objects import Enum, Name, Schema, Table
from qb.schema.objects import Sequence as NumberSequence
from qb.tables import definition_of

K = TypeVar("K", Name, str)
Named = Table | Enum | NumberSequence


@dataclass(frozen=True)
class Hints:
    """What a person says about the way from one schema to the next. Keys are new names."""

    tables: dict[Name, Name] = field(default_factory=dict)
    """Former names of tables."""
    columns: dict[tuple[Name, str], str] = field(default_factory=dict)
    """Former names of columns."""
    labels: dict[tuple[Name, str], str] = field(default_factory=dict)
    """Former names of enum labels."""
    dropped: frozenset[tuple[Name, str | None]] = frozenset()
    """Tables, sequences, enum types (with None) and columns that are really dropped, though something like them is
    added: by their old name, columns by the new name of their table and their old one."""
    using: dict[tuple[Name, str], str] = field(default_factory=dict)
    """SQL for the values of a column in the rows that are there, over the columns as they were."""
    certain: bool = False
    """Nothing is open: what is not hinted to be renamed is dropped and added, and what fills a column is known to be
    missing. Everything has to be possible in one transaction, so an enum type gets new labels by being replaced.
    """
    sequences: dict[Name, Name] = field(default_factory=dict)
    """Former names of sequences."""
    enums: dict[Name, Name] = field(default_factory=dict)
    """Former names of enum types."""
    schemas: dict[str, str] = field(default_factory=dict)
    """Former names of schemas."""
    dropped_schemas: frozenset[str] = frozenset()
    """Schemas that are really dropped, though one with the same in it is new."""

    def merged(self, other: Hints) -> Hints:
        """Both, where they say different things the other's."""
        return Hints(
            {**self.tables, **other.tables},
            {**self.columns, **other.columns},
            {**self.labels, **other.labels},
            self.dropped | other.dropped,
            {**self.using, **other.using},
            self.certain or other.certain,
            {**self.sequences, **other.sequences},
            {**self.enums, **other.enums},
            {**self.schemas, **other.schemas},
            self.dropped_schemas | other.dropped_schemas,
        )

    def moved(self, schemas: Mapping[str, str]) -> Hints:
        """The same once schemas have other names. `schemas` has the new ones by the old ones."""

        def there(name: Name) -> Name:
            return Name(name.name, schemas.get(name.schema or "", name.schema))

        return replace(
            self,
            tables={new: there(old) for new, old in self.tables.items()},
            sequences={new: there(old) for new, old in self.sequences.items()},
            enums={new: there(old) for new, old in self.enums.items()},
            dropped=frozenset([(there(name) if part is None else name, part) for name, part in self.dropped]),
        )


def declared_hints(declared: Iterable[Declared], before: Schema, after: Schema) -> Hints:
    """What the declarations say by `renamed_from=`, as far as it is still to be done. `after` is what they describe."""
    tables, others = apart(declared)
    hints = Hints()
    for definition in dict.fromkeys([definition_of(table) for table in tables]):
        name = Name(definition.source.name, definition.source.schema)
        if definition.renamed_from is not None:
            hints.tables[name] = former(definition.renamed_from, name, before.tables, after.tables)
        for column in definition.columns.values():
            if column.declaration.renamed_from is not None:
                hints.columns[name, column.declaration.name] = column.declaration.renamed_from
    for each in others:
        if isinstance(each, Sequence) and each.renamed_from is not None:
            name = Name(each.name, each.schema)
            hints.sequences[name] = former(each.renamed_from, name, before.sequences, after.sequences)
        elif isinstance(each, EnumDeclaration) and each.renamed_from is not None:
            name = Name(each.type.name, each.type.schema)
            hints.enums[name] = former(each.renamed_from, name, before.enums, after.enums)
        elif isinstance(each, SchemaDeclaration) and each.renamed_from is not None:
            hints.schemas[each.name] = each.renamed_from
    return still_open(hints, before)


def former(text: str, name: Name, before: Iterable[Named], after: Iterable[Named]) -> Name:
    """The former name of what is called `name` now: in the same schema; or with the schema that is written; or in none,
    where that is gone.
    """
    there, declared = ({each.name for each in objects} for objects in (before, after))
    same = Name(text, name.schema)
    if same in there and same != name:
        return same
    others = [each for each in there if str(each) == text and each != name]
    return next((each for each in others if each.schema is not None or each not in declared), same)


def still_open(hints: Hints, before: Schema) -> Hints:
    """Without the renames that were done long ago: what has its new name, which nothing else gives up."""
    columns = {(table.name, column.name) for table in before.tables for column in table.columns}
    given_up = {(table, old) for (table, _), old in hints.columns.items()}
    return replace(
        hints,
        tables=not_done(hints.tables, [each.name for each in before.tables]),
        columns={new: old for new, old in hints.columns.items() if new not in columns or new in given_up},
        sequences=not_done(hints.sequences, [each.name for each in before.sequences]),
        enums=not_done(hints.enums, [each.name for each in before.enums]),
        schemas=not_done(hints.schemas, before.schemas),
    )


def not_done(renames: dict[K, K], there: Collection[K]) -> dict[K, K]:
    """Those of some renames that are still to be done."""
    return {new: old for new, old in renames.items() if new not in there or new in renames.values()}


@dataclass(frozen=True, slots=True)
class MaybeRenamed:
    """Something is gone and something like it is new."""

    kind: str
    """`table`, `column`, `label`, `sequence`, `enum` or `schema`."""
    owner: Name | None
    """The table of the columns, the enum type of the labels."""
    old: str
    new: str

    def __str__(self) -> str:
        if self.kind == "table":
            return (
                f'the table "{self.old}" is gone, and "{self.new}" has much the same columns. If it is the same table, '
                f'declare it with renamed_from="{self.old}"; if not, hint that "{self.old}" is dropped'
            )
        if self.kind == "sequence":
            return (
                f'the sequence "{self.old}" is gone, and "{self.new}" is new. If it is the same sequence, declare it '
                f'with renamed_from="{self.old}"; if not, hint that "{self.old}" is dropped'
            )
        if self.kind == "schema":
            return (
                f'the schema "{self.old}" is gone, and "{self.new}" has something of it. If it is the same schema, '
                f'declare it by schema_named("{self.new}", renamed_from="{self.old}"); if not, hint that "{self.old}" '
                f"is dropped"
            )
        if self.kind == "enum":
            return (
                f'the enum "{self.old}" is gone, and "{self.new}" has much the same labels. If it is the same type, '
                f'declare it by enum_type(…, renamed_from="{self.old}"); if not, hint that "{self.old}" is dropped'
            )
        if self.kind == "label":
            return (
                f'the enum "{self.owner}" has no label {self.old!r} any more, but {self.new!r}. If that is its new '
                f"name, hint it; if not, make two migrations: one that adds, and one that removes"
            )
        return (
            f'"{self.owner}" has no column "{self.old}" any more, and "{self.new}" is new and of the same type. If it '
            f'is the same column, declare it with renamed_from="{self.old}"; if not, hint that '
            f'"{self.owner}.{self.old}" is dropped'
        )


@dataclass(frozen=True, slots=True)
class NoValue:
    """A column is added that rows must have a value in, and nothing says which."""

    table: Name
    column: str

    def __str__(self) -> str:
        return (
            f'"{self.table}.{self.column}" is NOT NULL and has no default, but the rows that are there need a value: '
            f"give the column a default or make it nullable, or hint what fills it"
        )


Question = MaybeRenamed | NoValue


class Undecided(SchemaError):  # noqa: N818  # named for what happened, as all in qb.errors
    """Two schemas do not say what happened between them. `questions` has all that is open, as data."""

    def __init__(self, questions: Iterable[Question]) -> None:
        self.questions = tuple(questions)
        super().__init__("\n".join([str(each) for each in self.questions]))
