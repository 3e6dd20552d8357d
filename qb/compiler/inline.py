"""Expressions without parameters, for where nothing can be bound: DDL, and what names an index."""

from __future__ import annotations

from qb.compiler.base import BaseCompiler
from qb.identifiers import Names
from qb.types import SqlType


class Inline(BaseCompiler):
    """Mixed into a compiler: columns stand without their table, values are literals."""

    paths = Names()

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        return self.literal(value, type)

    def store(self, value: object, type: SqlType) -> str:
        return self.literal(value, type)


_MADE: dict[str, type[BaseCompiler]] = {}


def inlining(compiler: type[BaseCompiler]) -> type[BaseCompiler]:
    """The compiler with `Inline` mixed in."""
    name = f"{compiler.__module__}.{compiler.__qualname__}"
    if name not in _MADE:
        _MADE[name] = type(f"Inline{compiler.__name__}", (Inline, compiler), {})
    return _MADE[name]
