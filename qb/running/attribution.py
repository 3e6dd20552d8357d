"""What a failure says in the words of the declarations: which attributes it is about."""

from __future__ import annotations

from collections.abc import Sequence

from qb.errors import DatabaseError
from qb.nodes import Node, Table
from qb.queries import Compilable
from qb.rewriting import transform


def attribute(error: DatabaseError, statement: Compilable, parameters: Sequence[object] | None) -> None:
    """Give an error the attributes of the columns that it names, and the parameters of its statement if they may be
    shown.
    """
    error.parameters = None if parameters is None else tuple(parameters)
    if not error.columns:
        return
    names: dict[str, str] = {}

    def collect(node: Node) -> Node:
        if isinstance(node, Table) and error.table in (None, node.name):
            for column in node.columns:
                names.setdefault(column.name, column.attribute)
        return node

    transform(statement.node, collect)
    error.attributes = tuple([names.get(column, column) for column in error.columns])
