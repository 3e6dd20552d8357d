"""Calculating with dates on SQLite: its functions for the days, whole numbers for the microseconds.

SQLite's own functions round a time of day to milliseconds, so they get the seconds only. Moments are counted in
microseconds from the year 1 on, where no number is negative and division rounds down.
"""

from __future__ import annotations

from dialects.sqlite.scaled import ScaledCompiler
from qb import nodes
from qb.compiler import ATOM
from qb.nodes import Expression

SECOND = 1_000_000
START = 62_135_596_800
"""The seconds from the year 1 to 1970."""
MIDNIGHT = "00:00:00.000000"
CLOCK_UNITS = {"hour": 13, "minute": 16, "second": 19}
"""How many characters of a timestamp are left."""


class DateCompiler(ScaledCompiler):
    """Renders arithmetic and functions of dates."""

    def arithmetic(self, node: nodes.Binary, level: int) -> str:
        left, right = node.left, node.right
        kinds = {left.type.kind, right.type.kind}
        if node.operator == "||" or not kinds & {"date", "timestamp"}:
            return super().arithmetic(node, level)
        if len(kinds) == 1:
            return f"({self.microseconds(left)} - {self.microseconds(right)})"
        count = f"({self.counted(left)} {node.operator} {self.counted(right)})"
        if node.type.kind == "date":
            return f"date({count} / {SECOND} - {START}, 'unixepoch')"
        again = f"({self.counted(left)} {node.operator} {self.counted(right)})"
        day = f"datetime({count} / {SECOND} - {START}, 'unixepoch')"
        return f"({day} || '.' || substr('000000' || ({again} % {SECOND}), -6))"

    def counted(self, node: Expression) -> str:
        """An interval, or a moment from the year 1 on, in microseconds."""
        return self.operand(node, ATOM) if node.type.kind == "interval" else self.microseconds(node, START)

    def microseconds(self, node: Expression, start: int = 0) -> str:
        """A date or timestamp as the microseconds from 1970 on, or from another moment so many seconds before."""
        text = self.visit(node)
        later = f" + {start}" if start else ""
        if node.type.kind == "date":
            return f"((strftime('%s', {text}){later}) * {SECOND})"
        seconds = f"(strftime('%s', substr({text}, 1, 19)){later}) * {SECOND}"
        return f"({seconds} + substr({self.visit(node)}, 21))"

    def day(self, node: Expression) -> str:
        """The date of a date or timestamp."""
        text = self.visit(node)
        return text if node.type.kind == "date" else f"substr({text}, 1, 10)"

    def truncated(self, node: nodes.Function) -> str:
        """The start of a unit."""
        moment, unit = node.arguments[0], node.name.removeprefix("trunc_")
        if unit in CLOCK_UNITS:
            length = CLOCK_UNITS[unit]
            return f"(substr({self.visit(moment)}, 1, {length}) || '{MIDNIGHT[length - 11 :]}')"
        if unit == "year":
            text = f"substr({self.visit(moment)}, 1, 4) || '-01-01'"
        elif unit == "quarter":
            month = f"(substr({self.visit(moment)}, 6, 2) - 1) / 3 * 3 + 1"
            text = f"substr('0' || ({month}), -2) || '-01'"
            text = f"substr({self.visit(moment)}, 1, 5) || {text}"
        elif unit == "month":
            text = f"substr({self.visit(moment)}, 1, 7) || '-01'"
        elif unit == "week":
            text = f"date({self.day(moment)}, '-6 days', 'weekday 1')"
        else:
            text = self.day(moment)
        return f"({text})" if node.type.kind == "date" else f"({text} || ' {MIDNIGHT}')"

    function_trunc_year = function_trunc_month = function_trunc_week = function_trunc_quarter = truncated
    function_trunc_day = function_trunc_hour = function_trunc_minute = function_trunc_second = truncated

    def function_quarter(self, node: nodes.Function) -> str:
        return f"((substr({self.visit(node.arguments[0])}, 6, 2) + 2) / 3)"

    def function_dow(self, node: nodes.Function) -> str:
        return f"CAST(strftime('%w', {self.day(node.arguments[0])}) AS INTEGER)"

    def function_isodow(self, node: nodes.Function) -> str:
        return f"((strftime('%w', {self.day(node.arguments[0])}) + 6) % 7 + 1)"

    def function_doy(self, node: nodes.Function) -> str:
        return f"CAST(strftime('%j', {self.day(node.arguments[0])}) AS INTEGER)"

    def function_week(self, node: nodes.Function) -> str:
        return f"((strftime('%j', {self.thursday(node)}) - 1) / 7 + 1)"

    def function_isoyear(self, node: nodes.Function) -> str:
        return f"CAST(substr({self.thursday(node)}, 1, 4) AS INTEGER)"

    def thursday(self, node: nodes.Function) -> str:
        """The Thursday of a date's week, whose year is that of the week."""
        return f"date({self.day(node.arguments[0])}, '-3 days', 'weekday 4')"

    def function_epoch(self, node: nodes.Function) -> str:
        moment = node.arguments[0]
        text = self.operand(moment, ATOM) if moment.type.kind == "interval" else self.microseconds(moment)
        return f"({text} / {SECOND}.0)"

    def function_add_months(self, node: nodes.Function) -> str:
        moment, months = node.arguments
        # A day that the month does not have goes on into the next one; the last day of the month is less.
        day, step = self.day(moment), f"{self.operand(months, ATOM)} || ' months'"
        first, again = self.day(moment), f"{self.operand(months, ATOM)} || ' months'"
        third, last = self.day(moment), f"{self.operand(months, ATOM)} || ' months'"
        end = f"date({first}, 'start of month', {again}, '+1 month', '-1 day')"
        text = f"min(date({day}, {step}), coalesce({end}, date({third}, {last})))"  # after 9999 there is no month
        return text if node.type.kind == "date" else f"({text} || substr({self.visit(moment)}, 11))"

    def function_days_between(self, node: nodes.Function) -> str:
        start, end = (f"strftime('%s', {self.visit(side)})" for side in node.arguments)
        return f"(-({start} - {end}) / 86400)"

    def function_make_date(self, node: nodes.Function) -> str:
        form = "printf('%04d-%02d-%02d', {})"
        texts = [form.format(self.visit_all(node.arguments)) for _ in range(4)]
        return f"CASE WHEN {texts[0]} > '0001' AND date({texts[1]}) = {texts[2]} THEN {texts[3]} END"

    def function_current_time(self, node: nodes.Function) -> str:
        return "strftime('%H:%M:%f000', 'now')"
