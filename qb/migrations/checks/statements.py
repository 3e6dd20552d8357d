"""What statements do that people write, beyond the operations that they are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from qb.errors import SchemaError
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.probes import Probes
from qb.migrations.checks.reading import Statement, StatementReader
from qb.migrations.scripts import Script
from qb.schema.objects import Name, Schema
from qb.schema.reading import Reader

TRANSACTIONS = ("BEGIN", "START", "COMMIT", "END", "ABORT")
"""What statements begin with that have no place in a migration, which is a transaction or has none."""


class StatementSafety(Probes):
    """Classifies statements."""

    def reader(self, schema: Schema) -> StatementReader:
        """What reads the statements that people write."""
        return StatementReader(schema)

    def of_statements(
        self, script: Script, statements: Mapping[int, Statement], steps: Sequence[Step]
    ) -> Iterator[tuple[int, Finding]]:
        """What there is to know about statements that people have written into a script, by their numbers there, beyond
        the operations that they are.
        """
        for number, each in statements.items():
            words = each.words(self.ddl.description.dialect)
            if words[0] in TRANSACTIONS or words == ["ROLLBACK"]:
                text = f"{words[0]} ends the transaction in which qb notes what is done, or begins another in it"
                yield number, Finding(rules.TRANSACTION_CONTROL, None, None, text)
            elif not each.is_understood:
                yield number, unread(each)
            if each.cascades:
                text = f"what depends on it goes, too, whatever that is: {first_words(each.sql)}"
                yield number, Finding(rules.CASCADE, None, None, text)
            for finding in readable(each, self.removed_rows(each, words)):
                yield number, finding

    def removed_rows(self, statement: Statement, words: Sequence[str]) -> Iterator[Finding]:
        """What a DELETE takes away, also one after WITH or in a MERGE."""
        reader = Reader(statement.sql, self.ddl.description.dialect)
        if reader.takes("DELETE", "FROM"):
            name = named(reader)
            probe = self.rows(name) if reader.at_end() else None
            if reader.takes("WHERE"):
                condition = reader.between(reader.until("RETURNING"))
                probe = f"{self.rows(name)} WHERE {condition}"
            yield Finding(rules.DELETE_ROWS, None, name, f'rows of "{name}" go', probe)
        elif words[0] in ("WITH", "MERGE") and "DELETE" in words:
            yield Finding(rules.DELETE_ROWS, None, None, f"rows go: {first_words(statement.sql)}")


def readable(statement: Statement, found: Iterable[Finding]) -> Iterator[Finding]:
    """Findings about a statement. Where it is not what it begins like, that is said."""
    try:
        yield from found
    except SchemaError:
        if statement.is_understood:
            yield unread(statement)


def unread(statement: Statement) -> Finding:
    """What is said of a statement that cannot be read."""
    text = f"nothing is known of what {first_words(statement.sql)} does to tables"
    return Finding(rules.UNREAD, None, None, text)


def first_words(sql: str) -> str:
    """The beginning of a statement, for people."""
    text = " ".join(sql.split())
    return text if len(text) <= 60 else f"{text[:60]}…"


def named(reader: Reader) -> Name:
    """The table that is named next."""
    reader.takes("ONLY")
    return reader.qualified_name()
