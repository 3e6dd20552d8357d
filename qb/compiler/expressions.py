"""Expressions, with parentheses where they are needed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import ClassVar

from qb import nodes
from qb.compiler.base import BaseCompiler, name_column
from qb.errors import CompileError, EncodingError
from qb.identifiers import QUOTED
from qb.nodes import Binary, Column, Expression, Label, Nested, Node, Parameter, Unary
from qb.rewriting import own_parts
from qb.types import SqlType

PREDICATE, CLOSER = 4, 5
ATOM = 10
PRECEDENCE = {
    "OR": 1,
    "AND": 2,
    "=": PREDICATE,
    "<>": PREDICATE,
    "<": PREDICATE,
    "<=": PREDICATE,
    ">": PREDICATE,
    ">=": PREDICATE,
    "IS DISTINCT FROM": PREDICATE,
    "IS NOT DISTINCT FROM": PREDICATE,
    "||": 5,
    "+": 6,
    "-": 6,
    "*": 7,
    "/": 7,
    "//": 7,
    "%": 7,
}
"""How tightly operators bind, where the engines agree. Elsewhere (`||` next to arithmetic, predicates inside
predicates) parentheses are always written."""
NOT, NEGATION = 3, 8
ONE = nodes.Raw(("1",), ())
STRENGTHS = {
    **dict.fromkeys(("IsNull", "In", "Between", "Like", "Affix", "Match", "TupleComparison", "TupleIn"), PREDICATE),
    "Collate": NEGATION,
    "Raw": 0,
}
"""How tightly the other nodes bind, by their classes' names, where they are no atoms."""


class ExpressionCompiler(BaseCompiler):
    """Renders expressions and projections."""

    escape: ClassVar[str] = ""
    """What stands behind a LIKE."""

    def operand(self, node: Expression, minimum: int, beside: SqlType | None = None) -> str:
        """The text of a part of an expression, in parentheses when it binds less tightly than `minimum`."""
        cls = node.__class__
        if cls is Column:  # the two commonest nodes, so without a call
            self.uses[node.source] = node  # type: ignore[attr-defined,assignment]  # the class was checked
            return self.paths[node.path]  # type: ignore[attr-defined]  # likewise
        if cls is Parameter:
            return self.bind(node.value, node.type, beside)  # type: ignore[attr-defined]  # likewise
        text = self.dispatch[cls](self, node)
        return f"({text})" if self.strength(node) < minimum else text

    def strength(self, node: Expression) -> int:
        """How tightly the text of a node holds together."""
        if isinstance(node, Binary):
            return PRECEDENCE[node.operator]
        if isinstance(node, Unary):
            return NOT if node.operator == "NOT" else NEGATION
        if isinstance(node, Label):
            return self.strength(node.operand)
        return STRENGTHS.get(node.__class__.__name__, ATOM)

    def visit_column(self, node: Column) -> str:
        self.uses[node.source] = node
        return self.paths[node.path]

    def visit_unbound(self, node: nodes.Unbound) -> str:
        return "?column?"

    def visit_absent(self, node: nodes.Absent) -> str:
        raise CompileError(
            "a condition that was not given stands where one is needed: where(), having() and filter(), & and | leave "
            "it out, and nothing else does (to join without a condition, say .cross_join())"
        )

    def visit_parameter(self, node: Parameter) -> str:
        return self.bind(node.value, node.type)

    def visit_null(self, node: nodes.Null) -> str:
        return "NULL"

    def visit_default(self, node: nodes.Default) -> str:
        return "DEFAULT"

    def visit_comparison(self, node: nodes.Comparison) -> str:
        left, right = node.left, node.right
        try:
            if left.type.kind in self.bridged or right.type.kind in self.bridged:
                return self.bridged_comparison(node)
            return f"{self.operand(left, CLOSER)} {node.operator} {self.operand(right, CLOSER, left.type)}"
        except EncodingError as error:
            name_column(error, left, right)
            raise

    def bridged_comparison(self, node: nodes.Comparison) -> str:
        """A comparison of `bridged` types."""
        raise NotImplementedError

    def bridged_key(self, node: Expression) -> str:
        """A sort key of one of the `bridged` types."""
        return self.visit(node)

    def visit_binary(self, node: nodes.Binary) -> str:
        operator = node.operator
        level = PRECEDENCE[operator]
        if level < PREDICATE:  # AND, OR: associative
            return f"{self.operand(node.left, level)} {operator} {self.operand(node.right, level)}"
        return self.arithmetic(node, level)

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        """Arithmetic and `||`: associative to the left."""
        operator, left, right = node.operator, node.left, node.right
        if operator == "/":
            return self.division(node)
        lowest = level
        if operator == "||" and not (isinstance(left, nodes.Binary) and left.operator == "||"):
            lowest = NEGATION
        left_text = self.operand(left, lowest)
        right_text = self.operand(right, max(level + 1, lowest), left.type)
        return f"{left_text} {'/' if operator == '//' else operator} {right_text}"

    def division(self, node: nodes.Binary) -> str:
        """True division."""
        return f"{self.as_float(node.left)} / {self.as_float(node.right)}"

    def as_float(self, node: Expression) -> str:
        """An expression as a double-precision float."""
        return f"CAST({self.visit(node)} AS double precision)"

    def visit_unary(self, node: nodes.Unary) -> str:
        if node.operator == "NOT":
            return f"NOT {self.operand(node.operand, NOT)}"
        return f"-{self.operand(node.operand, ATOM)}"

    def visit_is_null(self, node: nodes.IsNull) -> str:
        text = self.operand(node.operand, CLOSER)
        return f"{text} IS NOT NULL" if node.negated else f"{text} IS NULL"

    def visit_in(self, node: nodes.In) -> str:
        options = node.options
        if isinstance(options, tuple):
            if not options:  # no engine takes an empty list
                return self.in_nothing(node)
            if len(options) == 1 and isinstance(
                options[0], nodes.Subquery
            ):  # to PostgreSQL, IN ((SELECT …)) is no list
                word = "<>" if node.negated else "="
                return self.visit_comparison(nodes.Comparison(word, node.operand, options[0]))
        try:
            return self.membership(node)
        except EncodingError as error:
            name_column(error, node.operand)
            raise

    def in_nothing(self, node: nodes.In) -> str:
        """True or false; but an aggregate must be seen, because it makes one row of many."""
        word = "1 = 1" if node.negated else "1 = 0"
        if not any(isinstance(part, nodes.Aggregate) for part in own_parts(node.operand)):
            return word
        test = f"{self.operand(node.operand, CLOSER)} IS NULL"
        return f"({test} OR {word})" if node.negated else f"({test} AND {word})"

    def membership(self, node: nodes.In) -> str:
        """`operand IN (…)`."""
        options = node.options
        left = self.operand(node.operand, CLOSER)
        word = "NOT IN" if node.negated else "IN"
        if isinstance(options, nodes.Subquery):
            return f"{left} {word} {self.visit(options)}"
        if isinstance(options, Parameter):
            return f"{left} {word} {self.listed(options)}"
        kind = node.operand.type
        items = ", ".join([self.operand(option, CLOSER, kind) for option in options])
        return f"{left} {word} ({items})"

    def listed(self, options: Parameter) -> str:
        """One parameter that is a list, at the right of IN."""
        return f"({self.visit(options)})"

    def visit_distinction(self, node: nodes.Distinction) -> str:
        return self.visit_comparison(node)

    def comparable(self, sides: Sequence[Expression], ordered: bool = False) -> Callable[[Expression], str]:
        """What renders each of these so that the engine compares them as their values do; `ordered` if with `<`."""
        first = sides[0]
        return lambda side: self.operand(side, CLOSER, None if side is first else first.type)

    def visit_between(self, node: nodes.Between) -> str:
        try:
            return self.range(node)
        except EncodingError as error:
            name_column(error, node.operand, node.low, node.high)
            raise

    def range(self, node: nodes.Between) -> str:
        """`operand BETWEEN low AND high`."""
        kind = node.operand.type
        operand = self.operand(node.operand, CLOSER)
        word = "NOT BETWEEN" if node.negated else "BETWEEN"
        low, high = self.operand(node.low, CLOSER, kind), self.operand(node.high, CLOSER, kind)
        return f"{operand} {word} {low} AND {high}"

    def visit_like(self, node: nodes.Like) -> str:
        operand = self.operand(node.operand, CLOSER)
        word = f"{'NOT ' if node.negated else ''}{self.like(node.ignore_case)}"
        return f"{operand} {word} {self.operand(node.pattern, CLOSER, node.operand.type)}{self.escape}"

    def visit_match(self, node: nodes.Match) -> str:
        operator = f"{'!' if node.negated else ''}~{'*' if node.ignore_case else ''}"
        return f"{self.operand(node.operand, ATOM)} {operator} {self.operand(node.pattern, ATOM, node.operand.type)}"

    def visit_collate(self, node: nodes.Collate) -> str:
        return f"{self.operand(node.operand, ATOM)} COLLATE {QUOTED[node.name]}"

    def like(self, ignore_case: bool) -> str:
        """The operator for LIKE."""
        return "ILIKE" if ignore_case else "LIKE"

    def visit_affix(self, node: nodes.Affix) -> str:
        """For showing: each dialect has its own way."""
        word = {"prefix": "STARTS WITH", "suffix": "ENDS WITH", "substring": "CONTAINS"}[node.position]
        return f"{self.operand(node.operand, CLOSER)} {word} {self.operand(node.part, CLOSER)}"

    def visit_function(self, node: nodes.Function) -> str:
        special = getattr(self, special_method(node.name), None)
        if special is not None:
            return special(node)  # type: ignore[no-any-return]  # function_* methods return text
        name = self.functions.get(node.name, node.name)
        return f"{name}({self.visit_all(node.arguments)})"

    def visit_case(self, node: nodes.Case) -> str:
        pieces = ["CASE"]
        condition: Callable[[Expression], str] = self.visit
        if node.operand is not None:
            condition = self.comparable([node.operand, *[when.condition for when in node.whens]])
            pieces.append(condition(node.operand))
        try:
            pieces += [
                f"WHEN {condition(when.condition)} THEN {self.result(when.value, node.type)}" for when in node.whens
            ]
        except EncodingError as error:
            name_column(error, *([] if node.operand is None else [node.operand]))
            raise
        if node.otherwise is not None:
            pieces.append(f"ELSE {self.result(node.otherwise, node.type)}")
        return " ".join([*pieces, "END"])

    def result(self, node: Expression, type: SqlType) -> str:
        """One of several expressions that give the value of another one, which has this type."""
        return self.operand(node, 0)

    def visit_cast(self, node: nodes.Cast) -> str:
        """For showing: each dialect has its own types."""
        return f"CAST({self.visit(node.operand)} AS {node.type!r})"

    def visit_excluded(self, node: nodes.Excluded) -> str:
        if node.column.source is not self.upserted:
            self.stray = node
        return f"excluded.{QUOTED[node.column.name]}"

    def visit_subquery(self, node: nodes.Subquery) -> str:
        return f"({self.visit(node.query)})"

    def visit_exists(self, node: nodes.Exists) -> str:
        return f"EXISTS ({self.visit(without_columns(node.query))})"

    def visit_raw(self, node: nodes.Raw) -> str:
        pieces = [node.texts[0]]
        for hole, text in zip(node.holes, node.texts[1:], strict=True):
            pieces.append(self.visit(hole))
            pieces.append(text)
        return "".join(pieces)

    def visit_label(self, node: nodes.Label) -> str:
        """What has the name; outside of a projection that is all there is to a label."""
        return self.visit(node.operand)

    def visit_whole_source(self, node: nodes.WholeSource) -> str:
        return self.projection(node.source.columns)

    def nested(self, node: nodes.Nested, select: nodes.Select) -> str:
        """Rows inside of the rows of a select."""
        raise NotImplementedError

    def visit_order(self, node: nodes.Order) -> str:
        operand = node.operand
        text = self.visit(operand) if operand.type.kind not in self.bridged else self.bridged_key(operand)
        if node.descending:
            text += " DESC"
        return text if node.nulls is None else f"{text} NULLS {node.nulls}"

    def projection(self, items: Sequence[Node], select: nodes.Select | None = None) -> str:
        """What a statement returns. A column is renamed to its attribute where the two differ. `select` is given
        where there may be rows inside of its rows.
        """
        texts = []
        for item in items:
            if isinstance(item, Column):  # the commonest item, so without a call
                self.uses[item.source] = item
                text = self.paths[item.path]
                if item.attribute != item.name:
                    text += f" AS {QUOTED[item.attribute]}"
            else:
                value = item.operand if isinstance(item, Label) else item
                if select is not None and isinstance(value, Nested):
                    text = self.nested(value, select)
                else:
                    text = self.dispatch[value.__class__](self, value)
                if isinstance(item, Label):
                    text += f" AS {QUOTED[item.name]}"
            texts.append(text)
        return ", ".join(texts)


def without_columns(query: nodes.Statement) -> nodes.Statement:
    """The query of EXISTS: of a whole table nothing is selected, because rows are all that counts."""
    if not isinstance(query, nodes.Select) or query.distinct or len(query.projection) != 1:
        return query
    (item,) = query.projection
    if not isinstance(item, nodes.WholeSource):
        return query
    joined = [join.source for join in query.joins]
    if item.source in query.sources or (query.sources and item.source in joined):
        sources = query.sources
    elif not query.sources and item.source not in joined:
        sources = (item.source,)
    else:
        return query  # a mistake, or the row of a query around this one
    query = query.copy()
    query.projection, query.sources = (ONE,), sources
    return query


@lru_cache
def special_method(function: str) -> str:
    """The name of the method for one function: always the same text object, which Python finds sooner."""
    return f"function_{function}"
