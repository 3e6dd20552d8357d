"""What every part of a compiler needs: the dispatch on nodes, the parameters, the scope."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from qb import nodes
from qb.errors import CompileError, EncodingError
from qb.identifiers import PATHS, is_unicode, snake_case
from qb.nodes import Column, Node, Source
from qb.types import SqlType

Encoder = Callable[[Any, SqlType], Any]  # any value of the type's Python class, to what the driver takes
EncoderOfMany = Callable[[Sequence[Any]], Sequence[Any] | None]


class Dispatch(dict[type[Node], Callable[[Any, Any], str]]):
    """Each node class with the visit method for its name, found when the first such node comes."""

    def __init__(self, compiler: type[BaseCompiler]) -> None:
        self.compiler = compiler

    def __missing__(self, node: type[Node]) -> Callable[[Any, Any], str]:
        method: Callable[[Any, Any], str] | None = getattr(self.compiler, f"visit_{snake_case(node.__name__)}", None)
        if method is None:
            raise KeyError(node)
        self[node] = method
        return method


class BaseCompiler:
    """Renders one statement; a new one is made for each."""

    encoders: ClassVar[Mapping[str, Encoder]] = {}
    """By the kind of a SQL type: how its values are handed to the driver. A missing kind goes as it is."""
    stored: ClassVar[Mapping[str, Encoder]] = {}
    """Likewise for values that a column shall keep, where a comparison takes more than a column does."""
    of_columns: ClassVar[Mapping[str, EncoderOfMany]] = {}
    """Likewise for many values that one column shall keep; it gives None for those that have to go one by one."""
    bridged: ClassVar[frozenset[str]] = frozenset()
    """Kinds of types whose stored form does not compare by itself as their values do."""
    limits: ClassVar[Mapping[str, int]] = {}
    """By the kind of a whole number's type: one more than the largest; what is larger is bound as a bigint."""
    functions: ClassVar[Mapping[str, str]] = {}
    """By qb's name for a function: the dialect's name, where it is another one."""
    paths: ClassVar[Mapping[tuple[str, ...], str]] = PATHS
    """How columns are written."""
    upserted: nodes.Table | None = None
    """The table of the insert whose DO UPDATE is being rendered."""
    stray: nodes.Excluded | None = None
    """One that stands where there is no such row."""
    ctes: dict[nodes.Cte, bool] | None = None
    """The common table expressions of the statement, in the order in which they need each other, and whether each
    is complete; few statements have any.
    """
    dispatch: ClassVar[Dispatch]

    def __init_subclass__(cls) -> None:
        cls.dispatch = Dispatch(cls)

    def __init__(self) -> None:
        self.parameters: list[object] = []
        self.uses: dict[Source, Column] = {}
        """The sources that the statement in hand reads, each with a column that reads it."""

    def compile(self, node: Node) -> tuple[str, tuple[object, ...]]:
        """The text of a whole statement, and its parameters."""
        text = self.dispatch[node.__class__](self, node)
        if (self.uses or self.stray is not None) and isinstance(node, nodes.Statement):
            self.check_scope()
        if self.ctes is not None:
            text = self.after_with(node, self.ctes)
        return text, tuple(self.parameters)

    def after_with(self, node: Node, ctes: dict[nodes.Cte, bool]) -> str:
        """The text of a statement that turned out to need common table expressions."""
        raise NotImplementedError

    def check_scope(self) -> None:
        """Raise CompileError when columns are read of what is not there."""
        for column in self.uses.values():
            raise CompileError(
                f'"{column.source.label}" is not in this query, but its column "{column.name}" is used: '
                f"add a .from_() or a .join()"
            )
        if self.stray is not None:
            column = self.stray.column
            raise CompileError(
                f'excluded() of "{column.source.label}"."{column.name}" is the row that an insert into that table '
                f"tried: it is there in its .do_update(…) alone"
            )

    def visit(self, node: Node) -> str:
        """The text of any node."""
        return self.dispatch[node.__class__](self, node)

    def visit_all(self, items: Sequence[Node]) -> str:
        """Texts with commas between them."""
        dispatch = self.dispatch
        if len(items) == 1:
            return dispatch[items[0].__class__](self, items[0])
        return ", ".join([dispatch[item.__class__](self, item) for item in items])

    # Parameters

    def placeholder(self) -> str:
        """The mark of the parameter that was appended last."""
        return "?"

    def bind(self, value: object, type: SqlType, beside: SqlType | None = None) -> str:
        """Append a parameter; `beside` is the type of what it is compared with or assigned to, if known."""
        encode = self.encoders.get(type.kind)
        if encode is not None and value is not None:
            value = encode(value, type)
        self.parameters.append(value)
        return self.placeholder()

    def literal(self, value: object, type: SqlType) -> str:
        """A value as text, for DDL, where nothing can be bound."""
        if value is None:
            return "NULL"
        encode = self.encoders.get(type.kind)
        if encode is not None:
            value = encode(value, type)
        if isinstance(value, bool):
            return "TRUE" if value else "FALSE"
        if isinstance(value, (int, float)):
            return f"({value!r})" if value < 0 else repr(value)
        if isinstance(value, bytes):
            return f"X'{value.hex()}'"
        text = str.__str__(value) if isinstance(value, str) else str(value)
        if "\0" in text or not is_unicode(text):
            raise CompileError("a text in DDL cannot hold NUL, or half of a character")
        return "'" + text.replace("'", "''") + "'"


def name_column(error: EncodingError, *sides: Node) -> None:
    """Put the column beside which a value does not fit in front of the error's message."""
    for side in sides:
        if isinstance(side, Column):
            error.args = (f"{side.source.label}.{side.attribute}: {error}",)
            return
