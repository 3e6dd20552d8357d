"""What `qb check` finds: in migrations as qb wrote them, in what people wrote into them, and in the declared tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from qb.dialect import Dialect
from qb.errors import SchemaError
from qb.migrations.apply import applied
from qb.migrations.checks import rules
from qb.migrations.checks.allowing import Allowance, in_script
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.reading import Statement, StatementReader
from qb.migrations.expressions import plain_text
from qb.migrations.files import Folder
from qb.migrations.migration import Migration
from qb.migrations.operations import Operation
from qb.schema.objects import Schema


@dataclass(frozen=True)
class Found:
    """A finding, where it was found, and whether somebody has looked at it."""

    finding: Finding
    migration: str | None = None
    """None for what is declared, or set for the project."""
    statement: str | None = None
    """The SQL that it is about; the first of several."""
    allowed: str | None = None
    """Why it is allowed; None where it is not."""
    rows: int | None = None
    """What its probe gave, where a database was asked."""


def check(
    dialect: Dialect, folder: Folder, migrations: Iterable[Migration], allowed: Sequence[Allowance] = ()
) -> list[Found]:
    """What there is to know about migrations. What is allowed by settings of the project is marked, and so is what a
    comment in a file allows; a comment that allows what is not found is found itself.
    """
    return [found for each in migrations for found in Check(dialect, folder.before(each), each).found(allowed)]


def check_declared(dialect: Dialect, declared: Schema, allowed: Sequence[Allowance] = ()) -> list[Found]:
    """What there is to know about tables as they are declared."""
    found = dialect.renderer().safety().of_schema(declared)
    return [Found(each, allowed=reason(each, allowed)) for each in found]


def reason(finding: Finding, allowed: Iterable[Allowance]) -> str | None:
    """Why something is allowed."""
    return next((each.reason for each in allowed if each.covers(finding)), None)


def unused(found: Sequence[Found], allowed: Iterable[Allowance]) -> list[Found]:
    """The settings of the project that allow nothing of all that was found."""
    return [
        Found(useless(each, "[tool.qb]"))
        for each in allowed
        if not any(each.covers(one.finding) and one.allowed is not None for one in found)
    ]


def useless(allowance: Allowance, where: str) -> Finding:
    """An allowance that allows nothing."""
    return Finding(rules.UNUSED_ALLOW, None, None, f"{where} allows {allowance}, and nothing of it is found")


class Check:
    """Looks at one migration."""

    def __init__(self, dialect: Dialect, before: Schema, migration: Migration) -> None:
        self.migration = migration
        self.renderer = dialect.renderer()
        self.safety = self.renderer.safety()
        self.before = before
        self.script = migration.script()
        self.texts = [self.plain(text) for text in self.script.statements]
        self.written: list[tuple[int, Operation]] = []
        """The operations whose SQL is there as qb wrote it, each with the number of its first statement."""
        self.places: dict[int, list[int]] = {}
        """By the identity of an operation, its statements."""
        self.by_hand = set(range(len(self.texts)))
        self.recognize()

    def plain(self, text: str) -> tuple[str, ...]:
        """A statement as it compares."""
        return plain_text(text, self.before.dialect) or ()

    def recognize(self) -> None:
        """Tell what qb wrote from what people wrote."""
        last = 0
        for operations, statements in self.renderer.pieces(self.before, self.migration.operations):
            numbers = [self.number(self.plain(each)) for each in statements]
            if None in numbers:
                continue  # somebody has written it in another way, which is read
            there = [number for number in numbers if number is not None]
            self.by_hand -= set(there)
            last = there[0] if there else last
            for each in operations:
                self.written.append((last, each))
                self.places[id(each)] = there

    def number(self, text: tuple[str, ...]) -> int | None:
        """The statement that says this and is not taken for another yet."""
        return next((number for number in sorted(self.by_hand) if self.texts[number] == text), None)

    def found(self, allowed: Sequence[Allowance]) -> Iterator[Found]:
        """Everything, in the order of the file."""
        ahead = in_script(self.migration.up, self.before.dialect)
        used: set[tuple[int, Allowance]] = set()
        for numbers, finding in sorted(self.findings(), key=lambda each: each[0]):
            why = reason(finding, allowed)
            for number in numbers:
                for each in ahead.get(number, ()):
                    if each.covers(finding):
                        used.add((number, each))
                        why = each.reason
            statement = self.script.statements[numbers[0]] if numbers else None
            yield Found(finding, self.migration.name, statement, why)
        for number, allowances in ahead.items():
            for each in allowances:
                if (number, each) not in used:
                    finding = useless(each, "the comment")
                    yield Found(finding, self.migration.name, self.script.statements[number])

    def findings(self) -> Iterator[tuple[list[int], Finding]]:
        """What there is to know, with the numbers of the statements that it is about."""
        reader = self.safety.reader(self.before)
        statements: dict[int, Statement] = {}
        steps: list[Step] = []
        for number, text in enumerate(self.script.statements):
            steps += [self.step(reader, each) for place, each in self.written if place == number]
            if number in self.by_hand:
                statements[number] = reader.read(text)
                steps += statements[number].steps
                self.places |= {id(each): [number] for _, each in statements[number].steps}
        operations = [each for _, each in self.written]
        rebuilt = self.safety.rebuilt(self.before, operations) if operations else ()
        for finding in (*self.safety.classified(steps), *rebuilt):
            yield self.places.get(id(finding.operation), []), finding
        for number, finding in self.safety.of_statements(self.script, statements, steps):
            yield self.places.get(id(finding.operation), [number]), finding

    def step(self, reader: StatementReader, operation: Operation) -> Step:
        """An operation that qb wrote. What somebody wrote ahead of it may have done the same already."""
        before = reader.schema
        try:
            reader.schema = applied(before, [operation])
        except SchemaError:
            before = self.known(operation)
        return before, operation

    def known(self, operation: Operation) -> Schema:
        """The schema just before an operation, had nobody written anything by hand."""
        operations = [each for _, each in self.written]
        return applied(self.before, operations[: operations.index(operation)])
