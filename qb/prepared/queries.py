"""The query that a call of a prepared function gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic

from qb.dialect import Dialect
from qb.nodes import Node
from qb.queries import Compilable, Compiled, Query
from qb.rows import RowBuilder
from qb.typevars import R

if TYPE_CHECKING:
    from qb.prepared.functions import Prepared


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
        if found is None:
            variant = self._prepared.variant(dialect, self._arguments)
            found = None if variant is None else variant.bind(self._arguments)
        return self.built().compile(dialect) if found is None else found

    def prepared_rows(self, dialect: Dialect) -> RowBuilder | None:
        variant = self._prepared.variant(dialect, self._arguments)
        return None if variant is None else variant.builder

    @property
    def node(self) -> Node:  # type: ignore[override]  # made when it is asked for
        """The tree of the ordinary query."""
        return self.built().node

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
