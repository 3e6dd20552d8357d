"""What an upsert may conflict with: the unique keys of a table."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from qb import constraints
from qb.columns import Column
from qb.compiler import Compiler
from qb.compiler.inline import inlining
from qb.errors import CompileError
from qb.expressions import Expr, expression
from qb.nodes import Column as ColumnNode
from qb.nodes import ConflictTarget, Expression, Node, Order
from qb.statements.sources import column_node
from qb.tables import Definition, Table, definition_of

UniqueKey = constraints.Unique | constraints.PrimaryKey | constraints.Index


def target_of(
    table: type[Table],
    columns: Iterable[Column[Any, Any, Any]],
    where: Expr[bool | None] | None,
    constraint: UniqueKey | None,
) -> ConflictTarget | None:
    """The unique key that is meant, None for any. Raises CompileError, with those that the table has, when there
    is no such key.
    """
    definition = definition_of(table)
    given = tuple([column_node(column) for column in columns])
    condition = None if where is None else expression(where, "condition")
    if constraint is not None:
        if given or where is not None:
            raise CompileError("on_conflict() takes columns or a constraint, not both")
        return _target_of_constraint(definition, constraint)
    if not given:
        if where is not None:
            raise CompileError("on_conflict(where=…) is for the columns of a partial index: name them")
        return None
    found = ConflictTarget(given, condition)
    for key in _keys(definition):
        if _identity(key) == _identity(found):
            return found
    raise CompileError(
        f"{table.__name__} has no unique key {_shown(found)}: on_conflict() takes {_listed(_keys(definition))}"
    )


def _target_of_constraint(definition: Definition, constraint: UniqueKey) -> ConflictTarget:
    own = (*definition.constraints, *definition.indexes)
    unique = not isinstance(constraint, constraints.Index) or constraint.unique
    if not unique or not any(item is constraint for item in own):
        name = getattr(constraint, "name", None) or constraint
        raise CompileError(f'"{name}" is no unique constraint or unique index of {definition.model.__name__}')
    if isinstance(constraint, constraints.Index):  # an index is found by what it is made of, not by its name
        return _target_of_index(constraint)
    return ConflictTarget(constraint.columns, None, constraint.name)


def _keys(definition: Definition) -> Iterator[ConflictTarget]:
    """All that is unique in the table."""
    key = definition.primary_key()
    if key:
        yield ConflictTarget(tuple([column.node for column in key]))
    for column in definition.columns.values():
        if column.declaration.unique:
            yield ConflictTarget((column.node,))
    for item in definition.constraints:
        if isinstance(item, constraints.Unique):
            yield ConflictTarget(item.columns)
    for index in definition.indexes:
        if index.unique:
            yield _target_of_index(index)


def _target_of_index(index: constraints.Index) -> ConflictTarget:
    return ConflictTarget(tuple([_without_order(key) for key in index.keys]), index.where)


def _without_order(key: Node) -> Expression:
    while isinstance(key, Order):
        key = key.operand
    assert isinstance(key, Expression)
    return key


def _identity(target: ConflictTarget) -> object:
    """Equal for targets that mean the same key; the order of its columns does not matter."""
    where = None if target.where is None else _text(target.where)
    return frozenset([_text(key) for key in target.keys]), where


def _text(node: Expression) -> str:
    if isinstance(node, ColumnNode):  # another table's has another path
        return repr(node.path)
    return inlining(Compiler)().visit(node)


def _shown(target: ConflictTarget) -> str:
    names = [key.attribute if isinstance(key, ColumnNode) else _text(key) for key in target.keys]
    where = "" if target.where is None else f" WHERE {_text(target.where)}"
    return f"({', '.join(names)}){where}"


def _listed(keys: Iterable[ConflictTarget]) -> str:
    texts = [_shown(key) for key in keys]
    if not texts:
        return "nothing: this table has no unique key"
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"
