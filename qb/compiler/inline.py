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


_MADE: dict[type[BaseCompiler], type[BaseCompiler]] = {}


def inlining(compiler: type[BaseCompiler]) -> type[BaseCompiler]:
    """The compiler with `Inline` mixed in."""
    # By the class, not its name: those that compile prepared queries all have one name.
    if compiler not in _MADE:
        _MADE[compiler] = type(f"Inline{compiler.__name__}", (Inline, compiler), {})
    return _MADE[compiler]
