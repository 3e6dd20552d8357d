"""What every statement can do: compile to SQL, and show itself."""

from __future__ import annotations

from collections.abc import Callable
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

from qb.dialect import Dialect, find_dialect
from qb.errors import QbError
from qb.nodes import Node
from qb.typevars import Facts, Projection, R, Result

T = TypeVar("T")

if TYPE_CHECKING:
    from qb.rows import RowBuilder


class Compiled(tuple[str, tuple[object, ...]]):
    """SQL text and the parameters for it, ready for any driver of the dialect."""

    __slots__ = ()  # written out, because making a NamedTuple takes longer than the rest of this module

    @property
    def sql(self) -> str:
        """The text."""
        return self[0]

    @property
    def parameters(self) -> tuple[object, ...]:
        """What is bound to its marks, in their order."""
        return self[1]

    def __repr__(self) -> str:
        return f"Compiled(sql={self.sql!r}, parameters={self.parameters!r})"


class Compilable(Generic[Result]):
    """Anything that is a statement of its own. `Result` is what a batch has for it: the list of its rows, or how many
    rows it changed.
    """

    __slots__ = ()
    node: Node

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def compile(self, dialect: str | Dialect) -> Compiled:
        """The SQL for a dialect (`"sqlite"`, `"postgres"`, `"d1"`, or a Dialect) and its parameters.

            sql, parameters = select(Album.id).where(Album.plays > 100).compile("postgres")

        Raises CompileError when the query is not valid, UnsupportedError when the dialect cannot say it.
        """
        if isinstance(dialect, str):
            dialect = find_dialect(dialect)
        return tuple.__new__(Compiled, dialect.compiler().compile(self.node))

    is_prepared: ClassVar[bool] = False
    """Whether it is compiled already; asking for its node would build it again."""

    _expected_rows: int | None = None
    """How many rows it must change."""

    def prepared_rows(self, dialect: Dialect) -> RowBuilder | None:
        """What makes rows of what it returns, where that is known already: of a prepared query."""
        return None

    def prepared(self, dialect: Dialect) -> tuple[Compiled, RowBuilder] | None:
        """It with what makes its rows, where both are known already: of a prepared query that was run before."""
        return None

    @property
    def instances_of(self) -> type[Any] | None:
        """The class that its rows are made into."""
        return None

    def _tree(self, dialect: Dialect) -> Node:
        """A tree that names the same tables as `node`; of a prepared query, which is not built for it, without its
        values.
        """
        return self.node

    def with_schema(self, schema: str) -> Self:
        """The same statement on the tables of a schema, for all tables that are declared without one. It is said
        last: what is added later would mean the tables as they are declared.

            await db.fetch_all(select(Album).with_schema("tenant_7"))

        On SQLite a schema is an attached database. Raises SchemaError when the name cannot be one.
        """
        from qb.composition.schemas import into_schema

        return self.transformed(into_schema(schema))

    def transformed(self, replace: Callable[[Node], Node]) -> Self:
        """The same statement with its syntax tree rewritten by `qb.transform`: `replace` is called on each node,
        children first. The result is of the same type, so it has to select the same.

            query.transformed(lambda node: narrowed(node, live))
        """
        from qb.rewriting import transform

        new = object.__new__(type(self))
        for cls in type(self).__mro__:
            for slot in getattr(cls, "__slots__", ()):
                value = getattr(self, slot)
                setattr(new, slot, transform(value, replace) if slot == "node" else value)
        return new

    def __str__(self) -> str:
        from qb.compiler import Compiler

        return Compiler().compile(self.node)[0]

    def __repr__(self) -> str:
        try:
            text = str(self)
        except QbError as error:  # what is shown while debugging may be wrong
            text = f"that does not compile: {error}"
        return f"<{type(self).__name__} {text}>"


class Query(Compilable[list[R]], Generic[R]):
    """A statement that returns rows of type `R`."""

    __slots__ = ("node",)

    def into(self, cls: type[T]) -> Instances[T]:
        """The same query with instances of a class for its rows. Columns and fields go together by their names.

            await db.fetch_all(select(Album.id, Album.title).into(AlbumCard))

        The class is a dataclass, a NamedTuple, a TypedDict, or one of attrs, msgspec or pydantic; rows inside of rows
        become what its fields are declared to hold. It is said last.

        Raises TypeError when it is no such class; when the query is run, CompileError where columns and fields
        do not fit.
        """
        return Instances(self, cls)


class Instances(Query[R], Generic[R, Projection, Facts]):
    """A query whose rows are made into a class."""

    __slots__ = ("_class", "_query")

    def __init__(self, query: Query[Any], cls: type[Any]) -> None:
        from qb.into import target_of

        target_of(cls)
        self._query = query
        self._class = cls

    @property
    def node(self) -> Node:  # type: ignore[override]  # that of its query
        """The tree of the query."""
        return self._query.node

    @property
    def of(self) -> Query[Any]:
        """The query with rows."""
        return self._query

    def _tree(self, dialect: Dialect) -> Node:
        return self._query._tree(dialect)

    @property
    def is_prepared(self) -> bool:  # type: ignore[override]  # as its query is
        """Whether the query is compiled already."""
        return self._query.is_prepared

    @property
    def instances_of(self) -> type[Any]:
        return self._class

    def into(self, cls: type[T]) -> Instances[T]:
        return Instances(self._query, cls)

    def compile(self, dialect: str | Dialect) -> Compiled:
        return self._query.compile(dialect)

    def prepared_rows(self, dialect: Dialect) -> RowBuilder | None:
        builder = self._query.prepared_rows(dialect)
        return None if builder is None else builder.into(self._class)

    def prepared(self, dialect: Dialect) -> tuple[Compiled, RowBuilder] | None:
        found = self._query.prepared(dialect)
        return None if found is None else (found[0], found[1].into(self._class))

    def transformed(self, replace: Callable[[Node], Node]) -> Self:
        return type(self)(self._query.transformed(replace), self._class)
