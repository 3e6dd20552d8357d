"""Functions of the database that qb does not know: by name, with declared types."""

from __future__ import annotations

from types import GenericAlias
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar, overload

from qb import types
from qb.columns import Column
from qb.errors import CompileError
from qb.expressions import Expr, operand
from qb.expressions.aggregates import AggregateExpr
from qb.identifiers import LONGEST_NAME, PATHS
from qb.nodes import Aggregate, Cast, Expression, Function
from qb.types import SqlType

T = TypeVar("T")
Parameters = TypeVar("Parameters")


class UserFunction(Generic[T, Parameters]):
    """A function of the database. Called with values and expressions, it is an expression."""

    __slots__ = ("name", "path", "returns", "takes")

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, name: str, takes: tuple[SqlType, ...], returns: SqlType) -> None:
        path = tuple(name.split("."))
        if not all(path) or len(path) > 2:
            raise CompileError(f'{name!r} is no name of a function: write "name" or "schema.name"')
        for part in path:
            if len(part.encode(errors="replace")) > LONGEST_NAME:
                raise CompileError(f"{part!r} has more than {LONGEST_NAME} bytes, and PostgreSQL would cut it off")
        self.name = name
        self.path = PATHS[path]
        self.takes = takes
        self.returns = returns

    def __call__(self, *arguments: object) -> Expr[T]:
        """The function of these arguments. Raises CompileError when they are not what it takes."""
        return Expr(Function(self.path, self._arguments(arguments), self.returns))

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}({', '.join(map(repr, self.takes))}) -> {self.returns!r}>"

    def _arguments(self, values: tuple[object, ...]) -> tuple[Expression, ...]:
        if len(values) != len(self.takes):
            raise CompileError(f"{self.name}() takes {len(self.takes)} arguments and was given {len(values)}")
        nodes = []
        for number, (value, kind) in enumerate(zip(values, self.takes, strict=True), 1):
            node = operand(value, kind)
            if not types.comparable(kind, node.type):
                raise CompileError(f"argument {number} of {self.name}() is {kind!r}, not {node.type!r}")
            # A decimal has to be in the form of the type that the function takes.
            nodes.append(Cast(node, kind) if kind.kind == "numeric" and node.type != kind else node)
        return tuple(nodes)


class UserAggregate(UserFunction[T, Parameters]):
    """An aggregate function of the database."""

    __slots__ = ()

    def __call__(self, *arguments: object) -> AggregateExpr[T]:
        """The aggregate of these arguments. Raises CompileError when they are not what it takes."""
        return AggregateExpr(Aggregate(self.path, self._arguments(arguments), self.returns))


@overload
def function(
    name: str, /, *takes: Column[Any, Any, Any], returns: Column[T, Any, Any], aggregate: Literal[True]
) -> UserAggregate[T, Any]: ...
@overload
def function(
    name: str, /, *takes: Column[Any, Any, Any], returns: Column[T, Any, Any], aggregate: Literal[False] = False
) -> UserFunction[T, Any]: ...
def function(
    name: str, /, *takes: Column[Any, Any, Any], returns: Column[Any, Any, Any], aggregate: bool = False
) -> UserFunction[Any, Any]:
    """A function that the database has, by its name there, with the kinds of what it takes and returns.

        function("soundex", col.text(), returns=col.text())(Artist.name)    -- "soundex"("artists"."name")

    The name is quoted, so it is spelled as the database has it, and may be `schema.name`. The result may be NULL
    where an argument may, or everywhere with `returns=col.integer().nullable()`. Values go in and come out in the
    form in which the database keeps their kind. Raises CompileError for what cannot be a name.
    """
    for kind in (*takes, returns):
        if not isinstance(kind, Column):
            raise TypeError(f"function() takes kinds of columns, as in col.integer(), not {kind!r}")
    if aggregate and not takes:
        raise CompileError(f"an aggregate is one of something: what does {name}() take?")
    cls = UserAggregate if aggregate else UserFunction
    return cls(name, tuple([kind.node.type for kind in takes]), returns.node.type)
