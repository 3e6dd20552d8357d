"""What a CREATE INDEX of SQLite says beyond what its PRAGMAs tell."""

from __future__ import annotations

from dataclasses import dataclass

from qb.schema.reading import Reader, unquoted
from qb.schema.tokens import Token


@dataclass(frozen=True, slots=True)
class ReadKey:
    """What an index is sorted by, as it is written."""

    text: str
    name: str | None
    """What it names, if it is one word."""
    collation: str | None
    descending: bool


@dataclass(frozen=True, slots=True)
class ReadIndex:
    """A CREATE INDEX statement."""

    keys: tuple[ReadKey, ...]
    is_unique: bool
    where: str | None


def read_index(sql: str) -> ReadIndex:
    """Read a statement out of sqlite_master. Raises SchemaError when it is not understood."""
    reader = Reader(sql, "sqlite")
    reader.expect("CREATE")
    is_unique = reader.takes("UNIQUE")
    reader.expect("INDEX")
    reader.takes("IF", "NOT", "EXISTS")
    reader.qualified_name()
    reader.expect("ON")
    reader.name()
    reader.expect("(")
    keys = [read_key(reader, reader.skip(",", ")"))]
    while reader.takes(","):
        keys.append(read_key(reader, reader.skip(",", ")")))
    reader.expect(")")
    where = reader.rest() if reader.takes("WHERE") else None
    return ReadIndex(tuple(keys), is_unique, where)


def read_key(reader: Reader, words: list[Token]) -> ReadKey:
    """One of the keys."""
    descending = words[-1].text.upper() == "DESC"
    if len(words) > 1 and words[-1].text.upper() in ("ASC", "DESC"):
        words = words[:-1]
    collation = None
    if len(words) > 2 and words[-2].text.upper() == "COLLATE":
        collation = unquoted(words[-1].text)
        words = words[:-2]
    name = unquoted(words[0].text) if len(words) == 1 else None
    return ReadKey(reader.between(words), name, collation, descending)
