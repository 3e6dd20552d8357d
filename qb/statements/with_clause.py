"""WITH, in front of every kind of statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from qb.nodes import Statement
from qb.queries import Compilable
from qb.statements.sources import common_table_expressions
from qb.typevars import Result

if TYPE_CHECKING:
    from qb.derived import Derived


class WithClause(Compilable[Result]):
    """A statement that may have common table expressions."""

    __slots__ = ()
    node: Statement

    def with_(self, *ctes: Derived[Any, Any]) -> Self:
        """Common table expressions that the statement has although it reads nothing of them: writes, on PostgreSQL.
        Those that it reads need no word.
        """
        node = self.node.copy()
        node.ctes += common_table_expressions(ctes)
        return self._with(node)

    def _with(self, node: Any) -> Self:  # Self's own kind of node
        """The same builder around another node."""
        new = object.__new__(type(self))
        new.node = node  # type: ignore[misc]  # in a slot of its own class
        return new
