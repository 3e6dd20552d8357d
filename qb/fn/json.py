"""Functions of JSON documents."""

from __future__ import annotations

from typing import Any, TypeVar

from qb import types
from qb.errors import CompileError
from qb.expressions import Expr
from qb.json_paths import at, words

T = TypeVar("T")

SCALARS = types.INTEGERS | types.TEXTS | {"boolean", "real"}
"""Kinds of types that JSON has, too."""


def json_value(document: Expr[Any], *path: str | int, returns: Expr[T]) -> Expr[T | None]:
    """The part of a document at a path, as a kind of column: for documents whose Python type does not tell.

        fn.json_value(User.data, "sizes", 0, returns=col.integer())

    NULL where there is no such part. Raises CompileError for kinds that JSON does not have: take a date as a text.
    """
    kind = returns.node.type
    if not path:
        raise TypeError("json_value() needs a path: the keys and indexes that lead to the value")
    if kind.kind not in SCALARS and kind.kind != "json":
        raise CompileError(f"JSON has no {kind!r}: take the part as col.text()")
    if document.node.type.kind not in ("json", "any"):
        raise CompileError(f"{words(document.node)} is {document.node.type!r}: only a JSON document has parts")
    return Expr(at(document.node, path, kind))
