"""What D1 would refuse for its size, told before it is sent."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialects.d1.limits import DEPTH, PARAMETERS, SQL_BYTES, VALUE_BYTES
from qb.errors import CompileError, EncodingError, TooManyParameters
from qb.nodes import Column, Node, Source, Statement
from qb.rewriting import fields

SHORT = 400
"""Characters of SQL in which nothing can be too deep."""


def check(node: Node, text: str, parameters: Sequence[object]) -> None:
    """Raise TooManyParameters, CompileError or EncodingError for a statement that is too large."""
    if len(parameters) > PARAMETERS:
        raise TooManyParameters(
            f"this statement has {len(parameters)} parameters, and D1 takes {PARAMETERS}: send it in parts, "
            f"as one batch"
        )
    if len(text) > SHORT:
        if len(text) * 4 > SQL_BYTES and len(text.encode()) > SQL_BYTES:
            raise CompileError(
                f"this statement has {len(text.encode()):,} bytes of SQL, and D1 takes {SQL_BYTES:,}: send it in "
                f"parts, as one batch"
            )
        levels = depth(node)
        if levels > DEPTH:
            raise CompileError(
                f"this statement has expressions {levels} levels deep, and D1 takes {DEPTH}: split it into sub-queries"
            )


def check_values(parameters: Sequence[object]) -> None:
    """Raise EncodingError for a text or blob that is too large."""
    for value in parameters:
        if isinstance(value, (str, bytes)) and len(value) * 4 > VALUE_BYTES:
            size = len(value.encode() if isinstance(value, str) else value)
            if size > VALUE_BYTES:
                raise EncodingError(f"a value of {size:,} bytes is too large: D1 takes {VALUE_BYTES:,}")


def depth(node: Any) -> int:  # any field of any node
    """How many levels of expressions there are within one, as SQLite counts at least; AND and OR are rendered flat."""
    deepest, waiting = 0, [(node, 0)]
    while waiting:
        part, level = waiting.pop()
        if isinstance(part, (tuple, list)):
            waiting += [(item, level) for item in part]
        elif isinstance(part, Node):
            deepest = max(deepest, level)
            if isinstance(part, (Column, Source)):
                continue
            below = 0 if isinstance(part, Statement) else level + (getattr(part, "operator", None) not in ("AND", "OR"))
            waiting += [(getattr(part, field), below) for field in fields(part)]
    return deepest
