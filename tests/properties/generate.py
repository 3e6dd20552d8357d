"""Random queries: typed, so that all engines take them, and kept away from what is documented to differ.

Every choice is a byte drawn by hypothesis, and the first of each list of choices is the simplest, so that a query
that fails is shrunk. What the engines do differently (docs/sqlite-and-postgres.md) is left out here, each with a word.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from tests.properties.data import COLUMNS, PICK
from tests.properties.language import (
    BOOL,
    DATE,
    ENUM,
    INT,
    REAL,
    TEXT,
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

T = TypeVar("T")
NUMBERS = ("int", "numeric", "real")
SORTS = ("int", "text", "bool", "numeric", "real", "date", "enum")
LARGEST, LONGEST = 1e9, 6
"""Of computed numbers, and of the digits after the point: integers overflow at 32 bits on PostgreSQL, and decimals at
64 bits on SQLite.
"""
KINDS = {kind.name: kind for kind in (INT, TEXT, BOOL, DATE, ENUM, REAL, Kind("numeric", 100, 2))}
COMPARISONS = ("=", "<", ">=", "<>", ">", "<=")
JOINS = ("INNER", "LEFT", "CROSS", "RIGHT", "FULL")
SETS = ("UNION ALL", "UNION", "INTERSECT", "EXCEPT", "INTERSECT ALL", "EXCEPT ALL")


@dataclass(frozen=True)
class Sight:
    """What an expression may read where it stands."""

    leaves: tuple[Expression, ...]
    """Columns, or the keys of groups."""
    outer: tuple[Column, ...] = ()
    """Columns of the query around."""
    nesting: int = 0
    """How many sub-queries may be inside of each other."""
    grouped: tuple[Column, ...] | None = None
    """The columns that aggregates are made of, where there may be some."""
    windows: bool = False

    def of_kind(self, *sorts: str) -> list[Expression]:
        """What there is of one of these kinds; what is near comes first."""
        return [leaf for leaf in (*self.leaves, *self.outer) if leaf.kind.name in sorts]


CHOICES = st.binary(min_size=300, max_size=300)
"""What random queries are made of. Drawn at once: a choice by itself takes hypothesis longer than the engines take for
a query. What goes on longer ends with the simplest choices.
"""


def below(choices: bytes) -> Callable[[int], int]:
    """A source of numbers below another one."""
    remaining = iter(choices)
    return lambda count: next(remaining, 0) % count


class Generator:
    """Makes queries out of `below`, a source of numbers below another one."""

    def __init__(self, below: Callable[[int], int]) -> None:
        self.below = below
        self.labels = 0
        self.joins: tuple[str, ...] = JOINS
        self.has_sequence = False
        """Whether the select in hand has a window that depends on which of its rows comes first."""

    def one(self, options: Sequence[T]) -> T:
        return options[self.below(len(options))] if len(options) > 1 else options[0]

    def chance(self, of: int) -> bool:
        """True in one of so many cases."""
        return self.below(of) == of - 1

    # Expressions

    def expression(self, sort: str, sight: Sight, depth: int) -> Expression:
        """An expression of a kind; `depth` is how many others may be around its leaves."""
        if depth == 0 or self.below(5) < 2:
            return self.leaf(sort, sight)
        return self.one(PRODUCTIONS[sort])(self, sort, sight, depth - 1)

    def sort_in(self, sight: Sight) -> str:
        """A kind of which there are values: enums have no literals of their own."""
        return self.one(SORTS if sight.of_kind("enum") else SORTS[:-1])

    def leaf(self, sort: str, sight: Sight) -> Expression:
        if sight.windows and self.chance(4):
            found = self.window(sort, sight)
            if found is not None:
                return found
        if sight.grouped is not None and self.below(3) > 0:
            found = self.aggregate(sort, sight)
            if found is not None:
                return found
        leaves = sight.of_kind(sort)
        if leaves and (sort == "enum" or not self.chance(4)):
            return self.one(leaves)
        return self.literal(sort, beside=False)

    def literal(self, sort: str, beside: bool) -> Literal:
        kind = KINDS[sort]
        scale = self.below(4) if sort == "numeric" else 0
        return Literal(kind._replace(scale=scale), PICK[sort](self.below, scale), beside)

    def beside(self, sort: str, sight: Sight, depth: int, null: bool = False) -> Expression:
        """What stands beside an expression of this kind: often a plain value, and with `null` sometimes None."""
        if null and self.chance(6):
            return Literal(KINDS[sort], None, beside=True)
        if self.chance(2):
            return self.literal(sort, beside=True)
        return self.expression(sort, sight, depth)

    def several(self, sort: str, sight: Sight, depth: int) -> tuple[Kind, list[Expression]]:
        """An expression with others of its kind, and the kind of what comes of them."""
        found = [self.expression(sort, sight, depth)]
        found += [self.beside(sort, sight, depth, null=True) for _ in range(1 + self.below(2))]
        return together([item.kind for item in found]), found

    def number(self, sort: str, sight: Sight, depth: int) -> Expression:
        """An arithmetic expression."""
        operator = self.one(("+", "-", "*") if sort == "real" else ("+", "-", "*", "//", "%"))
        left = self.expression(sort, sight, depth)
        other = sort if sort == "int" else self.one((sort, "int"))
        right = self.beside(other, sight, depth) if other == sort else self.expression(other, sight, depth)
        if operator in ("//", "%"):
            right = Call(right.kind, "nullif", (self.not_literal(right, sight), zero(right)))
        elif self.chance(4) and not (isinstance(right, Literal) and right.beside):
            left, right = right, left
        kind = computed(operator, left.kind, right.kind)
        return left if kind is None else Call(kind, operator, (left, right))

    def not_literal(self, expression: Expression, sight: Sight) -> Expression:
        """An expression that is no plain value."""
        return replace(expression, beside=False) if isinstance(expression, Literal) else expression

    def division(self, sort: str, sight: Sight, depth: int) -> Expression:
        left = self.expression(self.one(NUMBERS), sight, depth)
        right = self.expression(self.one(NUMBERS), sight, depth)
        divisor = Call(right.kind, "nullif", (right, zero(right)))
        return Call(REAL._replace(size=LARGEST, exact=False), "/", (left, divisor))

    def changed(self, sort: str, sight: Sight, depth: int) -> Expression:
        """A number with another sign, or without its digits after the point."""
        inner = self.expression(sort, sight, depth)
        name = self.one(("negative", "abs", "round", "floor", "ceil", "trunc"))
        if name in ("negative", "abs"):
            return Call(inner.kind, name, (inner,))
        if not inner.kind.exact:  # fn.round of a float takes its first 15 digits on PostgreSQL
            return inner
        return Call(inner.kind._replace(scale=0), name, (inner,))

    def converted(self, sort: str, sight: Sight, depth: int) -> Expression:
        """A value of another kind, or a number about it."""
        options: dict[str, tuple[tuple[str, str], ...]] = {
            # a length is a number about a text …
            "int": (
                *(("length", "text"), ("truth", "bool"), ("to int", "numeric"), ("year", "date"), ("month", "date")),
                *(("day", "date"), ("to int", "real"), ("to int", "bool"), ("sign", "numeric"), ("sign", "int")),
            ),
            "numeric": (("to numeric", "int"), ("to numeric", "numeric"), ("to numeric", "real")),
            "real": (("to real", "int"), ("to real", "numeric")),
            "text": (("to text", "int"), ("to text", "bool"), ("to text", "date"), ("to text", "enum")),
            "bool": (("to bool", "int"),),
        }
        name, source = self.one(options[sort])
        if source == "enum" and not sight.of_kind("enum"):
            source = "int"
        inner = self.expression(source, sight, depth)
        if name in ("to int", "to numeric") and not inner.kind.exact:
            return self.leaf(sort, sight)
        kind = KINDS[sort]._replace(size=inner.kind.size + 1 if name.startswith("to ") else 3000)
        return Call(kind._replace(exact=source != "numeric") if sort == "real" else kind, name, (inner,))

    def chosen(self, sort: str, sight: Sight, depth: int) -> Expression:
        """The first of several values that there is, or the greatest or least."""
        kind, values = self.several(sort, sight, depth)
        # SQLite has no greatest() and least() of enums.
        name = "coalesce" if sort in ("bool", "enum") else self.one(("coalesce", "greatest", "least"))
        return Call(kind, name, tuple(values))

    def nullified(self, sort: str, sight: Sight, depth: int) -> Expression:
        left, right = self.expression(sort, sight, depth), self.beside(sort, sight, depth)
        return Call(together([left.kind, right.kind]), "nullif", (left, right))

    def case(self, sort: str, sight: Sight, depth: int) -> Expression:
        kind, values = self.several(sort, sight, depth)
        if self.chance(3):
            tested = self.sort_in(sight)
            operand: Expression | None = self.expression(tested, sight, depth)
            conditions = [self.beside(tested, sight, depth) for _ in values]
        else:
            operand, conditions = None, [self.expression("bool", sight, depth) for _ in values]
        otherwise = values.pop() if len(values) > 1 else None
        if isinstance(otherwise, Literal) and otherwise.value is None:
            otherwise = None
        return Case(kind, operand, tuple(zip(conditions, values, strict=False)), otherwise)

    def text(self, sort: str, sight: Sight, depth: int) -> Expression:
        """A text made of another one."""
        inner = self.expression("text", sight, depth)
        name = self.one(TEXT_FUNCTIONS)
        arguments: tuple[Expression, ...] = ()
        if name == "substring":
            arguments = (whole(1 + self.below(4)), whole(self.below(4)))[: 1 + self.below(2)]
        elif name in ("left", "right", "repeat"):
            arguments = (whole(self.below(4)),)
        elif name in ("lpad", "rpad"):
            arguments = (whole(self.below(6)), self.beside("text", sight, 0))
        elif name == "replace":
            arguments = (self.beside("text", sight, depth), self.beside("text", sight, depth))
        elif name == "trim" and self.chance(2):
            arguments = (self.literal("text", beside=True),)
        return Call(TEXT, name, (inner, *arguments))

    def joined_text(self, sort: str, sight: Sight, depth: int) -> Expression:
        others = ("text", "int", "date", "enum") if sight.of_kind("enum") else ("text", "int", "date")
        left, other = self.expression("text", sight, depth), self.one(others)
        right = self.beside("text", sight, depth) if other == "text" else self.expression(other, sight, depth)
        return Call(TEXT, self.one(("||", "concat")), (left, right))

    def shifted(self, sort: str, sight: Sight, depth: int) -> Expression:
        """A date near another one."""
        inner = self.expression("date", sight, depth)
        name = self.one(("add_months", "month_start", "week_start"))
        return Call(DATE, name, (inner, *((whole(self.below(30) - 15),) if name == "add_months" else ())))

    def about_two(self, sort: str, sight: Sight, depth: int) -> Expression:
        """A number about two values."""
        name, source = self.one((("position", "text"), ("days_between", "date")))
        left, right = self.expression(source, sight, depth), self.beside(source, sight, depth)
        return Call(INT._replace(size=1e6), name, (left, right))

    # Conditions

    def comparison(self, sort: str, sight: Sight, depth: int) -> Expression:
        tested = self.sort_in(sight)
        left = self.expression(tested, sight, depth)
        if tested in NUMBERS and self.chance(3):
            tested = self.one(NUMBERS)
        name = self.one((*COMPARISONS, "distinct", "not distinct"))
        right = self.beside(tested, sight, depth, null="distinct" in name)
        return Call(BOOL, name, (left, right))

    def logic(self, sort: str, sight: Sight, depth: int) -> Expression:
        name = self.one(("not", "and", "or"))
        count = 1 if name == "not" else 2
        return Call(BOOL, name, tuple([self.expression("bool", sight, depth) for _ in range(count)]))

    def null_test(self, sort: str, sight: Sight, depth: int) -> Expression:
        inner = self.expression(self.sort_in(sight), sight, depth)
        return Call(BOOL, self.one(("is null", "is not null")), (inner,))

    def between(self, sort: str, sight: Sight, depth: int) -> Expression:
        tested = self.sort_in(sight)
        arguments = [self.expression(tested, sight, depth), *[self.beside(tested, sight, depth) for _ in range(2)]]
        return Call(BOOL, self.one(("between", "not between")), tuple(arguments))

    def part(self, sort: str, sight: Sight, depth: int) -> Expression:
        left, right = self.expression("text", sight, depth), self.beside("text", sight, depth)
        name = self.one(("startswith", "endswith", "contains", "ilike", "not ilike"))
        if "ilike" in name:  # like() minds the case on PostgreSQL only; a backslash at the end is an error there
            right = Literal(TEXT, self.one(("a%", "%b", "_", "%", "a_", "", "%a%")), beside=True)
        return Call(BOOL, name, (left, right))

    def membership(self, sort: str, sight: Sight, depth: int) -> Expression:
        tested = self.sort_in(sight)
        operand = self.expression(tested, sight, depth)
        negated = self.chance(2)
        if sight.nesting and self.chance(2):
            query = self.inner(sight, (tested,))
            if query is not None:
                return In(BOOL, operand, query, negated)
        options = [self.beside(tested, sight, depth, null=True) for _ in range(self.below(4))]
        return In(BOOL, operand, tuple(options), negated)

    # Sub-queries

    def existence(self, sort: str, sight: Sight, depth: int) -> Expression:
        if not sight.nesting:
            return self.comparison(sort, sight, depth)
        return Exists(BOOL, self.select(None, self.seen(sight), sight.nesting - 1))

    def scalar(self, sort: str, sight: Sight, depth: int) -> Expression:
        if not sight.nesting:
            return self.leaf(sort, sight)
        query = self.select((sort,), self.seen(sight), sight.nesting - 1, single=True)
        return Scalar(query.kinds[0], query)

    def inner(self, sight: Sight, sorts: tuple[str, ...]) -> Query | None:
        """A query inside of another one."""
        if self.chance(4) and "enum" not in sorts:
            return self.compound(sorts, sight.nesting - 1)
        return self.select(sorts, self.seen(sight), sight.nesting - 1)

    def seen(self, sight: Sight) -> tuple[Column, ...]:
        """What a sub-query reads of the query around it: nothing of a grouped one, which has no single row."""
        if sight.grouped is not None:
            return ()
        return tuple([leaf for leaf in sight.leaves if isinstance(leaf, Column)])

    # Aggregates and windows

    def aggregate(self, sort: str, sight: Sight) -> Expression | None:
        """An aggregate of this kind, if there is one."""
        assert sight.grouped is not None
        # What an aggregate reads is of its own query: if all of it were of the one around, so would be the aggregate.
        inside = Sight(sight.grouped)
        condition = self.expression("bool", inside, 1) if self.chance(4) else None
        name = self.one(("count", "sum", "min", "max") if sort == "int" else ("min", "max", "sum"))
        if name == "count":
            argument = None if self.chance(2) else self.expression(self.sort_in(inside), inside, 1)
            return Aggregate(
                INT._replace(size=1000), name, argument, argument is not None and self.chance(3), condition
            )
        if name == "sum" and sort not in NUMBERS:
            name = "min"
        if sort == "enum":  # SQLite has no min() and max() of enums
            return None
        argument = self.expression(sort, inside, 1)
        distinct = self.chance(4)
        if name == "sum":
            if not argument.kind.exact or argument.kind.size > LARGEST / 1000:
                return None
            return Aggregate(
                argument.kind._replace(size=argument.kind.size * 1000), name, argument, distinct, condition
            )
        return Aggregate(argument.kind, name, argument, distinct, condition)

    def window(self, sort: str, sight: Sight) -> Expression | None:
        """A window function of this kind, if there is one."""
        inside = replace(sight, windows=False, nesting=0)
        name = self.one(
            ("row_number", "rank", "dense_rank", "count", "sum", "lag", "lead", "first_value", "min")
            if sort == "int"
            else ("lag", "lead", "first_value", "last_value", "min", "max", "sum")
        )
        partition = [self.expression(self.sort_in(inside), inside, 1) for _ in range(self.below(2))]
        order = [self.ordering(self.expression(self.sort_in(inside), inside, 1)) for _ in range(self.below(2))]
        rows: tuple[int | None, int | None] | None = None
        arguments: tuple[Expression, ...] = ()
        kind = INT._replace(size=1000)
        if name in ("rank", "dense_rank", "count") and name != "count":
            order = order or [self.ordering(inside.leaves[0])]
        if name not in ("row_number", "rank", "dense_rank", "count"):
            if (sort == "enum" and name in ("min", "max")) or (name == "sum" and sort not in NUMBERS):
                name = "lag"
            argument = self.expression(sort, inside, 1)
            arguments, kind = (argument,), argument.kind
            if name == "sum":
                if not kind.exact or kind.size > LARGEST / 1000:
                    return None
                kind = kind._replace(size=kind.size * 1000)
            if name in ("lag", "lead") and self.chance(2):
                arguments = (argument, self.beside(sort, inside, 0))
                kind = together([argument.kind, arguments[1].kind])
        is_sequence = name in ("row_number", "lag", "lead", "first_value", "last_value")
        has_frame = name in ("count", "sum", "min", "max") and self.chance(3)
        if is_sequence or has_frame:
            apart = rows_apart(inside)
            if any(isinstance(leaf, Column) and leaf.name != "id" for leaf in apart):
                # Rows of a sub-query may be equal: which of them comes first is one thing in a window, and another
                # in the next.
                if self.has_sequence:
                    return None
                self.has_sequence = True
            order += [self.ordering(leaf) for leaf in apart]
        if has_frame:
            rows = self.one(((None, 0), (-1, 1), (0, None), (-2, 0), (1, 2), (None, None)))
        return Window(kind, name, arguments, tuple(partition), tuple(order), rows)

    def ordering(self, key: Expression) -> Order:
        return Order(key, self.chance(2), self.chance(2))

    # Queries

    def query(self) -> Query:
        """A whole query."""
        if self.chance(5):
            return self.compound(None, 1)
        return self.select(None, (), self.below(3))

    def select(
        self,
        sorts: tuple[str, ...] | None,
        outer: tuple[Column, ...],
        nesting: int,
        single: bool = False,
    ) -> Select:
        """A select of these kinds, or of any; `single` if it has one row at most."""
        around, self.has_sequence = self.has_sequence, False
        source, joins, columns = self.sources(nesting, sorts is not None and "enum" in sorts)
        row = Sight(columns, outer, nesting)
        where = self.expression("bool", row, 3) if self.below(3) > 0 else None
        groups: tuple[Expression, ...] | None = None
        having = None
        is_grouped, is_sorted = self.chance(3), self.chance(3) or single
        if is_sorted:  # SQLite finds nothing of the query around in ORDER BY
            row = replace(row, outer=())
        distinct = self.chance(5)
        # PostgreSQL tells keys by their text, in which parameters deep in sub-queries have numbers of their own.
        sight = replace(row, windows=True, nesting=0 if distinct and is_sorted else nesting)
        if is_grouped and not (sorts and "enum" in sorts):
            count = 0 if single else self.below(3)
            own = replace(row, outer=(), nesting=0)
            groups = tuple([self.expression(self.sort_in(own), own, 1) for _ in range(count)])
            sight = Sight(groups, (), sight.nesting, columns)
            if groups and self.chance(3):
                having = self.expression("bool", sight, 2)
        if sorts is None:
            sorts = tuple([self.sort_in(sight) for _ in range(1 + self.below(2))])
        items = tuple([self.expression(sort, sight, 2) for sort in sorts])
        single_row = groups == ()
        order: tuple[Order, ...] = ()
        limit = offset = None
        if is_sorted and not (single and single_row):
            keys = [] if distinct else [self.sort_key(sight) for _ in range(self.below(2))]
            # By all that is selected, so that rows of which either may come first are equal.
            order = tuple([self.ordering(key) for key in (*keys, *items)])
            limit, offset = self.portion()
            if single:
                limit = 1
        selected = (*items, *[key.key for key in order], having)
        if groups == () and not any(isinstance(part, Aggregate) for item in selected for part in parts(item)):
            having = Call(BOOL, ">=", (Aggregate(INT, "count", None, False, None), whole(0)))  # that makes it one group
        self.has_sequence = around
        return Select(items, source, joins, where, groups, having, distinct, order, limit, offset)

    def sort_key(self, sight: Sight) -> Expression:
        return self.expression(self.sort_in(sight), sight, 1)

    def portion(self) -> tuple[int | None, int | None]:
        """LIMIT and OFFSET."""
        limit = self.below(6) if self.chance(2) else None
        return limit, self.below(4) if self.chance(3) else None

    def sources(self, nesting: int, with_enum: bool) -> tuple[Source, tuple[Join, ...], tuple[Column, ...]]:
        first = self.source(0 if with_enum else nesting, ("red", "blue") if with_enum else tuple(COLUMNS))
        columns, joins = columns_of(first), []
        for _ in range((0, 0, 0, 1, 1, 2)[self.below(6)]):
            source = self.source(nesting, tuple(COLUMNS))
            how = self.one(self.joins)
            joins.append(Join(how, source, self.condition(how, columns, columns_of(source))))
            columns += columns_of(source)
        return first, tuple(joins), columns

    def condition(self, how: str, left: tuple[Column, ...], right: tuple[Column, ...]) -> Expression | None:
        """What a join is on. FULL JOIN of PostgreSQL takes only what it can merge or hash: equal columns."""
        if how == "CROSS":
            return None
        pairs = [(mine, other) for mine in left for other in right if mine.kind == other.kind]
        if pairs and (how == "FULL" or not self.chance(3)):
            return Call(BOOL, "=", self.one(pairs))
        if how == "FULL":
            return Call(BOOL, "=", (Call(BOOL, "is null", (left[0],)), Call(BOOL, "is null", (right[0],))))
        condition = self.expression("bool", Sight((*left, *right)), 2)
        read = {part.source for part in parts(condition) if isinstance(part, Column)}
        # SQLite 3.40 takes ON that does not read both sides for a WHERE, where a RIGHT or FULL JOIN comes after it.
        for side in (left, right):
            if not read & {column.source for column in side}:
                condition = Call(BOOL, "or", (condition, Call(BOOL, "is null", (side[0],))))
        return condition

    def source(self, nesting: int, tables: tuple[str, ...]) -> Source:
        self.labels += 1
        label = f"s{self.labels}"
        if nesting and self.chance(4):
            query = self.compound(None, nesting - 1) if self.chance(4) else self.select(None, (), nesting - 1)
            columns = tuple(zip(names(query), query.kinds, strict=True))
            return Source(query, label, columns, cte=self.chance(2))
        table = self.one(tables)
        return Source(table, label, COLUMNS[table])

    def compound(self, sorts: tuple[str, ...] | None, nesting: int) -> Compound:
        if sorts is None:
            sorts = tuple([self.one(SORTS[:-1]) for _ in range(1 + self.below(3))])
        operator, before = self.one(SETS), self.joins
        if operator == "UNION ALL":  # in a sub-query, SQLite 3.40 loses the WHERE of a RIGHT or FULL JOIN there
            self.joins = JOINS[:3]
        left: Query = self.compound(sorts, 0) if self.chance(5) else self.select(sorts, (), nesting)
        # Whole numbers and decimals go together; a float beside a decimal is refused.
        others = tuple([self.one(("int", "numeric")) if sort in ("int", "numeric") else sort for sort in sorts])
        right = self.select(others, (), nesting)
        self.joins = before
        kinds = tuple([together(pair) for pair in zip(left.kinds, right.kinds, strict=True)])
        order: tuple[tuple[int, bool, bool], ...] = ()
        limit = offset = None
        if self.chance(3):
            order = tuple([(position, self.chance(2), self.chance(2)) for position in range(len(kinds))])
            limit, offset = self.portion()
        return Compound(operator, left, right, kinds, order, limit, offset)


TEXT_FUNCTIONS = (
    *("lower", "upper", "trim", "ltrim", "rtrim", "substring", "replace", "left", "right", "lpad", "rpad"),
    "repeat",
)
Production = Callable[[Generator, str, Sight, int], Expression]
ALL: tuple[Production, ...] = (Generator.chosen, Generator.case, Generator.nullified, Generator.scalar)
PRODUCTIONS: dict[str, tuple[Production, ...]] = {
    "int": (Generator.number, Generator.converted, Generator.changed, Generator.about_two, *ALL),
    "numeric": (Generator.number, Generator.changed, Generator.converted, *ALL),
    "real": (Generator.number, Generator.division, Generator.changed, Generator.converted, *ALL),
    "text": (Generator.text, Generator.joined_text, Generator.converted, *ALL),
    "date": (Generator.shifted, *ALL),
    "enum": ALL[:-1],
    "bool": (
        *(Generator.comparison, Generator.logic, Generator.null_test, Generator.between, Generator.membership),
        *(Generator.comparison, Generator.logic, Generator.part, Generator.existence, Generator.converted),
        *(Generator.comparison, *ALL),
    ),
}


def columns_of(source: Source) -> tuple[Column, ...]:
    return tuple([Column(kind, source.label, name) for name, kind in source.columns])


def rows_apart(sight: Sight) -> list[Expression]:
    """Columns that tell rows apart, as far as rows differ: the keys of tables, and all columns of sub-queries."""
    columns = [leaf for leaf in sight.leaves if isinstance(leaf, Column)]
    keyed = {column.source for column in columns if column.name == "id"}
    return [column for column in columns if column.name == "id" or column.source not in keyed]


def whole(value: int) -> Literal:
    """A number as a plain value."""
    return Literal(INT, value, beside=True)


def zero(beside: Expression) -> Literal:
    return whole(0)


def together(kinds: Sequence[Kind]) -> Kind:
    """The kind of a value that is one of these."""
    sorts = [kind.name for kind in kinds]
    name = next((sort for sort in ("real", "numeric") if sort in sorts), sorts[0])
    size, scale = max(kind.size for kind in kinds), max(kind.scale for kind in kinds)
    return Kind(name, size, scale, all(kind.exact for kind in kinds))


def computed(operator: str, left: Kind, right: Kind) -> Kind | None:
    """The kind of a result of arithmetic; None where it could be too large for an engine."""
    name = together([left, right]).name
    size = left.size * right.size if operator == "*" else left.size + right.size
    scale = left.scale + right.scale if operator == "*" else max(left.scale, right.scale)
    if operator == "//":
        size, scale = left.size * 10**right.scale, 0
    exact = left.exact and right.exact and (name != "real" or "numeric" not in (left.name, right.name))
    return None if size > LARGEST or scale > LONGEST else Kind(name, size, scale, exact)


def query(choices: bytes) -> Query:
    """Any query."""
    return Generator(below(choices)).query()


def partition(choices: bytes) -> tuple[Select, Expression]:
    """A query without a condition, and a condition for it."""
    made = Generator(below(choices))
    source, joins, columns = made.sources(1, False)
    sight = Sight(columns, (), 1)
    items = tuple([made.expression(made.sort_in(sight), sight, 1) for _ in range(1 + made.below(2))])
    return Select(items, source, joins), made.expression("bool", sight, 4)


queries, partitions = CHOICES.map(query), CHOICES.map(partition)
