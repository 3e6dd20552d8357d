"""What the words of messages are made of."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from mypy.checker import TypeChecker
from mypy.messages import format_type
from mypy.types import Type


def quoted(api: TypeChecker, type: Type) -> str:
    """A type in mypy's own words, quoted."""
    return format_type(type, api.options)


def amount(number: int, noun: str) -> str:
    """So many of something."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def closest(name: str, known: Iterable[str]) -> str:
    """The name that was meant, as the end of a sentence; nothing where none is near."""
    near = difflib.get_close_matches(name, list(known), 1)
    return f'; did you mean "{near[0]}"?' if near else ""


def listed(known: list[str]) -> str:
    """All names that there are, as the end of a sentence."""
    return f"; it has {', '.join(known)}" if known else ""


def one_of(keys: list[list[str]]) -> str:
    """Keys of one or more columns, of which any will do."""
    return " or ".join([f"({', '.join(key)})" for key in keys])


def undecided(name: str) -> str:
    """A note, and no error: it has no rule."""
    return f"What {name}() returns cannot be taken from its body, which needs it itself: the declared type counts"
