"""What a person answers to the questions between two schemas, as texts: `albums.name=title`."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

from qb.migrations.errors import MigrationError
from qb.migrations.hints import Hints, MaybeRenamed, NoValue, Question
from qb.schema.objects import Enum, Name, Schema, Sequence, Table


class Answers:
    """Answers about the way from one schema to another. Tables are named as they are called afterwards.

    albums=app.records      the table albums is records in the schema app now; the same goes for sequences, enum types
                            and schemas
    app.records.name=title  its column name is title now
    """

    def __init__(self, before: Schema, after: Schema) -> None:
        self._before = before
        self._after = after
        self.hints = Hints()

    def renamed(self, text: str) -> None:
        """`old=new`. Raises MigrationError when either is not there."""
        old, sign, new = text.partition("=")
        if not sign:
            raise MigrationError(f"{text!r}: a rename is written old=new")
        alone = ""
        for each in self._named():
            former, target = find(old, each.before), find(new, each.after)
            if former is not None and target is not None:
                each.hints[target] = former
                return
            if former is not None:
                alone = f"{text!r}: {new!r} is no {each.kind} that is declared; these are {listed(each.after)}"
        if old in self._before.schemas and new in self._after.schemas:
            self.hints.schemas[new] = old
            return
        enums = names_of(self._after.enums)
        if alone and find(old.rpartition(".")[0], [*names_of(self._after.tables), *enums]) is None:
            raise MigrationError(alone)
        owner, name = self._part(old, enums)
        if owner in enums:
            self.hints.labels[owner, new] = name
        else:
            self.hints.columns[owner, new] = name

    def dropped(self, text: str) -> None:
        """What is gone, though something like it is new: a table, sequence, enum type or schema, or `table.column`."""
        name = find(text, [name for each in self._named() for name in each.before])
        if name is None and text in self._before.schemas:
            self.hints = self.hints.merged(Hints(dropped_schemas=frozenset({text})))
            return
        dropped = (name, None) if name is not None else self._part(text)
        self.hints = self.hints.merged(Hints(dropped=frozenset({dropped})))

    def filled(self, text: str) -> None:
        """`table.column=SQL`: what a column has in the rows that are there."""
        target, sign, expression = text.partition("=")
        if not sign or not expression.strip():
            raise MigrationError(f"{text!r}: what fills a column is written table.column=SQL")
        self.hints.using[self._part(target)] = expression.strip()

    def read(self, path: Path) -> None:
        """The answers of a JSON file: `{"renamed": […], "dropped": […], "filled": […]}`."""
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            ways = {"renamed": self.renamed, "dropped": self.dropped, "filled": self.filled}
            for kind, texts in data.items():
                for text in texts:
                    ways[kind](text)
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise MigrationError(
                f'{path} has no hints: {{"renamed": ["a.b=c"], "dropped": ["a.b"], "filled": ["a.b=SQL"]}} ({error})'
            ) from error

    def _named(self) -> list[Kind]:
        """What has a name of its own."""
        one, other = self._before, self._after
        return [
            Kind("table", self.hints.tables, names_of(one.tables), names_of(other.tables)),
            Kind("sequence", self.hints.sequences, names_of(one.sequences), names_of(other.sequences)),
            Kind("enum", self.hints.enums, names_of(one.enums), names_of(other.enums)),
        ]

    def _part(self, text: str, enums: Iterable[Name] = ()) -> tuple[Name, str]:
        """What is in a table of the schema afterwards, or in an enum type."""
        owner, dot, name = text.rpartition(".")
        found = find(owner, [*names_of(self._after.tables), *enums])
        if not dot or found is None:
            more = "".join(
                [f"; the {each.kind}s were {listed(each.before)}" for each in self._named()[1:] if each.before]
            )
            tables = listed(names_of(self._after.tables))
            raise MigrationError(f"{text!r} names neither a table nor table.column; the tables are {tables}{more}")
        return found, name


class Kind(NamedTuple):
    """What is of one kind."""

    kind: str
    hints: dict[Name, Name]
    """The former names that are known."""
    before: list[Name]
    after: list[Name]


def listed(names: Iterable[Name]) -> str:
    """Names in words."""
    return ", ".join(map(str, names)) or "none"


def names_of(items: Iterable[Table | Sequence | Enum]) -> list[Name]:
    """Their names."""
    return [each.name for each in items]


def find(text: str, names: Iterable[Name]) -> Name | None:
    """The one of some names that is written so."""
    return next((name for name in names if str(name) == text), None)


def suggested(question: Question) -> list[str]:
    """The options of the command that answer a question."""
    if isinstance(question, NoValue):
        return [f"--filled '{question.table}.{question.column}=…'"]
    old = question.old if question.owner is None else f"{question.owner}.{question.old}"
    both = f"--renamed '{old}={question.new}'"
    return [both] if question.kind == "label" else [both, f"--dropped '{old}'"]


def answered(question: MaybeRenamed, is_renamed: bool, answers: Answers) -> None:
    """Note what a person says to a question."""
    old = question.old if question.owner is None else f"{question.owner}.{question.old}"
    if is_renamed:
        answers.renamed(f"{old}={question.new}")
    else:
        answers.dropped(old)


def all_hints(answers: Mapping[str, Iterable[str]], before: Schema, after: Schema) -> Answers:
    """The answers of a command line."""
    found = Answers(before, after)
    for text in answers.get("renamed", ()):
        found.renamed(text)
    for text in answers.get("dropped", ()):
        found.dropped(text)
    for text in answers.get("filled", ()):
        found.filled(text)
    return found
