"""Renames in an order in which no name is taken twice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TypeVar

from qb.identifiers import LONGEST_NAME

K = TypeVar("K")


def steps(
    renames: Mapping[K, K], taken: Iterable[K], aside: Callable[[K], K], spelling: Callable[[K], object]
) -> Iterator[tuple[K, K]]:
    """Pairs of an old and a new name, one after the other. `renames` has the new names by the old ones, `taken` all
    names that are there.

    A name that a rename needs and that something else has is made free first: where that something is renamed, too,
    by its turn; in a circle, or where it stays until it is dropped, by the name that `aside` makes.
    """
    waiting = {old: new for old, new in renames.items() if old != new}
    names = set(taken)
    while waiting:
        used = {spelling(name) for name in names}
        ready = [old for old, new in waiting.items() if spelling(new) not in used]
        if ready:
            old = ready[0]
            new = waiting.pop(old)
        else:
            blocked = next(iter(waiting.values()))
            old = next(name for name in names if spelling(name) == spelling(blocked))
            new = aside(old)
            if old in waiting:
                waiting[new] = waiting.pop(old)
        names = (names - {old}) | {new}
        yield old, new


def aside(name: str) -> str:
    """A name for what is in the way of another."""
    text = f"__old_{name}"
    while len(text.encode()) > LONGEST_NAME:
        text = text[:-1]
    return text
