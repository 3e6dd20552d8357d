"""Row values on SQLite, where IN takes them as VALUES only, and decimals at one scale for each position."""

from __future__ import annotations

from collections.abc import Iterable

from dialects.sqlite.scaled import ScaledCompiler, common_scale
from dialects.sqlite.sources import selected_as
from qb import nodes
from qb.errors import UnsupportedError
from qb.nodes import Expression
from qb.types import WIDEST, Numeric


class TupleCompiler(ScaledCompiler):
    """Renders comparisons of row values."""

    def tuple_list(self, texts: Iterable[str]) -> str:
        return f"VALUES {super().tuple_list(texts)}"

    def tuple_in_query(self, node: nodes.TupleIn, query: nodes.Subquery, word: str) -> str:
        texts, kinds = [], []
        for operand, column in zip(node.operands, query.query.projection, strict=True):
            assert isinstance(column, Expression)
            scale = common_scale(operand, column)
            if scale is None and "numeric" in (operand.type.kind, column.type.kind):
                raise UnsupportedError("SQLite cannot look for a decimal among floats of a sub-query")
            kinds.append(column.type if scale is None else Numeric(WIDEST, scale))
            texts.append(self.operand(operand, 0) if scale is None else self.at_scale(operand, scale))
        return f"({', '.join(texts)}) {word} ({self.visit(selected_as(query.query, kinds))})"
