"""Functions that SQLite lacks, or gives another meaning."""

from __future__ import annotations

from typing import NoReturn

from dialects.sqlite.scaled import ScaledCompiler
from qb import nodes
from qb.compiler import ATOM, CLOSER
from qb.errors import UnsupportedError
from qb.nodes import Expression, Parameter
from qb.types import Numeric


class FunctionCompiler(ScaledCompiler):
    """Renders functions of texts and numbers."""

    # Texts

    def function_left(self, node: nodes.Function) -> str:
        text, count = node.arguments
        return f"substr({self.visit(text)}, 1, {self.visit(count)})"

    def function_right(self, node: nodes.Function) -> str:
        text, count = node.arguments  # substr() takes 0 for the start, so -count will not do
        return f"substr({self.visit(text)}, max(length({self.visit(text)}) - {self.operand(count, ATOM)}, 0) + 1)"

    def function_lpad(self, node: nodes.Function) -> str:
        longer, (text, length, fill) = self.cut_off(node), node.arguments
        return f"{longer} ELSE {self.filling(text, length, fill)} || {self.operand(text, ATOM)} END"

    def function_rpad(self, node: nodes.Function) -> str:
        longer, (text, length, fill) = self.cut_off(node), node.arguments
        return f"{longer} ELSE {self.operand(text, ATOM)} || {self.filling(text, length, fill)} END"

    def cut_off(self, node: nodes.Function) -> str:
        """The start of a CASE, for texts that are long enough: NULL when it would be filled up with NULL."""
        text, length, fill = node.arguments
        null = "" if isinstance(fill, Parameter) else f"WHEN {self.operand(fill, CLOSER)} IS NULL THEN NULL "
        longer = f"CASE {null}WHEN length({self.visit(text)}) >= {self.operand(length, ATOM)} THEN "
        return longer + f"substr({self.visit(text)}, 1, {self.visit(length)})"

    def filling(self, text: Expression, length: Expression, fill: Expression) -> str:
        """What makes the text as long as that."""
        repeated = f"replace(hex(zeroblob({self.visit(length)})), '00', {self.visit(fill)})"
        return f"substr({repeated}, 1, {self.operand(length, ATOM)} - length({self.visit(text)}))"

    def function_repeat(self, node: nodes.Function) -> str:
        text, count = node.arguments
        if isinstance(count, Parameter):
            return f"replace(hex(zeroblob({self.visit(count)})), '00', {self.visit(text)})"
        given = self.operand(count, ATOM)  # zeroblob() takes NULL for 0
        repeated = f"replace(hex(zeroblob({self.visit(count)})), '00', {self.visit(text)})"
        return f"CASE WHEN {given} IS NOT NULL THEN {repeated} END"

    def function_position(self, node: nodes.Function) -> str:
        return f"instr({self.visit_all(node.arguments)})"

    def function_octet_length(self, node: nodes.Function) -> str:
        return f"length(CAST({self.visit_all(node.arguments)} AS BLOB))"

    def missing(self, node: nodes.Function) -> NoReturn:
        """Refuse what SQLite has nothing for."""
        raise UnsupportedError(f"SQLite has no fn.{node.name}(): do it in Python")

    function_reverse = function_initcap = function_split_part = missing

    # Numbers

    def function_floor(self, node: nodes.Function) -> str:
        return self.whole(node, " - ({} % {} < 0)")

    def function_ceil(self, node: nodes.Function) -> str:
        return self.whole(node, " + ({} % {} > 0)")

    def function_trunc(self, node: nodes.Function) -> str:
        return self.whole(node, "")

    def whole(self, node: nodes.Function, correction: str) -> str:
        """A decimal without its digits after the point, which `/` cuts off, corrected by one."""
        number = node.arguments[0]
        if not isinstance(number.type, Numeric):
            return f"{node.name}({self.visit(number)})"
        unit = 10**number.type.scale
        text = f"({self.operand(number, ATOM)} / {unit}"
        return f"{text}{correction and correction.format(self.operand(number, ATOM), unit)})"

    def function_sign(self, node: nodes.Function) -> str:
        number = node.arguments[0]
        return f"(({self.operand(number, ATOM)} > 0) - ({self.operand(number, ATOM)} < 0))"

    def of_floats(self, node: nodes.Function) -> str:
        """A function of floats, decimals among them."""
        items = [self.visit(side) if side.type.kind == "real" else self.as_float(side) for side in node.arguments]
        return f"{self.functions.get(node.name, node.name)}({', '.join(items)})"

    function_power = function_sqrt = function_exp = function_ln = function_log10 = of_floats

    def function_random(self, node: nodes.Function) -> str:
        return f"(abs(random() % {2**53}) / {2**53}.0)"  # SQLite's own is a whole number of 64 bits

    def function_greatest(self, node: nodes.Function) -> str:
        return self.extreme(node, "max")

    def function_least(self, node: nodes.Function) -> str:
        return self.extreme(node, "min")

    def extreme(self, node: nodes.Function, name: str) -> str:
        """max() and min() of several values are NULL where one is, so each NULL gives way to another value."""
        if node.type.kind == "enum":
            raise UnsupportedError(f"SQLite has no fn.{node.name}() of an enum in its members' order: write a case(…)")
        values = [value for value in node.arguments if not isinstance(value, nodes.Null)]
        known = next((value for value in values if isinstance(value, Parameter)), None)
        items = []
        for number, value in enumerate(values):
            if isinstance(value, Parameter):
                items.append(self.result(value, node.type))
                continue
            others = [*values[:number], *values[number + 1 :]] if known is None else [known]
            texts = [self.result(each, node.type) for each in (value, *others)]
            items.append(f"coalesce({', '.join(texts)})" if others else texts[0])
        return f"{name}({', '.join(items)})" if len(items) > 1 else items[0]
