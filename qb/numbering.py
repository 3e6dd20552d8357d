"""How a sequence counts."""

from __future__ import annotations


def counting(
    start: int | None = None,
    increment: int | None = None,
    minvalue: int | None = None,
    maxvalue: int | None = None,
    cache: int | None = None,
    cycle: bool = False,
) -> str:
    """The options of a sequence as SQL: `START WITH 5 INCREMENT BY 2`."""
    numbers = {
        "START WITH": start,
        "INCREMENT BY": increment,
        "MINVALUE": minvalue,
        "MAXVALUE": maxvalue,
        "CACHE": cache,
    }
    options = [f"{words} {int(number)}" for words, number in numbers.items() if number is not None]
    return " ".join([*options, "CYCLE"] if cycle else options)
