"""Columns of values that drivers take as they are, told for all values at once by what is written in C."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from types import NoneType
from typing import Any

from qb.compiler.base import EncoderOfMany

Check = Callable[[Sequence[Any]], bool]


def anything(values: Sequence[Any]) -> bool:
    """Whatever the class has."""
    return True


def whole(code: str) -> Check:
    """Whether numbers fit: "h" into 16 bits, "i" into 32, "q" into 64."""

    def fits(values: Sequence[Any]) -> bool:
        try:
            array(code, values)
        except OverflowError:
            return False
        return True

    return fits


def of(cls: type, check: Check = anything, encode: Callable[[Any], Any] | None = None) -> EncoderOfMany:
    """The values, if all of them are exactly of a class, or NULL, and pass a check. With `encode`, what that makes of
    them, if none is NULL.
    """
    both = {cls, NoneType}

    def encoded(values: Sequence[Any]) -> Sequence[Any] | None:
        classes = set(map(type, values))
        if classes == {cls}:
            if not check(values):
                return None
            return values if encode is None else list(map(encode, values))
        if classes == both and encode is None:
            return values if check([value for value in values if value is not None]) else None
        return None

    return encoded


def texts(forbidden: str | None = None) -> EncoderOfMany:
    """The values, if all of them are texts, or NULL, without a character that the engine cannot keep."""

    def encoded(values: Sequence[Any]) -> Sequence[Any] | None:
        try:
            together = "".join(values)
        except TypeError:
            try:
                together = "".join([value for value in values if value is not None])
            except TypeError:
                return None
        return None if forbidden is not None and forbidden in together else values

    return encoded
