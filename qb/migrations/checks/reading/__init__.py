"""SQL that people write into migrations, read as operations, as far as it is about tables and what belongs to them."""

from __future__ import annotations

from qb.errors import SchemaError
from qb.migrations.checks.reading.alter import AlterReader
from qb.migrations.checks.reading.create import CreateReader
from qb.migrations.checks.reading.drop import DropReader
from qb.migrations.checks.reading.statement import Statement
from qb.schema.reading import Reader

HARMLESS = {
    *("SELECT", "INSERT", "UPDATE", "DELETE", "MERGE", "WITH", "VALUES", "TABLE", "REPLACE", "EXPLAIN", "ANALYZE"),
    *("SET", "RESET", "SHOW", "PRAGMA", "COMMENT", "GRANT", "REVOKE", "SECURITY", "IMPORT", "COPY", "NOTIFY"),
    *("BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT", "SAVEPOINT", "RELEASE", "LOCK", "TRUNCATE", "REINDEX"),
    *("VACUUM", "CLUSTER", "REFRESH", "CREATE", "DROP", "ALTER", "ATTACH", "DETACH", "CHECKPOINT", "DISCARD"),
}
"""What statements begin with that change no table, or that rules of their own look at. Others are not understood."""


class StatementReader(CreateReader, DropReader, AlterReader):
    """Reads statements one after the other, and knows the schema after each."""

    def read(self, sql: str) -> Statement:
        """What the next statement does."""
        self.statement = Statement(sql)
        try:
            self.reader = Reader(sql, self.schema.dialect)
            self.any()
        except SchemaError:
            self.statement.is_understood = False
        return self.statement

    def any(self) -> None:
        """Whatever it is."""
        reader = self.reader
        if reader.takes("CREATE"):
            self.create()
        elif reader.takes("DROP"):
            self.drop()
        elif reader.takes("ALTER"):
            self.alter()
        else:
            self.statement.is_understood = reader.word().text.upper() in HARMLESS


__all__ = ["Statement", "StatementReader"]
