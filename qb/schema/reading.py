"""Reading a statement word by word (extra `cli`)."""

from __future__ import annotations

from typing import NoReturn

from qb.errors import SchemaError
from qb.schema.objects import Name
from qb.schema.tokens import Token, tokens

QUOTES = {'"': '"', "'": "'", "`": "`", "[": "]"}
"""What a quoted name begins and ends with. SQLite takes a string for a name where only a name can stand."""
LITERALS = ("'", "$")
"""What strings end with, PostgreSQL's E'…' and $$…$$ among them."""


class Reader:
    """The words of a statement, one after the other. Raises SchemaError where they are not what they must be."""

    def __init__(self, text: str, dialect: str) -> None:
        self.text = text
        self.dialect = dialect
        self.words = [word for token in tokens(text, dialect) for word in separated(token)]
        self.position = 0

    def sees(self, *keywords: str) -> bool:
        """Whether these keywords come next."""
        following = self.words[self.position : self.position + len(keywords)]
        return [word.text.upper() for word in following] == list(keywords)

    def takes(self, *keywords: str) -> bool:
        """Go past these keywords, if they come next."""
        if not self.sees(*keywords):
            return False
        self.position += len(keywords)
        return True

    def sees_any(self, *keywords: str) -> bool:
        """Whether one of these keywords comes next."""
        return any(self.sees(keyword) for keyword in keywords)

    def takes_any(self, *keywords: str) -> bool:
        """Go past one of these keywords, if it comes next."""
        return any(self.takes(keyword) for keyword in keywords)

    def expect(self, *keywords: str) -> None:
        """Go past these keywords, which must come next."""
        if not self.takes(*keywords):
            self.fail(" ".join(keywords))

    def word(self) -> Token:
        """The next word, whatever it is."""
        if self.position >= len(self.words):
            self.fail("more")
        self.position += 1
        return self.words[self.position - 1]

    def name(self) -> str:
        """The next word, which is a name."""
        word = self.word()
        if word.text[0] in "(),;" or (self.dialect == "postgres" and word.text[-1] in LITERALS):
            self.position -= 1
            self.fail("a name")
        if self.dialect == "postgres" and word.text[0] != '"':
            return word.text.lower()
        return unquoted(word.text)

    def qualified_name(self) -> Name:
        """The next words, which are a name, perhaps behind that of a schema."""
        first = self.name()
        return Name(self.name(), first) if self.takes(".") else Name(first)

    def names(self) -> tuple[str, ...]:
        """Names in parentheses."""
        self.expect("(")
        found = [self.name()]
        while self.takes(","):
            found.append(self.name())
        self.expect(")")
        return tuple(found)

    def parenthesised(self) -> str:
        """What stands in the parentheses that come next, as it is written."""
        self.expect("(")
        start = self.words[self.position - 1].end
        self.skip(")")
        end = self.words[self.position].start
        self.position += 1
        return self.text[start:end].strip()

    def skip(self, *ends: str) -> list[Token]:
        """The words up to one of these signs, which is not inside of parentheses and is not taken."""
        found = self.until(*ends)
        if self.at_end():
            self.fail(" or ".join(ends))
        return found

    def until(self, *ends: str) -> list[Token]:
        """The words up to one of these signs or keywords, or up to the end."""
        start, depth = self.position, 0
        while self.position < len(self.words):
            text = self.words[self.position].text
            if depth == 0 and text.upper() in ends:
                break
            depth += {"(": 1, ")": -1}.get(text, 0)
            self.position += 1
        return self.words[start : self.position]

    def between(self, words: list[Token]) -> str:
        """The text of words that follow each other, as it is written."""
        return self.text[words[0].start : words[-1].end] if words else ""

    def rest(self) -> str:
        """All that is left, as it is written."""
        found = self.between(self.words[self.position :])
        self.position = len(self.words)
        return found

    def at_end(self) -> bool:
        """Whether nothing is left."""
        return self.position >= len(self.words)

    def fail(self, expected: str) -> NoReturn:
        """Raise SchemaError."""
        found = "the end" if self.at_end() else repr(self.words[self.position].text)
        raise SchemaError(f"{expected} was expected instead of {found} in {self.text!r}")


def separated(token: Token) -> list[Token]:
    """The words of a token: keywords of several words are one for the tokenizer."""
    if token.text[0] in QUOTES or token.text[-1] in LITERALS or len(token.text.split()) == 1:
        return [token]
    found, end = [], 0
    for word in token.text.split():
        start = token.text.index(word, end)
        end = start + len(word)
        found.append(Token(word, word, token.start + start, token.start + end))
    return found


def unquoted(text: str) -> str:
    """The name that a word means."""
    end = QUOTES.get(text[0])
    if end is None:
        return text
    return text[1:-1] if end == "]" else text[1:-1].replace(end * 2, end)
