"""Texts of SQL, read as tokens: which names they mention, and the same text with other names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

from qb.identifiers import QUOTED
from qb.schema.tokens import Token, tokens

BEFORE_OTHERS = {"::", "AS", "COLLATE"}
"""After these comes the name of a type, of an alias or of a collation: no column."""


@lru_cache(maxsize=4096)
def tokens_of(sql: str, dialect: str) -> tuple[Token, ...]:
    """The tokens of a text, which is often asked for again."""
    return tuple(tokens(sql, dialect))


def words(sql: str, dialect: str) -> Iterator[Token]:
    """What may be a name in a text: everything but literals, signs, functions and types. An unquoted name is not told
    from a keyword: only the engine can do so.
    """
    found = tokens_of(sql, dialect)
    for number, token in enumerate(found):
        if not is_quoted(token) and not token.text[:1].isidentifier():
            continue
        if is_literal(token):
            continue
        is_call = number + 1 < len(found) and found[number + 1].text == "("
        if is_call and not is_quoted(token):
            continue
        if number and found[number - 1].is_word(*BEFORE_OTHERS):
            continue
        yield token


def is_quoted(token: Token) -> bool:
    """Whether it is a name in quotes."""
    return token.name is not None and token.text[:1] in ('"', "`", "[")


def is_literal(token: Token) -> bool:
    """Whether it is a string, of whatever kind, or a number."""
    return not is_quoted(token) and (token.text[-1:] in ("'", "$") or token.text[:1].isdigit())


def is_named(token: Token, name: str, dialect: str) -> bool:
    """Whether a word may mean an object of this name."""
    if is_quoted(token) and dialect == "postgres":
        return token.name == name
    return (token.name or token.text).lower() == name.lower()


def mentions(sql: str, name: str, dialect: str) -> bool:
    """Whether a text may mention an object of a name. What stands in strings does not count."""
    return any(is_named(word, name, dialect) for word in words(sql, dialect))


def renamed(sql: str, names: Mapping[str, str], dialect: str) -> str:
    """The same expression over columns that have other names now: `names` has the new ones by the old ones.

    `renamed('"a" > 1', {"a": "b"}, "sqlite")` is `"b" > 1`.
    """
    parts, done = [], 0
    for word in words(sql, dialect) if names else ():
        new = next((new for old, new in names.items() if is_named(word, old, dialect)), None)
        if new is not None:
            parts += [sql[done : word.start], QUOTED[new]]
            done = word.end
    return "".join([*parts, sql[done:]])


def alike(one: str | None, other: str | None, dialect: str) -> bool:
    """Whether two expressions say the same, apart from spaces, comments, and quotes that a name does not need."""
    return one == other or plain_text(one, dialect) == plain_text(other, dialect)


def plain_text(sql: str | None, dialect: str) -> tuple[str, ...] | None:
    """An expression as it compares: its tokens."""
    if sql is None:
        return None
    return tuple([plain(token, dialect != "postgres") for token in tokens_of(sql, dialect)])


def plain(token: Token, ignores_case: bool) -> str:
    """One of them: a literal as it is, a name without its quotes."""
    if is_literal(token):
        return token.text
    if is_quoted(token) and not ignores_case:
        return token.name or ""
    return (token.name or token.text).lower()
