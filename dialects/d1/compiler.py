"""D1's SQL, where it differs from SQLite's: a number that is bound arrives as a float, so whole numbers are cast
wherever no column makes them whole again; and statements are kept within D1's limits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import MappingProxyType
from typing import Any, TypeVar

from dialects.d1.checks import check, check_values
from dialects.d1.codecs import ENCODERS, EXACT_FLOAT, OF_COLUMNS, STORED, WHOLE
from dialects.d1.limits import ARGUMENTS, PARAMETERS, PATTERN_BYTES, TERMS
from dialects.d1.results import ResultCompiler
from dialects.sqlite.codecs import ENCODERS as OF_SQLITE
from dialects.sqlite.codecs import LISTED
from dialects.sqlite.compiler import SqliteCompiler
from dialects.sqlite.sources import Stored
from qb import nodes
from qb.compiler.base import name_column
from qb.errors import EncodingError, UnsupportedError
from qb.nodes import Column, Compound, Expression, Node, Parameter, Statement
from qb.symbols import Symbol, sample_of
from qb.types import INTEGERS, Array, SqlType

N = TypeVar("N", bound=Node)

HAS_AFFINITY = INTEGERS | {"boolean"}
"""Kinds of columns that make whole numbers of what is compared with them, as it was bound."""
CHAIN = 30
"""So many conditions may follow one another; of more, halves are put into parentheses, which are less deep."""


class D1Compiler(ResultCompiler):
    """The compiler for Cloudflare D1."""

    encoders = ENCODERS
    stored = STORED
    of_columns = OF_COLUMNS
    json_items = MappingProxyType({**SqliteCompiler.json_items, "real": EXACT_FLOAT})
    functions = MappingProxyType({**SqliteCompiler.functions, "power": "pow", "log10": "log"})
    is_whole: bool = False
    """Whether what is bound becomes a whole number by itself."""
    lists_as_json: bool = False
    """Whether each list of IN is one parameter."""

    def compile(self, node: Node) -> tuple[str, tuple[object, ...]]:
        text, parameters = super().compile(node)
        if len(parameters) > PARAMETERS and not self.lists_as_json:
            other = type(self)()
            other.lists_as_json = True
            return other.compile(node)
        check(node, text, parameters)
        check_values(parameters)
        return text, parameters

    # What is bound

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        mark = super().bind(value, type, beside)
        return f"CAST({mark} AS INTEGER)" if type.kind in WHOLE and not self.is_whole else mark

    def store(self, value: object, type: SqlType) -> str:
        before, self.is_whole = self.is_whole, True
        mark = super().store(value, type)
        self.is_whole = before
        return mark

    def visit_stored(self, node: Stored) -> str:
        text = super().visit_stored(node)
        is_bound = node.operand.__class__ is Parameter and node.type.kind in WHOLE
        return f"CAST({text} AS INTEGER)" if is_bound else text  # in a set operation there is no column

    def literal(self, value: object, type: SqlType) -> str:
        text = super().literal(value, type)
        return text.strip("'") if type.kind in WHOLE else text

    def visit_comparison(self, node: nodes.Comparison) -> str:
        left, right = node.left, node.right
        if is_plain(left, right) or is_plain(right, left):
            return self.as_bound(super().visit_comparison, node)
        return super().visit_comparison(node)

    def range(self, node: nodes.Between) -> str:
        if is_plain(node.operand, node.low, node.high):
            return self.as_bound(super().range, node)
        return super().range(node)

    def membership(self, node: nodes.In) -> str:
        options = node.options
        if isinstance(options, tuple):
            together = one_list(node.operand, options) if self.lists_as_json else None
            if together is not None:
                return super().membership(nodes.In(node.operand, together, node.negated))
            if is_plain(node.operand, *options):
                return self.as_bound(super().membership, node)
        return super().membership(node)

    def counts(self, node: nodes.Select | Compound) -> str:
        for count in (node.limit, node.offset):
            if count is not None and not isinstance(count, Parameter):
                return super().counts(node)
        return self.as_bound(super().counts, node)

    def as_bound(self, render: Callable[[N], str], node: N) -> str:
        """The text of a part in which what is bound becomes a whole number by itself."""
        before, self.is_whole = self.is_whole, True
        text = render(node)
        self.is_whole = before
        return text

    # Within the limits

    def inserted_rows(self, node: nodes.Insert, values: nodes.Values) -> str:
        if values.plain and len(values.rows) * len(node.columns) > PARAMETERS:
            from dialects.d1.loading import document, selected

            text = document(self.encoded_rows(node.columns, values.rows), node.columns)
            if text is not None:
                self.parameters.append(text)
                # Without a WHERE, the ON of ON CONFLICT is taken for a join's.
                return selected(node.columns) + (" WHERE 1 = 1" if node.on_conflict else "")
        return super().inserted_rows(node, values)

    def encoded_rows(self, columns: Sequence[Column], rows: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Plain rows as their columns keep them."""
        encoded: list[Sequence[Any]] = []
        for column, values in zip(columns, zip(*rows, strict=True), strict=True):
            kind = column.type
            encode = self.stored.get(kind.kind) or self.encoders.get(kind.kind)
            try:
                encoded.append(
                    values if encode is None else [None if value is None else encode(value, kind) for value in values]
                )
            except EncodingError as error:
                name_column(error, column)
                raise
        return list(zip(*encoded, strict=True))

    def visit_binary(self, node: nodes.Binary) -> str:
        if node.operator in ("AND", "OR"):
            terms = chain(node)
            if len(terms) > CHAIN:
                return self.in_halves(terms, node.operator)
        return super().visit_binary(node)

    def in_halves(self, terms: list[Expression], operator: str) -> str:
        """Many conditions, of which no one is deep inside of the others."""
        if len(terms) == 1:
            return self.operand(terms[0], 3)
        half = len(terms) // 2
        return f"({self.in_halves(terms[:half], operator)} {operator} {self.in_halves(terms[half:], operator)})"

    def set_operand(self, query: Statement, node: Compound, is_left: bool) -> str:
        text = super().set_operand(query, node, is_left)
        terms = terms_of(query)  # of which every fifth one encloses those before it, which are one then
        return self.enclosed(text) if is_left and terms > 1 and terms % (TERMS - 1) == 1 else text

    def glob(self, node: nodes.Affix, part: Parameter, pattern: SqlType) -> str:
        value = sample_of(part.value)
        if isinstance(value, str) and len(OF_SQLITE[pattern.kind](value, pattern).encode()) > PATTERN_BYTES:
            return self.place(node)
        return super().glob(node, part, pattern)

    def visit_function(self, node: nodes.Function) -> str:
        if len(node.arguments) > ARGUMENTS and node.name != "concat":  # which is no function here
            raise UnsupportedError(
                f"{node.name} has {len(node.arguments)} arguments here, and D1 takes {ARGUMENTS}: nest one in another"
            )
        return super().visit_function(node)

    # What D1 does not have

    def visit_table(self, node: nodes.Table) -> str:
        if node.schema not in (None, "main"):
            raise UnsupportedError(f'D1 has one schema, and "{node.name}" is in "{node.schema}": ask its own database')
        return super().visit_table(node)

    def visit_match(self, node: nodes.Match) -> str:
        raise UnsupportedError("D1 has no regular expressions: write .like(…), .startswith(…) or .contains(…)")


def is_plain(column: Expression, *values: Expression) -> bool:
    """Whether these are values beside a column that makes whole numbers of them."""
    if not isinstance(column, Column) or not isinstance(column.source, nodes.Table):
        return False
    return column.type.kind in HAS_AFFINITY and all(
        isinstance(value, Parameter) and value.type.kind in HAS_AFFINITY for value in values
    )


def one_list(operand: Expression, options: tuple[Expression, ...]) -> Parameter | None:
    """Values as one parameter; None when they are not of one type that JSON keeps."""
    kind = options[0].type
    values = []
    for option in options:
        if not isinstance(option, Parameter) or option.value is None or isinstance(option.value, Symbol):
            return None
        if option.type != kind:
            return None
        values.append(option.value)
    if kind.kind not in LISTED or (kind.kind == "numeric" and kind != operand.type):
        return None
    return Parameter(values, Array(kind))


def chain(node: nodes.Binary) -> list[Expression]:
    """The conditions that one operator combines."""
    terms: list[Expression] = []
    waiting: list[Expression] = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, nodes.Binary) and part.operator == node.operator:
            waiting += [part.right, part.left]
        else:
            terms.append(part)
    return terms


def terms_of(query: Statement) -> int:
    """How many queries stand side by side in a set operation."""
    return 1 + terms_of(query.left) if isinstance(query, Compound) else 1
