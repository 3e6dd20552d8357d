"""From one schema to another: the operations between them, found by comparing data alone."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import replace
from typing import TypeVar

from qb.errors import SchemaError
from qb.migrations import operations as ops
from qb.migrations.apply import applied, edited
from qb.migrations.expressions import alike, plain_text
from qb.migrations.hints import Hints, MaybeRenamed, NoValue, Question, Undecided
from qb.migrations.matching import Matching
from qb.migrations.operations import Constraint, Operation, constraints_of
from qb.migrations.plan import planned
from qb.migrations.renames import aside, steps
from qb.migrations.schemas import former_schemas, maybe_renamed, renamed_schemas
from qb.schema.objects import Check, Column, Enum, Index, Name, Schema, Sequence, Table

T = TypeVar("T")
P = TypeVar("P", Constraint, Index)


def diff(before: Schema, after: Schema, hints: Hints | None = None) -> tuple[Operation, ...]:
    """The operations that make `after` of `before`, in an order in which each finds what it needs. The order of
    columns is no difference.

    A rename is never guessed: raises Undecided, with every open question, when something is gone and something like
    it is new, and when a column is added that the rows need a value for. `hints` answers.
    """
    if before.dialect != after.dialect:
        raise SchemaError(f"one schema is for {before.dialect} and the other for {after.dialect}")
    hints = hints or Hints()
    former = former_schemas(before, after, hints)
    schemas = tuple(maybe_renamed(before, after, former, hints))
    if schemas:  # by which all else is called
        raise Undecided(schemas)
    comparison = Comparison(before, after, hints, former)
    found = list(comparison.operations())
    if comparison.questions and not comparison.hints.certain:
        raise Undecided(comparison.questions)
    return planned(found, before.dialect, breaks_circles=False)


class Comparison:
    """Compares two schemas."""

    def __init__(self, before: Schema, after: Schema, hints: Hints, former: dict[str, str]) -> None:
        self.schemas = renamed_schemas(before, former)
        self.before = applied(before, self.schemas)
        """With the new names of schemas."""
        self.after = after
        self.hints = hints.moved({old: new for new, old in former.items()})
        self.dialect = before.dialect
        self.matching = Matching(self.before, after, self.hints, former)
        self.questions: list[Question] = self.matching.questions

    def operations(self) -> Iterator[Operation]:
        """All differences, in no order but that of the renames."""
        yield from self.schemas
        yield from [ops.CreateSchema(name) for name in self.after.schemas if name not in self.before.schemas]
        yield from [ops.DropSchema(name) for name in self.before.schemas if name not in self.after.schemas]
        renames = list(self.renames())
        renames += self.renamed_sequences(applied(self.before, renames))
        yield from renames
        middle = applied(self.before, renames)
        yield from self.tables(middle)
        yield from self.enums(middle)
        yield from self.sequences(middle)
        yield from self.views_and_triggers(middle)

    def renames(self) -> Iterator[Operation]:
        """Everything gets its new name first, so that all else can be compared by it."""
        enums = {old: new for new, old in self.matching.enums.items()}
        for old, new in steps(enums, [each.name for each in self.before.enums], out_of_the_way, self.matching.spelling):
            yield ops.RenameEnum(old, new)
        tables = {old: new for new, old in self.matching.tables.items()}
        there = [table.name for table in self.before.tables]
        for old, new in steps(tables, there, out_of_the_way, self.matching.spelling):
            yield ops.RenameTable(old, new)
        for table in self.after.tables:
            pairs = self.matching.columns.get(table.name, {})
            columns = {old: new for new, old in pairs.items()}
            names = (
                [column.name for column in self.before.table(self.matching.tables[table.name]).columns] if pairs else []
            )
            for before, after in steps(columns, names, aside, self.matching.spelling):
                yield ops.RenameColumn(table.name, before, after)

    def renamed_sequences(self, middle: Schema) -> Iterator[Operation]:
        """Sequences, once tables and columns have their new names."""
        old = {each.name: moved for each, moved in zip(self.before.sequences, middle.sequences, strict=True)}
        pairs = self.matching.sequences(old, {each.name: each for each in self.after.sequences})
        names = {old[former].name: new for new, former in pairs.items()}
        for each in old.values():
            if each.table is not None and names.get(each.name, each.name).schema != each.name.schema:
                yield ops.AlterSequence(each, free(each))  # it cannot go where its column is not
        there = [each.name for each in middle.sequences]
        for before, after in steps(names, there, out_of_the_way, self.matching.spelling):
            yield ops.RenameSequence(before, after)

    def tables(self, middle: Schema) -> Iterator[Operation]:
        """The tables, now that what is in both schemas has one name in them."""
        for table in self.after.tables:
            if table.name in self.matching.tables:
                yield from self.table(middle.table(table.name), table)
            else:
                yield ops.CreateTable(table)
        for table in middle.tables:
            if table.name not in self.matching.tables:
                yield ops.DropTable(table)

    def table(self, old: Table, new: Table) -> Iterator[Operation]:
        """One table."""
        if (old.options, old.comment) != (new.options, new.comment):
            yield ops.AlterTable(new.name, old.options, new.options, old.comment, new.comment)
        yield from self.columns(old, new)
        yield from self.constraints(old, new)
        yield from self.indexes(old, new)

    def columns(self, old: Table, new: Table) -> Iterator[Operation]:
        """The columns of a table."""
        there = {column.name: column for column in old.columns}
        for column in new.columns:
            using = self.hints.using.get((new.name, column.name))
            before = there.pop(column.name, None)
            if before is None:
                if using is None and needs_value(column) and not self.is_asked_about(new.name, column.name):
                    self.questions.append(NoValue(new.name, column.name))
                yield ops.AddColumn(new.name, column, using)
            elif using is not None or not self.is_same_column(before, column):
                yield ops.AlterColumn(new.name, before, column, using)
        yield from [ops.DropColumn(new.name, column) for column in there.values()]

    def is_asked_about(self, table: Name, column: str) -> bool:
        """Whether a new column may be one that is gone, with its values."""
        return any(
            isinstance(each, MaybeRenamed) and (each.owner, each.new) == (table, column) for each in self.questions
        )

    def is_same_column(self, old: Column, new: Column) -> bool:
        """Whether nothing has to be done for a column."""
        texts = [(old.default, new.default)]
        if old.generated is not None and new.generated is not None:
            texts.append((old.generated.expression, new.generated.expression))
        plain = replace(old, default=new.default, generated=new.generated) == new
        computed = (old.generated and old.generated.stored) == (new.generated and new.generated.stored)
        # What becomes a text is one already, unless it is of another type.
        kept = None in (old.form, new.form) or old.form == new.form or new.form == "texts"
        return plain and computed and kept and all(alike(one, other, self.dialect) for one, other in texts)

    def constraints(self, old: Table, new: Table) -> Iterator[Operation]:
        """The constraints of a table. One that differs in its name only is renamed."""
        gone, fresh = list(constraints_of(old)), list(constraints_of(new))
        take_pairs(gone, fresh, lambda one, other: one.name == other.name and self.rule(one) == self.rule(other))
        renamed = take_pairs(
            gone, fresh, lambda one, other: one.name and other.name and self.rule(one) == self.rule(other)
        )
        for one, other in in_turn(renamed, gone, fresh):
            yield ops.RenameConstraint(new.name, one.name or "", other.name or "")
        for one, _ in take_pairs(gone, fresh, is_validated):
            yield ops.ValidateConstraint(new.name, one.name or "")
        yield from [ops.DropConstraint(new.name, each) for each in gone]
        yield from [ops.AddConstraint(new.name, each) for each in fresh]

    def rule(self, constraint: Constraint) -> Hashable:
        """What a constraint says, apart from its name."""
        rule = constraint.rule
        text = plain_text(rule.expression, self.dialect) if isinstance(rule, Check) else ()
        return edited(constraint, name=None, **({"expression": ""} if text else {})), text

    def indexes(self, old: Table, new: Table) -> Iterator[Operation]:
        """The indexes of a table. One that differs in its name only is renamed."""
        gone, fresh = list(old.indexes), list(new.indexes)
        take_pairs(gone, fresh, lambda one, other: one.name == other.name and self.keys(one) == self.keys(other))
        renamed = take_pairs(gone, fresh, lambda one, other: self.keys(one) == self.keys(other))
        for one, other in in_turn(renamed, gone, fresh):
            yield ops.RenameIndex(new.name, one.name, other.name)
        yield from [ops.DropIndex(new.name, each) for each in gone]
        yield from [ops.CreateIndex(new.name, each) for each in fresh]

    def keys(self, index: Index) -> Hashable:
        """What an index holds, apart from its name."""
        texts = [plain_text(text, self.dialect) for text in (index.where, *[key.expression for key in index.keys])]
        keys = tuple([replace(key, expression=None) for key in index.keys])
        return replace(index, name="", keys=keys, where=None), tuple(texts)

    def enums(self, middle: Schema) -> Iterator[Operation]:
        """The enum types."""
        old = {enum.name: enum for enum in middle.enums}
        for enum in self.after.enums:
            before = old.pop(enum.name, None)
            if before is None:
                yield ops.CreateEnum(enum)
            elif before != enum:
                yield from self.labels(before, enum)
        yield from [ops.DropEnum(enum) for enum in old.values()]

    def labels(self, old: Enum, new: Enum) -> Iterator[Operation]:
        """The labels of an enum type: renamed, added in place, or the type replaced."""
        former = {
            before: label
            for (name, label), before in self.hints.labels.items()
            if name == new.name and before in old.labels and label not in old.labels
        }
        labels = tuple([former.get(label, label) for label in old.labels])
        yield from [ops.RenameLabel(new.name, before, after) for before, after in former.items()]
        gone = [label for label in labels if label not in new.labels]
        fresh = [label for label in new.labels if label not in labels]
        is_open = not self.hints.certain
        if gone and fresh and is_open:
            self.questions += [MaybeRenamed("label", new.name, one, other) for one in gone for other in fresh]
        elif gone or (fresh and not is_open) or [label for label in new.labels if label in labels] != list(labels):
            yield ops.ReplaceEnum(Enum(new.name, labels), new)
        else:
            following = dict(zip(new.labels, new.labels[1:], strict=False))
            for label in reversed(fresh):
                yield ops.AddLabel(new.name, label, following.get(label))

    def sequences(self, middle: Schema) -> Iterator[Operation]:
        """The sequences. A column that goes, be it to be computed, would take its own along, and one that is new has to
        be there first.
        """
        old = {each.name: each for each in middle.sequences}
        columns = {(table.name, column.name): column for table in middle.tables for column in table.columns}
        stay = {
            (table.name, column.name)
            for table in self.after.tables
            for column in table.columns
            # One that is computed from now on, or in another way, goes and comes back.
            if column.generated is None or columns.get((table.name, column.name)) == column
        }
        for sequence in self.after.sequences:
            before = old.pop(sequence.name, None)
            there = before or free(sequence)
            if before is None:
                yield ops.CreateSequence(there)
            elif before.table is not None and (owner(before) != owner(sequence) or owner(before) not in stay):
                there = free(before)
                yield ops.AlterSequence(before, there)
            if there.options != sequence.options:
                yield ops.AlterSequence(there, replace(there, options=sequence.options))
            if owner(there) != owner(sequence):
                yield ops.AlterSequence(free(sequence), sequence)
        for each in old.values():
            if each.table is not None and owner(each) not in stay:
                yield ops.AlterSequence(each, free(each))
                each = free(each)
            yield ops.DropSequence(each)

    def views_and_triggers(self, middle: Schema) -> Iterator[Operation]:
        """What differs goes before everything else and comes back after it, so that nothing in between meets it.

        A trigger goes with its table when that is renamed, and differs then from one of the same text.
        """
        pairs = zip(self.before.triggers, middle.triggers, strict=True)
        yield from [ops.DropTrigger(each) for each, moved in pairs if moved not in self.after.triggers]
        yield from [ops.DropView(each) for each in self.before.views if each not in self.after.views]
        yield from [ops.CreateView(each) for each in self.after.views if each not in self.before.views]
        yield from [ops.CreateTrigger(each) for each in self.after.triggers if each not in middle.triggers]


def out_of_the_way(name: Name) -> Name:
    """Another name for what is in the way of a rename."""
    return name._replace(name=aside(name.name))


def owner(sequence: Sequence) -> tuple[Name | None, str | None]:
    """The column with which a sequence goes."""
    return sequence.table, sequence.column


def free(sequence: Sequence) -> Sequence:
    """A sequence that goes with no column."""
    return replace(sequence, table=None, column=None)


def needs_value(column: Column) -> bool:
    """Whether rows that are there must get a value in a new column, and nothing gives them one."""
    return not column.nullable and column.default is None and column.generated is None and column.identity is None


def take_pairs(gone: list[T], fresh: list[T], same: Callable[[T, T], object]) -> list[tuple[T, T]]:
    """The pairs of which the two sides are the same, taken out of both lists."""
    found = []
    for each in list(fresh):
        other = next((one for one in gone if same(one, each)), None)
        if other is not None:
            gone.remove(other)
            fresh.remove(each)
            found.append((other, each))
    return found


def in_turn(pairs: list[tuple[P, P]], gone: list[P], fresh: list[P]) -> Iterator[tuple[P, P]]:
    """Pairs of what is renamed, in an order in which no name is taken twice. Where names go round in a circle, one goes
    and comes back.
    """
    waiting = list(pairs)
    while waiting:
        taken = {one.name for one, _ in waiting}
        ready = [pair for pair in waiting if pair[1].name not in taken]
        if not ready:
            ready = [waiting[0]]
            gone.append(waiting[0][0])
            fresh.append(waiting[0][1])
        else:
            yield from ready
        waiting = [pair for pair in waiting if pair not in ready]


def is_validated(old: Constraint, new: Constraint) -> bool:
    """Whether a constraint differs only in that its rows have been looked at."""
    if old.name is None or (old.check is None and old.foreign_key is None):
        return False
    return not getattr(old.rule, "valid", True) and edited(old, valid=True) == new
