"""Functions of JSON documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from qb.errors import CompileError
from qb.expressions import Expr, operand
from qb.expressions.aggregates import AggregateExpr
from qb.expressions.json_paths import (
    ANYTHING,
    SCALARS,
    at,
    check_key,
    document_type,
    is_list,
    item,
    python_type,
    words,
)
from qb.expressions.windows import SortKeys, sort_keys
from qb.nodes import Aggregate, Expression, Function, JsonPath, Parameter
from qb.types import INTEGER, Json, SqlType, comparable

T = TypeVar("T")


def json_value(document: Expr[Any], *path: str | int, returns: Expr[T]) -> Expr[T | None]:
    """The part of a document at a path, as a kind of column: for documents whose Python type does not tell.

        fn.json_value(User.data, "sizes", 0, returns=col.integer())

    NULL where there is no such part. Raises CompileError for kinds that JSON does not have: take a date as a text.
    """
    kind = returns.node.type
    if not path:
        raise TypeError("json_value() needs a path: the keys and indexes that lead to the value")
    if kind.kind not in SCALARS and kind.kind != "json":
        raise CompileError(f"JSON has no {kind!r}: take the part as col.text()")
    if document.node.type.kind not in ("json", "any"):
        raise CompileError(f"{words(document.node)} is {document.node.type!r}: only a JSON document has parts")
    return Expr(at(document.node, path, kind))


def json_set(part: Expr[Any], value: object) -> Expr[Any]:
    """The whole document with one part set, for an update: `.set(settings=fn.json_set(User.settings["theme"], "x"))`.

    A key is added where it is missing; what it is in must be there, and an index that is not there changes nothing.
    None is JSON's null.
    """
    path = path_of(part)
    kind = path.type
    node = operand(value, kind)
    if kind != ANYTHING and node.type.kind != "json" and not comparable(kind, node.type):
        raise CompileError(f"{words(path)} is {kind!r}, but the new value is {node.type!r}")
    return Expr(Function("json_set", (path, item(node)), whole(path)))


def json_remove(part: Expr[Any]) -> Expr[Any]:
    """The whole document without one part: `.set(settings=fn.json_remove(User.settings["look"]["font"]))`."""
    path = path_of(part)
    return Expr(Function("json_remove", (path,), whole(path)))


def json_merge(document: Expr[T], patch: object) -> Expr[T]:
    """An object with the keys of another one set, each as a whole: `fn.json_merge(User.settings, {"theme": "x"})`."""
    kind = document_type(document.node)
    node = item(operand(patch, ANYTHING))
    if is_list(kind.python_type) or not isinstance(node.type, Json) or is_list(node.type.python_type):
        raise CompileError("json_merge() is for two objects")
    if isinstance(node, Parameter) and not isinstance(node.value, Mapping):
        raise CompileError(f"json_merge() is for two objects, not for {node.value!r}")
    return Expr(Function("json_merge", (document.node, node), kind))


def json_array_length(items: Expr[Any]) -> Expr[int]:
    """How many items a JSON list has."""
    document_type(items.node)
    return Expr(Function("json_array_length", (items.node,), INTEGER))


def json_object(**members: object) -> Expr[dict[str, Any]]:
    """A JSON object of expressions and values: `fn.json_object(title=Album.title, plays=Album.plays)`."""
    nodes: list[Expression] = []
    for name, value in members.items():
        nodes += [check_key(name), item(operand(value, ANYTHING))]
    return Expr(Function("json_object", tuple(nodes), Json(dict[str, object])))


def json_array(*items: object) -> Expr[list[Any]]:
    """A JSON list of expressions and values: `fn.json_array(Album.title, Album.plays)`."""
    return Expr(Function("json_array", tuple([item(operand(value, ANYTHING)) for value in items]), Json(list[object])))


def json_agg(value: Expr[T], *, order_by: SortKeys = None) -> AggregateExpr[list[T]]:
    """The values of a group as a JSON list, NULLs included; empty when there is no row.

        fn.json_agg(Album.title, order_by=Album.plays.desc())

    SQLite has no `order_by` before version 3.44, so that is refused there. Raises CompileError for kinds that JSON
    does not have.
    """
    node = item(value.node)
    load = node.type.load if isinstance(node.type, Json) else None
    items = None if load is None else lambda found: [None if value is None else load(value) for value in found]
    kind = Json(list[python_type(node.type)], load=items)  # type: ignore[misc]  # a type that is known at run time
    return AggregateExpr(Aggregate("json_agg", (node,), kind, order_by=sort_keys(order_by)))


def path_of(part: Expr[Any]) -> JsonPath:
    """The path of a part of a document."""
    if isinstance(part.node, JsonPath):
        return part.node
    raise CompileError(f"{words(part.node)} is not a part of a JSON document: write it as document[key]")


def whole(path: JsonPath) -> SqlType:
    """The type of the document that a path leads into."""
    kind = path.document.type
    return kind if isinstance(kind, Json) else ANYTHING
