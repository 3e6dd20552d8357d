"""What PostgreSQL does with statements that people write into migrations, beyond the operations that they are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from dialects.postgres.migrations.conversions import converted
from qb.identifiers import LONGEST_NAME
from qb.migrations import operations as ops
from qb.migrations.checks import rules
from qb.migrations.checks.finding import Finding, Step
from qb.migrations.checks.reading import Statement
from qb.migrations.checks.safety import Safety, tables_of
from qb.migrations.checks.statements import first_words, named, readable
from qb.migrations.scripts import Script
from qb.schema.reading import Reader

ALONE = {
    *(("VACUUM",), ("CREATE", "DATABASE"), ("DROP", "DATABASE"), ("ALTER", "SYSTEM"), ("CREATE", "TABLESPACE")),
    *(("DROP", "TABLESPACE"), ("REINDEX", "DATABASE"), ("REINDEX", "SYSTEM")),
}
"""What statements begin with that PostgreSQL only does outside of a transaction."""
STORED = ("TABLESPACE", "LOGGED", "UNLOGGED", "ACCESS")
"""What ALTER TABLE … SET writes the whole table again for."""
OTHERS = {
    *("FUNCTION", "PROCEDURE", "ROUTINE", "AGGREGATE", "DOMAIN", "EXTENSION", "POLICY", "RULE", "OPERATOR", "CAST"),
    *("COLLATION", "PUBLICATION", "SUBSCRIPTION", "FOREIGN", "SERVER", "ROLE", "USER", "OWNED", "STATISTICS"),
}
"""What DROP may take that is no operation."""


class ByHand:
    """Looks at the statements of a script."""

    dialect: ClassVar[str] = "postgres"

    def __init__(self, safety: Safety, script: Script, steps: Sequence[Step]) -> None:
        self.safety = safety
        self.script = script
        self.steps = steps
        self.new = {each.table.name for _, each in steps if isinstance(each, ops.CreateTable)}
        self.alters = any(
            set(tables_of(each)) - self.new
            for _, each in steps
            if not isinstance(each, (ops.CreateTable, ops.CreateEnum))
        )
        """Whether a table that was there before is altered."""

    def findings(self, statements: Mapping[int, Statement]) -> Iterator[tuple[int, Finding]]:
        """What there is to know, with the number of the statement."""
        labels: set[str] = set()
        for number, text in enumerate(self.script.statements):
            reader = Reader(text, self.dialect)
            strings = {word.text[1:-1] for word in reader.words if word.text[0] == "'"}
            statement = statements.get(number)
            if self.script.transactional and not reader.takes("ALTER", "TYPE"):
                for label in sorted(labels & strings):
                    words = f"the label {label!r} is used in the transaction that adds it, which PostgreSQL refuses"
                    yield number, Finding(rules.NEW_LABEL_USED, None, None, words)
            if statement is not None:
                for _, operation in statement.steps:
                    labels |= {operation.label} if isinstance(operation, ops.AddLabel) else set()
                for finding in readable(statement, self.of(statement, statement.words(self.dialect))):
                    yield number, finding
        long = [
            each for each in self.safety.classified(self.steps) if each.probe and each.danger in ("locks", "rewrites")
        ]
        if long and not any(is_timeout(text) for text in self.script.statements):
            text = "it works through tables while others wait, and no statement_timeout ends it"
            yield 0, Finding(rules.STATEMENT_TIMEOUT, long[0].operation, long[0].table, text)

    def of(self, statement: Statement, words: list[str]) -> Iterator[Finding]:
        """What there is to know of one statement."""
        yield from self.names(statement)
        yield from self.casts(statement)
        reader = Reader(statement.sql, self.dialect)
        is_alone = "CONCURRENTLY" in words and not reader.sees("REFRESH")
        if self.script.transactional and (is_alone or any(reader.sees(*head) for head in ALONE)):
            text = f"PostgreSQL refuses {first_words(statement.sql)} inside of a transaction, and a migration is one"
            yield Finding(rules.OUTSIDE_TRANSACTION, None, None, text)
        if reader.sees("CREATE") and is_alone and "EXISTS" in words:
            yield Finding(
                rules.SKIPPED_INDEX,
                None,
                None,
                "an index that was left invalid is taken for there: IF NOT EXISTS skips it",
            )
        if reader.takes("REINDEX"):
            yield from self.reindexed(reader, words)
        elif reader.takes("TRUNCATE"):
            yield from self.truncated(reader, statement)
        elif reader.takes("UPDATE"):
            yield from self.updated(reader)
        elif reader.takes("LOCK"):
            reader.takes("TABLE")
            name = named(reader)
            text = f'others wait for "{name}" until all of this is done'
            yield Finding(rules.LOCK_TABLE, None, name, text, self.safety.rows(name))
        elif reader.takes("REFRESH", "MATERIALIZED", "VIEW") and "CONCURRENTLY" not in words:
            name = named(reader)
            text = f'nobody reads "{name}" while it is computed again'
            yield Finding(rules.REFRESH_VIEW, None, name, text, self.safety.rows(name))
        elif reader.takes("CLUSTER") or (reader.takes("VACUUM") and "FULL" in words):
            yield Finding(
                rules.REWRITE_TABLE, None, None, "whole tables are written again, and nobody reads them meanwhile"
            )
        elif reader.takes("ALTER", "TABLE"):
            yield from self.stored_otherwise(reader, words)
        elif reader.takes("DROP"):
            yield from self.dropped(reader, statement)
        elif reader.sees_any("SET", "RESET"):
            yield from self.settings(words)

    def names(self, statement: Statement) -> Iterator[Finding]:
        """Names that PostgreSQL cuts off."""
        for name in statement.names:
            if len(name.encode()) > LONGEST_NAME:
                text = f'the name "{name}" has more than {LONGEST_NAME} bytes, and is cut off silently'
                yield Finding(rules.LONG_NAME, None, None, text)

    def casts(self, statement: Statement) -> Iterator[Finding]:
        """Types to which PostgreSQL does not go by itself."""
        for schema, operation in statement.steps:
            if not isinstance(operation, ops.AlterColumn) or operation.before.type in ("", operation.after.type):
                continue
            old, new, table = operation.before, operation.after, operation.table
            if converted(schema, old, new) is None:
                continue
            name = f'"{table}.{old.name}"'
            if "USING" not in statement.words(self.dialect):
                text = f"PostgreSQL has no cast by itself from {old.type} to {new.type} for {name}"
                yield Finding(rules.MISSING_CAST, operation, table, text, None, f"USING {converted(schema, old, new)}")
            if old.default is not None:
                text = f"the default of {name}, {old.default}, cannot be cast to {new.type}"
                yield Finding(rules.DEFAULT_CAST, operation, table, text)

    def reindexed(self, reader: Reader, words: list[str]) -> Iterator[Finding]:
        """REINDEX."""
        if reader.sees("("):
            reader.parenthesised()
        if "CONCURRENTLY" in words:
            return
        kind = reader.word().text.upper()
        name = named(reader)
        probe = self.safety.rows(name) if kind == "TABLE" else None
        text = f'nobody writes to the table while {kind.lower()} "{name}" is built again'
        yield Finding(rules.REINDEX, None, name if kind == "TABLE" else None, text, probe)

    def truncated(self, reader: Reader, statement: Statement) -> Iterator[Finding]:
        """TRUNCATE."""
        reader.takes("TABLE")
        cascades = "CASCADE" in statement.words(self.dialect)
        more = ", and those of every table that references it" if cascades else ""
        while True:
            name = named(reader)
            yield Finding(rules.TRUNCATE, None, name, f'all rows of "{name}" go{more}', self.safety.rows(name))
            if not reader.takes(","):
                break

    def updated(self, reader: Reader) -> Iterator[Finding]:
        """An UPDATE beside what locks tables."""
        name = named(reader)
        if not self.alters or not self.script.transactional or name in self.new:
            return
        words = [word.text.upper() for word in reader.words]
        probe = self.safety.rows(name)
        if "WHERE" in words and "FROM" not in words[: words.index("WHERE")] and not reader.sees_any("AS"):
            reader.until("WHERE")
            reader.takes("WHERE")
            probe += f" WHERE {reader.between(reader.until('RETURNING'))}"
        text = f'rows of "{name}" are written while the locks of what is altered are held'
        yield Finding(rules.BACKFILL, None, name, text, probe)

    def stored_otherwise(self, reader: Reader, words: list[str]) -> Iterator[Finding]:
        """What ALTER TABLE does to how rows are stored."""
        reader.takes("IF", "EXISTS")
        name = named(reader)
        for word, following in pairwise(words):
            if word == "SET" and following in STORED and name not in self.new:
                text = f'the whole table "{name}" is written again, and nobody reads it meanwhile: SET {following}'
                yield Finding(rules.REWRITE_TABLE, None, name, text, self.safety.rows(name))

    def dropped(self, reader: Reader, statement: Statement) -> Iterator[Finding]:
        """What goes that is no operation."""
        kind = reader.word().text.upper()
        if kind in OTHERS:
            text = f"programs that run meanwhile may use what goes: {first_words(statement.sql)}"
            yield Finding(rules.DROP_OTHER, None, None, text)

    def settings(self, words: list[str]) -> Iterator[Finding]:
        """Settings that take a safeguard away."""
        plain = [word for word in words if word not in ("LOCAL", "SESSION", "=", "TO")]
        is_off = plain[0] == "RESET" or plain[2:3] in (["0"], ["'0'"], ["DEFAULT"])
        if plain[1:2] in (["LOCK_TIMEOUT"], ["ALL"]) and is_off:
            text = "a statement that waits for a lock waits without end, and everybody behind it"
            yield Finding(rules.LOCK_TIMEOUT, None, None, text)


def is_timeout(sql: str) -> bool:
    """Whether a statement sets how long the others may take."""
    words = [word.text.upper() for word in Reader(sql, "postgres").words[:3]]
    return words[:1] == ["SET"] and "STATEMENT_TIMEOUT" in words
