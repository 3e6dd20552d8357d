"""SQL text as tokens (extra `cli`): strings, names and comments are told apart as the engine does it."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from sqlglot.dialects import Postgres, SQLite
from sqlglot.errors import TokenError
from sqlglot.tokenizer_core import TokenType
from sqlglot.tokens import Tokenizer

from qb.errors import SchemaError


class Token(NamedTuple):
    """A word, a name, a string or a sign. Comments are none."""

    text: str
    """As it is written, quotes included."""
    name: str | None
    """What an identifier names, quoted or not; None for what is no identifier."""
    start: int
    end: int
    """Where it is in the text."""

    def is_word(self, *words: str) -> bool:
        """Whether it is one of some keywords, given in capitals."""
        return self.text.upper() in words


def tokens(text: str, dialect: str) -> list[Token]:
    """The tokens of a SQL text. Raises SchemaError where a string or a quoted name does not end."""
    try:
        found = tokenizer(dialect)().tokenize(text)
    except TokenError as error:
        raise SchemaError(f"this is no SQL that can be read: {error}") from error
    return [
        Token(
            text[token.start : token.end + 1],
            token.text if token.token_type in (TokenType.IDENTIFIER, TokenType.VAR) else None,
            token.start,
            token.end + 1,
        )
        for token in found
    ]


@cache
def tokenizer(dialect: str) -> type[Tokenizer]:
    """sqlglot's, without its commands, whose rest it would take for one string up to the next semicolon."""
    base = Postgres if dialect == "postgres" else SQLite
    return type("QbTokenizer", (base.Tokenizer,), {"COMMANDS": set()})
