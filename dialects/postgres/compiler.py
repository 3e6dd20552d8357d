"""PostgreSQL's SQL, where it differs from the common base."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from math import isfinite
from types import MappingProxyType

from dialects.postgres.aggregates import AggregateCompiler
from dialects.postgres.arrays import ArrayCompiler
from dialects.postgres.codecs import ENCODERS, LIMITS, PATTERNS, STORED, LikePattern
from dialects.postgres.dates import DateCompiler
from dialects.postgres.fitting import OF_COLUMNS
from dialects.postgres.fts import FtsCompiler
from dialects.postgres.functions import FunctionCompiler
from dialects.postgres.json import JsonCompiler
from dialects.postgres.names import cast_name, type_name
from dialects.postgres.nested import NestedCompiler
from qb import nodes
from qb.codecs import MICROSECOND
from qb.compiler import ATOM, CLOSER
from qb.errors import TraceError, UnsupportedError
from qb.identifiers import QUOTED
from qb.nodes import Column, Expression, Node, Parameter
from qb.rewriting import transform
from qb.types import BIGINT, INTEGERS, NUMBERS, TEXTS, Array, SqlType, Timestamp

PLAIN = INTEGERS | TEXTS | {"boolean", "real"}
"""Kinds whose literals need no cast."""


class Shared(Parameter):
    """A parameter under one number wherever it stands: PostgreSQL tells a grouped expression by its text."""

    __slots__ = ()


class PostgresCompiler(
    AggregateCompiler, ArrayCompiler, DateCompiler, FtsCompiler, FunctionCompiler, JsonCompiler, NestedCompiler
):
    """The compiler for PostgreSQL."""

    encoders = ENCODERS
    stored = STORED
    of_columns = OF_COLUMNS
    limits = LIMITS
    functions = MappingProxyType({"substring": "substr"})
    limit_reads_around = True
    distinct_is_sorted_by_columns = True

    shared: dict[object, str] | None = None
    """The marks of shared parameters; few statements have any."""

    def visit_requirement(self, node: nodes.Requirement) -> str:
        """The message is no number, which is an error that has it."""
        condition, message = self.visit(node.condition), self.visit(node.message)
        return f"SELECT CAST(CASE WHEN {condition} THEN '0' ELSE {message} END AS bigint)"

    def restart(self) -> None:
        super().restart()
        self.shared = None

    def placeholder(self) -> str:
        return f"${len(self.parameters)}"

    def placeholders(self, before: int, width: int, height: int) -> str:
        starts = range(before + 1, before + 1 + width * height, width)
        return ", ".join([f"({', '.join([f'${n}' for n in range(start, start + width)])})" for start in starts])

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        limit = self.limits.get(type.kind)
        if limit is not None and isinstance(value, int) and not -limit <= value < limit:
            type = BIGINT
        encode = self.encoders.get(type.kind)  # what the base does, without the calls
        self.parameters.append(value if encode is None or value is None else encode(value, type))
        mark = f"${len(self.parameters)}"
        if type is beside or (beside is not None and self.infers(type, beside)):
            return mark
        return mark if type.kind == "any" else f"{mark}::{cast_name(type)}"

    def membership(self, node: nodes.In) -> str:
        if not isinstance(node.options, Parameter):
            return super().membership(node)
        operator = "<> ALL" if node.negated else "= ANY"
        return f"{self.operand(node.operand, CLOSER)} {operator}({self.visit(node.options)})"

    def infers(self, type: SqlType, beside: SqlType) -> bool:
        """Whether PostgreSQL finds the type of a parameter by itself, from what stands beside it."""
        if type is beside:
            return True
        if type.kind in TEXTS:
            return beside.kind in TEXTS
        return type.kind == beside.kind and not isinstance(type, Timestamp)

    def literal(self, value: object, type: SqlType) -> str:
        if isinstance(value, bytes):
            return f"'\\x{value.hex()}'::bytea"
        if isinstance(value, timedelta):
            return f"'{value // MICROSECOND} microseconds'::interval"
        if isinstance(type, Array) and isinstance(value, (list, tuple)):
            return f"ARRAY[{', '.join([self.literal(item, type.item) for item in value])}]::{type_name(type)}"
        if isinstance(value, float) and not isfinite(value):
            return f"'{value}'::double precision"
        text = super().literal(value, type)
        plain = value is None or type.kind in PLAIN or isinstance(type, LikePattern)
        return text if plain else f"{text}::{type_name(type)}"

    def grouped(self, node: nodes.Select) -> nodes.Select:
        keys = [*node.group_by, *[key.operand for key in node.order_by if node.distinct]]
        if not isinstance(node.distinct, bool):
            keys += node.distinct
        keys = [key for key in keys if key.__class__ is not Column]
        return with_shared_parameters(node, keys) if keys else node

    def visit_shared(self, node: Shared) -> str:
        if self.shared is None:
            self.shared = {}
        if node not in self.shared:
            self.shared[node] = self.bind(node.value, node.type)
        return self.shared[node]

    def pattern(self, part: Parameter, type: LikePattern) -> str:
        """A text as a pattern for LIKE; where it is shared, the pattern is."""
        if not isinstance(part, Shared):
            return self.bind(part.value, type, type)
        self.shared = self.shared or {}
        if (part, type) not in self.shared:
            self.shared[part, type] = self.bind(part.value, type, type)
        return self.shared[part, type]

    def table_rows(self, node: nodes.ValuesTable) -> str:
        def cell(value: Expression) -> str:
            text = self.visit(value)  # a column of nothing but NULLs would be one of text
            return f"{text}::{cast_name(value.type)}" if isinstance(value, nodes.Null) else text

        return ", ".join([f"({', '.join(map(cell, row))})" for row in node.rows])

    def visit_affix(self, node: nodes.Affix) -> str:
        operand = self.operand(node.operand, ATOM)
        part, position = node.part, node.position
        if isinstance(part, Parameter):
            return f"{operand} LIKE {self.pattern(part, PATTERNS[position])}"
        text = self.operand(part, ATOM)
        if position == "prefix":
            return f"starts_with({operand}, {text})"
        if position == "suffix":
            return f"right({operand}, length({text})) = {self.operand(part, ATOM)}"
        return f"strpos({operand}, {text}) > 0"

    def on_conflicts(self, node: nodes.Insert) -> str:
        if len(node.on_conflict) > 1:
            raise UnsupportedError(
                f'PostgreSQL takes one ON CONFLICT, and this insert into "{node.table.label}" has '
                f"{len(node.on_conflict)}: merge() has clauses with conditions"
            )
        return super().on_conflicts(node)

    def visit_conflict_target(self, node: nodes.ConflictTarget) -> str:
        if node.constraint is not None:
            return f"ON CONSTRAINT {QUOTED[node.constraint]}"
        return super().visit_conflict_target(node)

    def function_round(self, node: nodes.Function) -> str:
        number, digits = node.arguments
        kind = node.type.kind
        text = self.operand(number, ATOM)
        if kind == "real":  # PostgreSQL rounds floats half to even, and only to whole numbers
            text += "::numeric"
        text = f"round({text}, {self.operand(digits, 0)})"
        return f"{text}::{type_name(node.type)}" if kind in NUMBERS - {"numeric"} else text  # it answers in numeric

    def function_now(self, node: nodes.Function) -> str:
        return "now()"

    def function_current_date(self, node: nodes.Function) -> str:
        return "(now() AT TIME ZONE 'UTC')::date"

    def date_part(self, node: nodes.Function) -> str:
        """A part of a date or time as a number."""
        moment = node.arguments[0]
        text = self.operand(moment, ATOM)
        if isinstance(moment.type, Timestamp) and moment.type.zone:
            text += " AT TIME ZONE 'UTC'"
        part = f"extract({node.name} FROM {text})"
        return f"{'trunc' if node.name == 'second' else ''}({part})::integer"

    function_year = function_month = function_day = date_part
    function_hour = function_minute = function_second = date_part

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        if node.operator == "//" and node.type.kind == "numeric":
            return f"div({self.operand(node.left, 0)}, {self.operand(node.right, 0)})"
        return super().arithmetic(node, level)

    def as_float(self, node: Expression) -> str:
        return f"{self.operand(node, ATOM)}::double precision"


def with_shared_parameters(select: nodes.Select, keys: Sequence[Expression]) -> nodes.Select:
    """The select with one number for equal parameters, wherever they stand, when one is in a key."""
    shared: dict[object, Shared] = {}

    def collect(node: Node) -> Node:
        if node.__class__ is Parameter:  # a shared one is that of a select around this one, and stays so
            shared.setdefault(identity(node), Shared(node.value, node.type))
        return node

    def replace(node: Node) -> Node:
        return shared.get(identity(node), node) if node.__class__ is Parameter else node

    for key in keys:
        transform(key, collect, sources=False)
    return transform(select, replace, sources=False) if shared else select


def identity(parameter: Parameter) -> object:
    """Equal for parameters that may stand for each other."""
    value = parameter.value
    try:
        hash(value)
    except (TypeError, TraceError):
        value = id(value)
    return parameter.value.__class__, value, parameter.type
