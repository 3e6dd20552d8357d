"""@query: functions that give prepared queries, and what their calls give."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import wraps
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar

from qb.dialect import Dialect, find_dialect
from qb.errors import EncodingError, TraceError
from qb.nodes import Node
from qb.prepared.binding import Variant, compiled
from qb.prepared.statistics import statistics_of
from qb.prepared.traced import Trace, is_shape, traced
from qb.queries import Compilable, Compiled, Query
from qb.rows import RowBuilder
from qb.typevars import R

P = ParamSpec("P")
Q = TypeVar("Q", bound=Compilable)
_new = object.__new__
MOST = 1000
"""So many kinds of arguments are kept; a program that has more makes tables or aliases on the fly."""


def query(function: Callable[P, Q]) -> Callable[P, Q]:
    """A prepared query: the body runs once, with symbols for arguments, and is compiled once for each dialect. A call
    then costs a look-up and the binding.

        @query
        def albums_by(artist: str, *, since: date) -> Query:
            return (
                select(Album.id, Album.title)
                .join(Artist, on=Album.artist_id == Artist.id)
                .where(Artist.name == artist, Album.released >= since)
            )

        await db.fetch_all(albums_by("AC/DC", since=date(1980, 1, 1)))

    The body runs again for arguments of other classes, None among them, and for the other answer of a `when`.
    What it computes itself, such as today's date, stays as it was: make that an argument.

    Raises TraceError where the body asks for the value of an argument.
    """
    prepared = Prepared(function)
    alone = prepared.positional if prepared.positional == len(prepared.names) else -1  # all, when none comes by name

    @wraps(function)
    def call(*args: Any, **kwargs: Any) -> PreparedQuery[Any]:
        made = _new(PreparedQuery)
        made._prepared = prepared
        made._arguments = args if len(args) == alone and not kwargs else prepared.arguments(args, kwargs)
        return made

    call.prepared = prepared  # type: ignore[attr-defined]  # for whoever looks into it
    return call  # type: ignore[return-value]  # called like the function; what it gives is a query alike


class PreparedQuery(Query[R], Generic[R]):
    """A query that is compiled already: arguments, and where they go.

    As a part of another query, or with one more clause, it is the ordinary query that its function builds.
    """

    __slots__ = ("_arguments", "_built", "_prepared")
    is_prepared = True

    # Set by the call of the function, which makes these without __init__: it is where the time goes.
    _prepared: Prepared
    _arguments: tuple[Any, ...]
    _built: Compilable

    def compile(self, dialect: str | Dialect) -> Compiled:
        latest = self._prepared.latest.get(dialect)
        found = None if latest is None else latest.bind(self._arguments)
        if found is not None:
            return found
        variant = self._prepared.variant(dialect, self._arguments)
        found = None if variant is None else variant.bind(self._arguments)
        if found is None:
            self._prepared.statistics.misfits += 1
            return self.built().compile(dialect)
        return found

    def prepared(self, dialect: Dialect) -> tuple[Compiled, RowBuilder] | None:
        latest = self._prepared.latest.get(dialect)
        if latest is None or latest.builder is None:
            return None
        found = latest.bind(self._arguments)
        return None if found is None else (found, latest.builder)

    def prepared_rows(self, dialect: Dialect) -> RowBuilder | None:
        variant = self._prepared.variant(dialect, self._arguments)
        return None if variant is None else variant.builder

    @property
    def instances_of(self) -> type[Any] | None:
        return self.built().instances_of

    def _tree(self, dialect: Dialect) -> Node:
        variant = self._prepared.variant(dialect, self._arguments)
        return self.node if variant is None else variant.node

    @property
    def node(self) -> Node:  # type: ignore[override]  # made when it is asked for
        """The tree of the ordinary query."""
        return self.built().node

    def transformed(self, replace: Callable[[Node], Node]) -> Any:  # the ordinary query
        return self.built().transformed(replace)

    def built(self) -> Compilable:
        """The ordinary query."""
        try:
            return self._built
        except AttributeError:
            self._built = self._prepared.build(self._arguments)
            return self._built

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            if name == "_built":
                raise AttributeError(name)
            return getattr(self.built(), name)


class Branches:
    """The queries for arguments of the same classes whose shapes differ: tables, and what `when` has decided."""

    __slots__ = ("shapes", "variants")

    def __init__(self, shapes: dict[str, Callable[[tuple[Any, ...]], Hashable]]) -> None:
        self.shapes = shapes
        """What decides, by the words for it: it grows with what is found out by tracing."""
        self.variants: dict[tuple[Hashable, ...], Variant | None] = {}

    def of(self, arguments: tuple[Any, ...]) -> tuple[Hashable, ...]:
        """What tells the branch of some arguments."""
        return tuple([shape(arguments) for shape in self.shapes.values()])


class Prepared:
    """A function under `@query`."""

    def __init__(self, function: Callable[..., Any]) -> None:
        code = getattr(function, "__code__", None)
        if code is None or code.co_flags & (0x04 | 0x08 | 0x20 | 0x80 | 0x200):
            raise TypeError(
                f"@query is for plain functions with named parameters, and {function!r} is none "
                f"(no *args, no **kwargs, no async def, no generator)"
            )
        self.function = function
        self.names: tuple[str, ...] = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
        self.positional: int = code.co_argcount
        defaults = function.__defaults__ or ()
        last = self.names[self.positional - len(defaults) : self.positional]
        self.defaults = {**dict(zip(last, defaults, strict=True)), **(function.__kwdefaults__ or {})}
        self.latest: dict[str | Dialect, Variant] = {}
        """The query that was asked for last, which is likely to be asked for again; it knows whether it fits."""
        self.found: dict[tuple[Any, ...], Variant | Branches | None] = {}
        self.name = function.__qualname__
        self.statistics = statistics_of(f"{function.__module__}.{self.name}")

    def arguments(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[Any, ...]:
        """The arguments of a call in the order of the parameters."""
        count = len(args)
        if count <= self.positional and count + len(kwargs) == len(self.names):
            try:
                return args + tuple(map(kwargs.__getitem__, self.names[count:]))
            except KeyError:
                pass
        values = list(args)
        for name in self.names[len(args) :]:
            if name in kwargs:
                values.append(kwargs[name])
            elif name in self.defaults:
                values.append(self.defaults[name])
            else:
                break
        given = len(values) == len(self.names) and all(name in self.names[len(args) :] for name in kwargs)
        if not given or len(args) > self.positional:
            self.function(*args, **kwargs)  # raises Python's own error, before the body
            raise TypeError(f"{self.name}() was called with other arguments than it has")
        return tuple(values)

    def build(self, arguments: tuple[Any, ...]) -> Compilable:
        """What the function itself returns."""
        cut = self.positional
        keywords = dict(zip(self.names[cut:], arguments[cut:], strict=True))
        made = self.function(*arguments[:cut], **keywords)
        if not isinstance(made, Compilable):
            raise TypeError(f"{self.name}() is a @query and returns {made!r}, which is no query")
        return made

    def variant(self, dialect: str | Dialect, arguments: tuple[Any, ...]) -> Variant | None:
        """The compiled query for such arguments; None where there can be none, and each is compiled by itself."""
        key = (dialect, *map(type, arguments))
        found = self.found.get(key, self)
        if isinstance(found, Variant):
            self.latest[dialect] = found
            return found
        if found is None:
            return None
        if isinstance(found, Branches):
            branch = found.of(arguments)
            if branch in found.variants:
                return found.variants[branch]
        return self.trace(key, dialect, arguments)

    def trace(self, key: tuple[Any, ...], dialect: str | Dialect, arguments: tuple[Any, ...]) -> Variant | None:
        """Run the function with symbols, and compile what it gives."""
        if len(self.found) > MOST:
            self.found.clear()
        trace = Trace(self.name)
        symbols = []
        for position, (name, value) in enumerate(zip(self.names, arguments, strict=True)):
            if is_shape(value) and value is not None:
                if not hasattr(value, "__qb_source__") and not isinstance(value, type):
                    self.found[key] = None  # an expression or a query: another one at each call
                    return None
                trace.shapes[name] = itemgetter(position)
            symbols.append(traced(trace, name, itemgetter(position), value, position))
        made = self.build(tuple(symbols))
        try:
            known_dialect = find_dialect(dialect) if isinstance(dialect, str) else dialect
            variant = compiled(made, known_dialect, key[1:], self.statistics)
            self.statistics.traced += 1
        except TraceError:  # the SQL itself depends on a value
            variant = None
        except EncodingError:  # perhaps this value only: the ordinary way tells
            return None
        known = self.found.get(key)
        before = known.shapes if isinstance(known, Branches) else {}
        shapes = {**before, **trace.shapes}
        if not shapes:
            self.found[key] = variant
            return variant
        if not isinstance(known, Branches) or len(shapes) > len(before) or len(known.variants) > MOST:
            known = self.found[key] = Branches(shapes)
        known.variants[known.of(arguments)] = variant
        return variant
