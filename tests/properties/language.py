"""The queries of the property tests, as plain data: what is built with qb and what is evaluated are made of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple


class Kind(NamedTuple):
    """What an expression is, and how large it may get: engines have different ends of their numbers."""

    name: str
    """int, text, numeric, real, bool, date or enum."""
    size: float = 100
    """No value is further from 0."""
    scale: int = 0
    """Digits after the point, of a numeric."""
    exact: bool = True
    """Whether a float has no digits that were cut off: sums of others depend on the order of the rows."""


INT, TEXT, BOOL, DATE, ENUM = Kind("int"), Kind("text"), Kind("bool", 1), Kind("date"), Kind("enum")
REAL = Kind("real", 16)


class Shown:
    """What hypothesis shows by a word, because the tests note its SQL."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"a {type(self).__name__} (see its SQL)"

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        printer.text(repr(self))


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Expression(Shown):
    """Anything with a value."""

    kind: Kind


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Column(Expression):
    """A column of a source in scope."""

    source: str
    name: str


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Literal(Expression):
    """A value; `beside` where it stands beside an expression, and takes its type."""

    value: Any
    beside: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Call(Expression):
    """An operator or a function: one of `operations.OPERATIONS`."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Case(Expression):
    """The value of the first pair whose condition is true, or is equal to the operand where there is one."""

    operand: Expression | None
    pairs: tuple[tuple[Expression, Expression], ...]
    otherwise: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class In(Expression):
    """One of several expressions, or of the rows of a query. None among the expressions means IS NULL in qb."""

    operand: Expression
    options: tuple[Expression, ...] | Query
    negated: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Exists(Expression):
    """Whether a query has a row."""

    query: Query


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Scalar(Expression):
    """The value of a query of one column and at most one row."""

    query: Query


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Aggregate(Expression):
    """A value of a group; without an argument it is count(*)."""

    name: str
    argument: Expression | None
    distinct: bool
    filter: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Window(Expression):
    """A value for each row, of the rows around it. `rows` are the ends of a frame of rows; None is unbounded."""

    name: str
    arguments: tuple[Expression, ...]
    partition: tuple[Expression, ...]
    order: tuple[Order, ...]
    rows: tuple[int | None, int | None] | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Order(Shown):
    """A sort key. Where NULLs go is always said: the engines have different defaults (docs/sqlite-and-postgres.md)."""

    key: Expression
    descending: bool
    nulls_first: bool


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Source(Shown):
    """A table or a query under a name of its own."""

    of: str | Query
    label: str
    columns: tuple[tuple[str, Kind], ...]
    cte: bool = False


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Join(Shown):
    """INNER, LEFT, RIGHT, FULL or CROSS."""

    how: str
    source: Source
    on: Expression | None


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Select(Shown):
    """A SELECT. `groups` is None where rows are not grouped, and empty where all of them are one group."""

    items: tuple[Expression, ...]
    source: Source
    joins: tuple[Join, ...] = ()
    where: Expression | None = None
    groups: tuple[Expression, ...] | None = None
    having: Expression | None = None
    distinct: bool = False
    order: tuple[Order, ...] = ()
    limit: int | None = None
    offset: int | None = None

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Of the columns, which are called c1, c2 …"""
        return tuple([item.kind for item in self.items])


@dataclass(frozen=True, slots=True, eq=False, repr=False)
class Compound(Shown):
    """Two queries put together; sorted by positions."""

    operator: str
    left: Query
    right: Query
    kinds: tuple[Kind, ...]
    order: tuple[tuple[int, bool, bool], ...] = ()
    """Position, descending, nulls first."""
    limit: int | None = None
    offset: int | None = None


Query = Select | Compound


def names(query: Query) -> list[str]:
    """What the columns of a query are called."""
    return [f"c{number}" for number in range(1, len(query.kinds) + 1)]


def parts(expression: Expression | None) -> Iterator[Expression]:
    """An expression with all that it is made of, except what is inside of its sub-queries."""
    if expression is None:
        return
    yield expression
    inner: tuple[Expression | None, ...] = ()
    match expression:
        case Call() | Window():
            inner = expression.arguments
        case Case():
            inner = (expression.operand, expression.otherwise, *[part for pair in expression.pairs for part in pair])
        case In(options=tuple(options)):
            inner = (expression.operand, *options)
        case In():
            inner = (expression.operand,)
    for part in inner:
        yield from parts(part)
