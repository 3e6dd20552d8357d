"""A compiled query whose parameters are filled in at each call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qb.compiler import Compiler
from qb.dialect import Dialect
from qb.errors import EncodingError
from qb.nodes import Node
from qb.prepared.statistics import PreparedStatistics
from qb.prepared.traced import Traced
from qb.queries import Compilable, Compiled
from qb.rows import RowBuilder, builder_for
from qb.symbols import Symbol, sample_of
from qb.types import Array, RowCount, SqlType

Encode = Callable[[Any], Any]


class NotPrepared(Exception):  # noqa: N818  # no error: the query is compiled for these values alone
    """A value needs other SQL than the first one of its class."""


class Later:
    """A parameter that a call fills in."""

    __slots__ = ("encode", "position", "read")

    def __init__(self, value: Traced, encode: Encode | None) -> None:
        self.position = value.qb_position
        self.read = value.qb_read
        self.encode = encode


class Binding(Compiler):
    """The part of a compiler that leaves symbols open; goes in front of a dialect's own."""

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        mark = super().bind(sample_of(value), type, beside)
        if isinstance(value, Symbol):
            self.parameters[-1] = later(self, value, type, self.encoders.get(type.kind))
        return mark

    def store(self, value: object, type: SqlType) -> str:
        mark = super().store(sample_of(value), type)
        if isinstance(value, Symbol):
            encode = self.stored.get(type.kind) or self.encoders.get(type.kind)
            self.parameters[-1] = later(self, value, type, encode)
        return mark


def later(compiler: Compiler, value: Symbol, type: SqlType, encode: Callable[[Any, SqlType], Any] | None) -> Later:
    """The parameter for a symbol: encoded as the dialect does it, as long as the SQL stays the same."""
    assert isinstance(value, Traced)
    limit = compiler.limits.get(type.kind)
    if limit is not None and isinstance(value.sample, int):
        return Later(value, within(-limit, limit, value.sample))
    if isinstance(type, RowCount):
        return Later(value, within(0, 2**63, value.sample))
    if isinstance(type, Array):
        return Later(value, of_items(type, encode))
    return Later(value, None if encode is None else lambda given: encode(given, type))


def within(least: int, limit: int, sample: int) -> Encode:
    """Whole numbers that are in a range, or out of it, as the first one was."""
    is_inside = least <= sample < limit

    def encoded(given: int) -> int:
        if (least <= given < limit) is not is_inside or not -(2**63) <= given < 2**63:
            raise NotPrepared
        return given

    return encoded


def of_items(type: Array, encode: Callable[[Any, SqlType], Any] | None) -> Encode:
    """Lists whose items are all of the class that the column takes; None among them is IS NULL, other SQL."""
    python = type.item.python

    def encoded(given: Any) -> Any:
        items = list(given)
        if not all(isinstance(item, python) for item in items):
            raise NotPrepared
        return items if encode is None else encode(items, type)

    return encoded


class Variant:
    """The query for arguments of some classes."""

    __slots__ = ("builder", "computed", "has_more", "node", "open", "parameters", "sql", "statistics", "unread")

    def __init__(
        self,
        classes: tuple[type, ...],
        node: Node,
        sql: str,
        parameters: tuple[object, ...],
        builder: RowBuilder | None,
        statistics: PreparedStatistics,
    ) -> None:
        self.node = node
        """As it was traced, with symbols for the arguments."""
        self.sql = sql
        self.parameters = list(parameters)
        waiting = [(place, parameter) for place, parameter in enumerate(parameters) if isinstance(parameter, Later)]
        self.open = [
            (place, later.position, classes[later.position], later.encode)
            for place, later in waiting
            if later.position is not None
        ]
        """Where the arguments go."""
        read = {position for _, position, _, _ in self.open}
        self.unread = [(position, cls) for position, cls in enumerate(classes) if position not in read]
        """Arguments that are no parameters."""
        self.computed = [(place, later.read, later.encode) for place, later in waiting if later.position is None]
        """Where attributes of arguments go."""
        self.has_more = bool(self.unread or self.computed)
        self.builder = builder
        self.statistics = statistics

    def bind(self, arguments: tuple[Any, ...]) -> Compiled | None:
        """The query with these arguments; None when they are of other classes, or need other SQL."""
        parameters = self.parameters.copy()
        try:
            for place, position, cls, encode in self.open:
                value = arguments[position]
                if type(value) is not cls:
                    return None
                parameters[place] = value if encode is None else encode(value)
            if self.has_more:
                for position, cls in self.unread:
                    if type(arguments[position]) is not cls:
                        return None
                for place, read, encode in self.computed:
                    parameters[place] = read(arguments) if encode is None else encode(read(arguments))
        except (EncodingError, NotPrepared):  # the ordinary way tells it in better words, or has another type for it
            return None
        self.statistics.bound += 1
        return _new(Compiled, (self.sql, tuple(parameters)))


_new = tuple.__new__
_COMPILERS: dict[type[Compiler], type[Any]] = {}


def compiled(
    query: Compilable[Any], dialect: Dialect, classes: tuple[type, ...], statistics: PreparedStatistics
) -> Variant:
    """A traced query, compiled. Raises TraceError when its SQL depends on values."""
    compiler = _COMPILERS.get(dialect.compiler)
    if compiler is None:
        compiler = _COMPILERS[dialect.compiler] = type("Prepared", (Binding, dialect.compiler), {})
    sql, parameters = compiler().compile(query.node)
    return Variant(classes, query.node, sql, parameters, builder_for(query, dialect), statistics)
