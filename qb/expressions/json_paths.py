"""The parts of JSON documents, typed by the Python type that the document was declared with.

Imported when the first path is built: it reads annotations.
"""

from __future__ import annotations

from types import NoneType, UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from qb.errors import CompileError, closest
from qb.identifiers import is_unicode
from qb.nodes import Column, Expression, Function, JsonPath, Parameter
from qb.types import BIGINT, BOOLEAN, INTEGER, INTEGERS, REAL, TEXT, TEXTS, Json, SqlType

Hint = Any  # a class, a generic alias, a union: whatever stands in an annotation

LISTS = ("list", "Sequence", "MutableSequence", "tuple")
SCALARS = INTEGERS | TEXTS | {"boolean", "real"}
"""Kinds of types that JSON has, too."""

LAST_INDEX = 2**31 - 1

ANYTHING = Json(object)
"""A document of which nothing is known."""


def part_of(node: Expression, key: object) -> JsonPath:
    """The part of a document under a key or at an index. Raises CompileError when its type has no such part."""
    check_key(key)
    kind = node.type
    if isinstance(kind, Json):
        hint = object if kind.load is not None or kind.dump is not None else kind.python_type
        found = part(hint, key, words(node))
        return at(node, (key,), sql_type(found), None in members(found) or value_of(found) is object)
    if kind.kind == "array":
        raise CompileError(f"{words(node)} is {kind!r}, which counts from 1: write fn.array_get(…, {key!r})")
    if kind.kind == "any":
        raise CompileError(f"{words(node)} has no known type: write fn.json_value(…, {key!r}, returns=col.text())")
    raise CompileError(f"{words(node)} is {kind!r}: only a JSON document has parts")


def at(node: Expression, keys: tuple[object, ...], type: SqlType, nulls: bool = True) -> JsonPath:
    """The part of a document at a path; the path of a part goes on from there."""
    path = tuple([check_key(key) for key in keys])
    if isinstance(node, JsonPath):
        return JsonPath(node.document, (*node.path, *path), type, nulls)
    return JsonPath(node, path, type, nulls)


def key_test(node: Expression, key: object) -> Function:
    """Whether an object has a key."""
    kind = document_type(node)
    if not isinstance(key, str):
        raise TypeError(f"a key is a text, not {key!r}")
    if kind.load is None and is_list(kind.python_type):
        raise CompileError(f"{words(node)} is a list, which has no keys")
    return Function("json_has_key", (node, check_key(key)), BOOLEAN)


def containment(node: Expression, part: Expression) -> Function:
    """Whether a document holds another one."""
    document_type(node)
    return Function("json_contains", (node, item(part)), BOOLEAN)


def document_type(node: Expression) -> Json:
    """The type of a document. Raises CompileError for anything else."""
    if isinstance(node.type, Json):
        return node.type
    raise CompileError(f"{words(node)} is {node.type!r}, not a JSON document")


def item(node: Expression) -> Expression:
    """A value inside of a document. Raises CompileError for kinds that JSON does not have."""
    if isinstance(node.type, Json) or node.type.kind in SCALARS:
        return node
    raise CompileError(f"JSON has no {node.type!r}: make a text of {words(node)}, or leave it out")


def python_type(kind: SqlType) -> Hint:
    """What a document holds for a value of a type, in Python's words."""
    if isinstance(kind, Json):
        return kind.python_type if kind.load is None and kind.dump is None else object
    return kind.python if isinstance(kind.python, type) else float


def is_list(hint: Hint) -> bool:
    """Whether documents of a Python type are lists."""
    found = value_of(hint)
    alias: Hint = get_origin(found)
    return getattr(alias or found, "__name__", "") in LISTS


def check_key(key: object) -> Parameter:
    """A key or an index as a parameter."""
    if isinstance(key, str):
        if "\0" in key or not is_unicode(key):
            raise CompileError(f"{key!r} holds NUL or half of a character, which no key of a JSON document may")
        return Parameter(key, TEXT)
    if isinstance(key, int) and not isinstance(key, bool):
        if abs(key) > LAST_INDEX:  # SQLite would count modulo 2**32
            raise CompileError(f"no list has an item {key}: an index has 31 bits")
        return Parameter(key, INTEGER)
    raise TypeError(f"a part of a JSON document has a text for its key or a whole number for its index, not {key!r}")


def part(hint: Hint, key: object, document: str) -> Hint:
    """The Python type of what is under a key of a document of a Python type."""
    found = value_of(hint)
    alias: Hint = get_origin(found)
    origin = alias or found
    arguments = get_args(found)
    if is_typed_dict(origin):
        known = hints_of(origin)
        if not isinstance(key, str) or key not in known:
            raise CompileError(f"{origin.__name__} has no key {key!r}{closest(str(key), known)}")
        return known[key]
    if not isinstance(origin, type) or origin is object:
        return object
    if issubclass(origin, (str, int, float)):
        raise CompileError(f"{document} is {origin.__name__} there, which has no part {key!r}")
    if origin.__name__ in ("dict", "Mapping", "MutableMapping"):
        if not isinstance(key, str):
            raise CompileError(f"{document} is a {origin.__name__} there, whose keys are texts, not {key!r}")
        return arguments[1] if len(arguments) == 2 else object
    if origin.__name__ in LISTS:
        if not isinstance(key, int):
            raise CompileError(f"{document} is a {origin.__name__} there, whose indexes are whole numbers, not {key!r}")
        if origin is not tuple or (len(arguments) == 2 and arguments[1] is Ellipsis):
            return arguments[0] if arguments else object
        if arguments and not -len(arguments) <= key < len(arguments):
            raise CompileError(f"{document} has {len(arguments)} items there: there is no [{key}]")
        return arguments[key] if arguments else object
    return object


def sql_type(hint: Hint) -> SqlType:
    """The SQL type of a part of a Python type."""
    found = value_of(hint)
    if isinstance(found, type) and not get_origin(found):
        for python, kind in ((bool, BOOLEAN), (str, TEXT), (int, BIGINT), (float, REAL)):
            if issubclass(found, python):
                return kind
    return ANYTHING if found is object else Json(found)


def members(hint: Hint) -> list[Hint]:
    """The types of a union, with None for None's; else the type alone. Names of types are looked through."""
    while True:
        target = getattr(hint, "__value__", None) or getattr(hint, "__supertype__", None)  # `type X = …`, NewType
        if target is None:
            break
        hint = target
    origin: Hint = get_origin(hint)
    if origin in (Union, UnionType):
        return [member for item in get_args(hint) for member in members(item)]
    if origin is Literal:
        return list(dict.fromkeys([None if value is None else type(value) for value in get_args(hint)]))
    return [None if hint is NoneType else hint]


def value_of(hint: Hint) -> Hint:
    """The one type of what is not None; object where there are several, or it is not known."""
    found = [member for member in members(hint) if member is not None]
    if len(found) == 2 and set(found) == {int, float}:
        return float
    known = len(found) == 1 and found[0] is not Any and (isinstance(found[0], type) or get_origin(found[0]))
    return found[0] if known else object


def is_typed_dict(hint: Hint) -> bool:
    """Whether it is a TypedDict, of `typing` or of `typing_extensions`."""
    return isinstance(hint, type) and issubclass(hint, dict) and hasattr(hint, "__total__")


def hints_of(typed_dict: type) -> dict[str, Hint]:
    """The types of the keys of a TypedDict."""
    try:
        return get_type_hints(typed_dict)
    except NameError as error:
        raise CompileError(
            f"the annotations of {typed_dict.__qualname__} cannot be read at run time ({error}): "
            f"write fn.json_value(…, returns=col.text()), or the like"
        ) from error


def words(node: Expression) -> str:
    """An expression in words: a column by its name."""
    if isinstance(node, Column):
        return f"{node.source.label}.{node.attribute}"
    if isinstance(node, JsonPath):
        return words(node.document) + "".join([f"[{key.value!r}]" for key in node.path])
    return "the expression"
