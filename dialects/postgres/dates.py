"""Calculating with dates on PostgreSQL, whatever the session's time zone."""

from __future__ import annotations

from dialects.postgres.casts import CastCompiler
from qb import nodes
from qb.compiler import ATOM
from qb.types import SqlType, Timestamp

MOMENTS = frozenset({"date", "timestamp"})


def has_zone(type: SqlType) -> bool:
    """Whether it is a moment in time."""
    return isinstance(type, Timestamp) and type.zone


class DateCompiler(CastCompiler):
    """Renders arithmetic and functions of dates."""

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        left, right = node.left, node.right
        kinds = (left.type.kind, right.type.kind)
        if kinds == ("date", "date"):
            return f"make_interval(days => {self.operand(left, ATOM)} - {self.operand(right, ATOM, left.type)})"
        if not MOMENTS.intersection(kinds) or kinds == ("timestamp", "timestamp"):
            return super().arithmetic(node, level)
        texts = [self.in_utc(left), self.in_utc(right)]
        return self.of_type(f"{texts[0]} {node.operator} {texts[1]}", node.type)

    def of_type(self, text: str, type: SqlType) -> str:
        """What was calculated without a zone, as a value of the type."""
        if type.kind == "date":
            return f"CAST({text} AS date)"
        return f"(({text}) AT TIME ZONE 'UTC')" if has_zone(type) else f"({text})"

    def truncated(self, node: nodes.Function) -> str:
        """The start of a unit."""
        moment, unit = node.arguments[0], node.name.removeprefix("trunc_")
        if has_zone(moment.type):
            return f"date_trunc('{unit}', {self.visit(moment)}, 'UTC')"
        text = self.visit(moment)
        if moment.type.kind == "date":
            return f"CAST(date_trunc('{unit}', CAST({text} AS timestamp)) AS date)"
        return f"date_trunc('{unit}', {text})"

    function_trunc_year = function_trunc_quarter = function_trunc_month = function_trunc_week = truncated
    function_trunc_day = function_trunc_hour = function_trunc_minute = function_trunc_second = truncated

    def calendar_part(self, node: nodes.Function) -> str:
        """A part of a date as a number."""
        return f"extract({node.name} FROM {self.in_utc(node.arguments[0])})::integer"

    function_quarter = function_week = function_dow = function_isodow = calendar_part
    function_isoyear = function_doy = calendar_part

    def function_epoch(self, node: nodes.Function) -> str:
        return f"extract(epoch FROM {self.operand(node.arguments[0], ATOM)})::double precision"

    def function_add_months(self, node: nodes.Function) -> str:
        moment, months = node.arguments
        text = f"{self.in_utc(moment)} + make_interval(months => {self.visit(months)})"
        return self.of_type(text, node.type)

    def function_days_between(self, node: nodes.Function) -> str:
        start, end = (self.operand(side, ATOM) for side in node.arguments)
        return f"(-({start} - {end}))"

    def function_current_time(self, node: nodes.Function) -> str:
        return "(now() AT TIME ZONE 'UTC')::time"
