"""What a query means: SQL's rules in Python, with three truth values and bags of rows, as plainly as they can be put.

Speed is no aim: each clause is a loop over all rows, and a sub-query is evaluated for every row anew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from decimal import Decimal
from enum import Enum
from typing import Any, NamedTuple

from tests.properties.language import (
    Aggregate,
    Call,
    Case,
    Column,
    Compound,
    Exists,
    Expression,
    In,
    Join,
    Kind,
    Literal,
    Order,
    Query,
    Scalar,
    Select,
    Source,
    Window,
    names,
    parts,
)
from tests.properties.operations import OPERATIONS, logical_not, logical_or

Record = dict[str, Any]
Rows = list[tuple[Any, ...]]
Data = dict[str, list[Record]]
"""The rows of each table."""
Scope = dict[str, Record]
"""The row in hand of each source, of the queries around, too."""


class Unit(NamedTuple):
    """What one row of a select is made of: a row of its sources, or a group of them; and the values of its windows."""

    scope: Scope
    group: list[Scope] | None
    windows: dict[Window, Any]


class Evaluator:
    """Evaluates queries over some data."""

    def __init__(self, data: Data) -> None:
        self.data = data

    # Expressions

    def value(self, expression: Expression, unit: Unit) -> Any:
        """The value of an expression: None for NULL."""
        match expression:
            case Column(source=source, name=name):
                return unit.scope[source][name]
            case Literal(value=value):
                return value
            case Call(name=name, arguments=arguments):
                operation = OPERATIONS[name]
                values = [self.value(argument, unit) for argument in arguments]
                return None if not operation.lax and None in values else operation.mean(*values)
            case Case():
                return self.case(expression, unit)
            case In():
                return self.membership(expression, unit)
            case Exists(query=query):
                return len(self.rows(query, unit.scope)) > 0
            case Scalar(query=query):
                found = self.rows(query, unit.scope)
                assert len(found) <= 1
                return found[0][0] if found else None
            case Aggregate():
                assert unit.group is not None
                return self.aggregate(expression, unit.group)
            case Window():
                return unit.windows[expression]
        raise AssertionError(expression)

    def case(self, expression: Case, unit: Unit) -> Any:
        for condition, result in expression.pairs:
            test = self.value(condition, unit)
            if expression.operand is not None:
                test = equal(self.value(expression.operand, unit), test)
            if test is True:
                return self.value(result, unit)
        return None if expression.otherwise is None else self.value(expression.otherwise, unit)

    def membership(self, expression: In, unit: Unit) -> bool | None:
        own = self.value(expression.operand, unit)
        if isinstance(expression.options, tuple):
            values = [self.value(option, unit) for option in expression.options]
            wanted_null = any(isinstance(o, Literal) and o.value is None for o in expression.options)
            tests = [
                equal(own, value)
                for option, value in zip(expression.options, values, strict=True)
                if not (isinstance(option, Literal) and value is None)
            ]
            if wanted_null:  # a None that is written in the list asks for NULL (docs of in_)
                tests.append(own is None)
        else:
            tests = [equal(own, value) for (value,) in self.rows(expression.options, unit.scope)]
        found: bool | None = False
        for test in tests:
            found = logical_or(found, test)
        return logical_not(found) if expression.negated else found

    def aggregate(self, expression: Aggregate, group: Sequence[Scope]) -> Any:
        units = [Unit(scope, None, {}) for scope in group]
        if expression.filter is not None:
            condition = expression.filter
            units = [unit for unit in units if self.value(condition, unit) is True]
        if expression.argument is None:
            return len(units)
        argument = expression.argument
        values = [value for value in (self.value(argument, unit) for unit in units) if value is not None]
        return AGGREGATES[expression.name](list(dict.fromkeys(values)) if expression.distinct else values)

    def window(self, expression: Window, units: Sequence[Unit]) -> list[Any]:
        """The value for each of the rows."""
        partitions: dict[tuple[Any, ...], list[int]] = {}
        for position, unit in enumerate(units):
            key = tuple([self.value(part, unit) for part in expression.partition])
            partitions.setdefault(key, []).append(position)
        found: dict[int, Any] = {}
        for positions in partitions.values():
            keys = {p: [self.value(order.key, units[p]) for order in expression.order] for p in positions}
            ordered = in_order(positions, directions(expression.order), lambda p, number: keys[p][number])  # noqa: B023  # used at once
            sorted_keys = [keys[p] for p in ordered]
            values = [[self.value(argument, units[p]) for argument in expression.arguments] for p in ordered]
            for place, position in enumerate(ordered):
                found[position] = window_value(expression, place, sorted_keys, values)
        return [found[position] for position in range(len(units))]

    # Queries

    def answer(self, query: Query) -> Rows:
        """The rows of a whole query, their values of the kinds that are promised."""
        return [tuple(map(as_kind, row, query.kinds)) for row in self.rows(query)]

    def rows(self, query: Query, outer: Scope | None = None) -> Rows:
        """The rows of a query, in its order where it has one."""
        found = self.select(query, outer or {}) if isinstance(query, Select) else self.compound(query, outer or {})
        start = query.offset or 0
        return found[start:] if query.limit is None else found[start : start + query.limit]

    def select(self, query: Select, outer: Scope) -> Rows:
        scopes = [{**outer, query.source.label: record} for record in self.records(query.source, outer)]
        labels = [query.source]
        for join in query.joins:
            scopes = self.join(scopes, labels, join, outer)
            labels.append(join.source)
        units = [Unit(scope, None, {}) for scope in scopes]
        units = self.kept(query.where, units)
        if query.groups is not None:
            units = self.kept(query.having, self.grouped(query.groups, units, outer))
        selected = (*query.items, *[order.key for order in query.order])
        for window in {part for item in selected for part in parts(item) if isinstance(part, Window)}:
            for unit, value in zip(units, self.window(window, units), strict=True):
                unit.windows[window] = value
        made = [(tuple([self.value(item, unit) for item in query.items]), unit) for unit in units]
        if query.distinct:
            made = list({row: (row, unit) for row, unit in reversed(made)}.values())
        ordered = in_order(
            made, directions(query.order), lambda pair, number: self.value(query.order[number].key, pair[1])
        )
        return [row for row, _ in ordered]

    def kept(self, condition: Expression | None, units: list[Unit]) -> list[Unit]:
        return units if condition is None else [unit for unit in units if self.value(condition, unit) is True]

    def grouped(self, keys: Sequence[Expression], units: list[Unit], outer: Scope) -> list[Unit]:
        if not keys:
            return [Unit(outer, [unit.scope for unit in units], {})]
        groups: dict[tuple[Any, ...], list[Scope]] = {}
        for unit in units:
            groups.setdefault(tuple([self.value(key, unit) for key in keys]), []).append(unit.scope)
        return [Unit(group[0], group, {}) for group in groups.values()]

    def records(self, source: Source, outer: Scope) -> list[Record]:
        if isinstance(source.of, str):
            return self.data[source.of]
        columns = names(source.of)
        return [dict(zip(columns, row, strict=True)) for row in self.rows(source.of)]

    def join(self, lefts: list[Scope], before: Sequence[Source], join: Join, outer: Scope) -> list[Scope]:
        label = join.source.label
        rights = self.records(join.source, outer)
        found, matched = [], set()
        for left in lefts:
            matches = []
            for number, record in enumerate(rights):
                scope = {**left, label: record}
                if join.on is None or self.value(join.on, Unit(scope, None, {})) is True:
                    matches.append(scope)
                    matched.add(number)
            if not matches and join.how in ("LEFT", "FULL"):
                matches = [{**left, label: empty(join.source)}]
            found += matches
        if join.how in ("RIGHT", "FULL"):
            nothing = {source.label: empty(source) for source in before}
            found += [{**outer, **nothing, label: record} for n, record in enumerate(rights) if n not in matched]
        return found

    def compound(self, query: Compound, outer: Scope) -> Rows:
        left, right = [
            Counter([tuple(map(as_kind, row, query.kinds)) for row in self.rows(side, outer)])
            for side in (query.left, query.right)
        ]
        operator, every = query.operator.removesuffix(" ALL"), query.operator.endswith(" ALL")
        if not every:
            left, right = Counter(set(left)), Counter(set(right))
        if operator == "UNION":
            both = left + right if every else left | right
        else:
            both = left & right if operator == "INTERSECT" else left - right
        by = [(descending, nulls_first) for _, descending, nulls_first in query.order]
        return in_order(list(both.elements()), by, lambda row, number: row[query.order[number][0]])


def empty(source: Source) -> Record:
    """The row of a source where a join found none."""
    return {name: None for name, _ in source.columns}


def as_kind(value: Any, kind: Kind) -> Any:
    """A value as one of a kind, which it may become only beside others."""
    if value is None or kind.name not in ("numeric", "real"):
        return value
    return Decimal(value) if kind.name == "numeric" else float(value)


def equal(left: Any, right: Any) -> bool | None:
    """`left = right`."""
    return None if left is None or right is None else bool(OPERATIONS["="].mean(left, right))


def directions(orders: Sequence[Order]) -> list[tuple[bool, bool]]:
    """Whether each is descending, and has NULLs first."""
    return [(order.descending, order.nulls_first) for order in orders]


def in_order(items: Sequence[Any], by: Sequence[tuple[bool, bool]], value: Callable[[Any, int], Any]) -> list[Any]:
    """Sorted; `value` gives the sort key of an item by its number. Equal ones stay as they are."""
    keyed = [(item, [value(item, number) for number in range(len(by))]) for item in items]
    for number in reversed(range(len(by))):
        descending, nulls_first = by[number]
        nulls = [pair for pair in keyed if pair[1][number] is None]
        others = [pair for pair in keyed if pair[1][number] is not None]
        others.sort(key=lambda pair: sortable(pair[1][number]), reverse=descending)  # used at once
        keyed = nulls + others if nulls_first else others + nulls
    return [item for item, _ in keyed]


def sortable(value: Any) -> Any:
    """What sorts as a value does: enums by their members' order."""
    return list(type(value)).index(value) if isinstance(value, Enum) else value


def least(values: list[Any]) -> Any:
    return min(values, key=sortable, default=None)


def greatest(values: list[Any]) -> Any:
    return max(values, key=sortable, default=None)


AGGREGATES: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "sum": lambda values: sum(values) if values else None,
    "avg": lambda values: float(sum(values)) / len(values) if values else None,
    "min": least,
    "max": greatest,
}


def window_value(expression: Window, place: int, keys: list[list[Any]], values: list[list[Any]]) -> Any:
    """The value for the row at a place of its ordered partition; `keys` and `values` are the sort keys and the
    arguments of all its rows.
    """
    equals = [other for other, key in enumerate(keys) if key == keys[place]]
    match expression.name:
        case "row_number":
            return place + 1
        case "rank":
            return equals[0] + 1
        case "dense_rank":
            return len({tuple(key) for key in keys[: place + 1]})
        case "lag":
            return values[place - 1][0] if place > 0 else values[place][1] if len(values[place]) > 1 else None
        case "lead":
            is_last = place + 1 == len(values)
            return values[place + 1][0] if not is_last else values[place][1] if len(values[place]) > 1 else None
    start, end = 0, equals[-1] if expression.order else len(values) - 1
    if expression.rows is not None:
        first, last = expression.rows
        start = 0 if first is None else max(0, place + first)
        end = len(values) - 1 if last is None else min(len(values) - 1, place + last)
    frame = values[start : end + 1]
    if expression.name == "first_value":
        return frame[0][0] if frame else None
    if expression.name == "last_value":
        return frame[-1][0] if frame else None
    if not expression.arguments:
        return len(frame)
    return AGGREGATES[expression.name]([value[0] for value in frame if value[0] is not None])
