"""Queries of the tests' language, as a user of qb would write them."""

from __future__ import annotations

from typing import Any

from qb import alias, case, exists, fn, literal, select
from tests.properties.data import TABLES
from tests.properties.language import (
    Aggregate,
    Call,
    Case,
    Column,
    Exists,
    Expression,
    In,
    Literal,
    Order,
    Query,
    Scalar,
    Select,
    Source,
    Window,
)
from tests.properties.operations import OPERATIONS

Built = Any
"""An expression or a query of qb, of a type that only the random query knows."""
METHODS = {"UNION": "union", "INTERSECT": "intersect", "EXCEPT": "except_"}


class Builder:
    """Builds one query; each source is made once, even where several selects have it."""

    def __init__(self) -> None:
        self.sources: dict[str, Built] = {}
        """By their labels."""

    def query(self, query: Query) -> Built:
        """The query, its columns named c1, c2 …"""
        built = self.select(query) if isinstance(query, Select) else self.compound(query)
        if query.limit is not None:
            built = built.limit(query.limit)
        return built if query.offset is None else built.offset(query.offset)

    def select(self, query: Select) -> Built:
        source = self.source(query.source)
        joins = [(join, self.source(join.source)) for join in query.joins]
        items = [self.expression(item).as_(f"c{number}") for number, item in enumerate(query.items, 1)]
        built: Built = select(*items).from_(source)
        for join, joined in joins:
            method = {"INNER": "join", "CROSS": "cross_join"}.get(join.how, f"{join.how.lower()}_join")
            on = () if join.on is None else (self.expression(join.on),)
            built = getattr(built, method)(joined, *on)
        if query.where is not None:
            built = built.where(self.expression(query.where))
        if query.groups:
            built = built.group_by(*[self.expression(key) for key in query.groups])
        if query.having is not None:
            built = built.having(self.expression(query.having))
        if query.distinct:
            built = built.distinct()
        return built.order_by(*[self.order(order) for order in query.order])

    def compound(self, query: Any) -> Built:
        name, _, every = query.operator.partition(" ")
        left, right = self.query(query.left), self.query(query.right)
        built = getattr(left, METHODS[name] + ("_all" if name != "EXCEPT" else "all") * bool(every))(right)
        first = query
        while not isinstance(first, Select):
            first = first.left
        for position, descending, nulls_first in query.order:
            key = self.expression(first.items[position]).as_(f"c{position + 1}")
            built = built.order_by(directed(key, descending, nulls_first))
        return built

    def source(self, source: Source) -> Built:
        if source.label in self.sources:
            return self.sources[source.label]
        if isinstance(source.of, str):
            built: Built = alias(TABLES[source.of], source.label)
        elif source.cte:
            built = self.query(source.of).cte(source.label)
        else:
            built = self.query(source.of).subquery(source.label)
        self.sources[source.label] = built
        return built

    def order(self, order: Order) -> Built:
        return directed(self.expression(order.key), order.descending, order.nulls_first)

    def expression(self, expression: Expression) -> Built:
        """The expression; plain values where literals stand beside others."""
        match expression:
            case Column(source=source, name=name):
                return getattr(self.sources[source], name)
            case Literal(value=value, beside=beside):
                return value if beside else literal(value)
            case Call(name=name, arguments=arguments):
                return OPERATIONS[name].build(*[self.expression(argument) for argument in arguments])
            case Case(operand=operand, pairs=pairs, otherwise=otherwise):
                whens = [(self.expression(condition), self.expression(result)) for condition, result in pairs]
                tested = {} if operand is None else {"value": self.expression(operand)}
                return case(*whens, **tested, else_=None if otherwise is None else self.expression(otherwise))
            case In(operand=operand, options=options, negated=negated):
                own = self.expression(operand)
                found = [self.expression(o) for o in options] if isinstance(options, tuple) else self.query(options)
                return own.not_in(found) if negated else own.in_(found)
            case Exists(query=query):
                return exists(self.query(query))
            case Scalar(query=query):
                return self.query(query).scalar_subquery()
            case Aggregate():
                return self.aggregate(expression)
            case Window():
                return self.window(expression)
        raise AssertionError(expression)

    def aggregate(self, expression: Aggregate) -> Built:
        arguments = [] if expression.argument is None else [self.expression(expression.argument)]
        built: Built = getattr(fn, expression.name)(*arguments)
        if expression.distinct:
            built = built.distinct()
        return built if expression.filter is None else built.filter(self.expression(expression.filter))

    def window(self, expression: Window) -> Built:
        arguments = [self.expression(argument) for argument in expression.arguments]
        if len(arguments) == 2:
            arguments.insert(1, 1)  # lag and lead: the value, one row away, or else the default
        return getattr(fn, expression.name)(*arguments).over(
            partition_by=[self.expression(key) for key in expression.partition],
            order_by=[self.order(order) for order in expression.order],
            rows=expression.rows,
        )


def directed(key: Built, descending: bool, nulls_first: bool) -> Built:
    """A sort key with its direction."""
    ordering = key.desc() if descending else key.asc()
    return ordering.nulls_first() if nulls_first else ordering.nulls_last()
