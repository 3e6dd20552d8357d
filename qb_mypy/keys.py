"""The unique keys of a table, for what an upsert may conflict with, which of them is the primary key, and the foreign
keys, which `many` and `one` follow.

They are read from the class body, and kept in the metadata of the class, because a class from the cache has no body.
"""

from __future__ import annotations

from mypy.nodes import (
    ARG_NAMED,
    ARG_POS,
    CallExpr,
    Expression,
    LambdaExpr,
    MemberExpr,
    NameExpr,
    RefExpr,
    TupleExpr,
    TypeInfo,
)

from qb_mypy.names import TABLE
from qb_mypy.tables import declaring_calls

PRIMARY_KEY = "qb.constraints.primary_key"
FOREIGN_KEY = "qb.constraints.foreign_key"
CONSTRAINTS = ("qb.constraints.unique", PRIMARY_KEY)
INDEX = "qb.constraints.index"
SORTS = ("asc", "desc", "nulls_first", "nulls_last")


def unique_keys(info: TypeInfo) -> list[list[str]] | None:
    """The columns of each unique key of a table that is being analyzed; None when not all of them can be read."""
    keys: list[list[str]] = []
    for base in reversed(info.mro):
        if base.fullname in (TABLE, "builtins.object"):
            continue
        if base.module_name != info.module_name:  # its body is there or not, as the cache has it
            return None
        for name, call in declaring_calls(base).items():
            key = _key(name, call)
            if key is None:
                return None
            if key:
                keys.append(key)
    return keys


def known_keys(info: TypeInfo) -> list[list[str]] | None:
    """What `unique_keys` said of a table."""
    keys: list[list[str]] | None = info.metadata.get("qb", {}).get("unique")
    return keys


def primary_key(info: TypeInfo) -> list[str] | None:
    """The columns of the primary key of a table that is being analyzed: none, or None for a key that cannot be read."""
    for base in info.mro:
        if base.fullname in (TABLE, "builtins.object"):
            continue
        if base.module_name != info.module_name:
            return None
        for name, call in declaring_calls(base).items():
            key = _primary(name, call)
            if key != []:
                return key
    return []


def known_primary_key(info: TypeInfo) -> list[str] | None:
    """What `primary_key` said of a table."""
    key: list[str] | None = info.metadata.get("qb", {}).get("primary")
    return key


def foreign_keys(info: TypeInfo) -> list[list[str]] | None:
    """The foreign keys of a table that is being analyzed: the full name of a table and the columns that point to it;
    None when not all of them can be read.
    """
    keys: list[list[str]] = []
    for base in reversed(info.mro):
        if base.fullname in (TABLE, "builtins.object"):
            continue
        if base.module_name != info.module_name:
            return None
        for name, call in declaring_calls(base).items():
            key = _foreign(name, call)
            if key is None:
                return None
            if key:
                keys.append(key)
    return keys


def known_foreign_keys(info: TypeInfo) -> list[list[str]] | None:
    """What `foreign_keys` said of a table."""
    keys: list[list[str]] | None = info.metadata.get("qb", {}).get("foreign")
    return keys


def _foreign(name: str, call: Expression) -> list[str] | None:
    """Likewise of a declaring call; empty for none."""
    if not isinstance(call, CallExpr):
        return []
    callee = call.callee
    if isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        if callee.name != "references":
            return _foreign(name, callee.expr)
        table = _target(call.args[0]) if call.args else None
        return None if table is None else [table, name]
    if not isinstance(callee, RefExpr) or callee.fullname != FOREIGN_KEY:
        return []
    found = dict(zip(call.arg_names, call.args, strict=True)).get("references")
    table = None if found is None else _target(found)
    names = _columns(call)
    return None if table is None or not names else [table, *names]


def _target(find: Expression) -> str | None:
    """The full name of the table of `lambda: Artist.id` or `lambda: (Artist.id, Artist.name)`."""
    found = find.expr() if isinstance(find, LambdaExpr) else None
    if isinstance(found, TupleExpr) and found.items:
        found = found.items[0]
    owner = found.expr if isinstance(found, MemberExpr) else None
    return owner.fullname or None if isinstance(owner, RefExpr) else None


def _primary(name: str, call: Expression) -> list[str] | None:
    """Likewise of a declaring call."""
    if not isinstance(call, CallExpr):
        return []
    callee = call.callee
    if isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        return [name] if callee.name == "primary_key" else _primary(name, callee.expr)
    is_composite = isinstance(callee, RefExpr) and callee.fullname == PRIMARY_KEY
    return (_columns(call) or None) if is_composite else []


def _key(name: str, call: Expression) -> list[str] | None:
    """The key that a declaring call makes: empty for none, None for one that cannot be read."""
    if not isinstance(call, CallExpr):
        return []
    callee = call.callee
    if isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        return [name] if callee.name in ("unique", "primary_key") else _key(name, callee.expr)
    fullname = callee.fullname if isinstance(callee, RefExpr) else ""
    if fullname in CONSTRAINTS:
        return _columns(call)
    if fullname != INDEX:
        return []
    unique = dict(zip(call.arg_names, call.args, strict=True)).get("unique")
    return _columns(call) if isinstance(unique, NameExpr) and unique.name == "True" else []


def _columns(call: CallExpr) -> list[str] | None:
    """The names of the columns in a call; empty when an expression is among them, which no column stands for."""
    if any(kind not in (ARG_POS, ARG_NAMED) for kind in call.arg_kinds):
        return None
    names = []
    for arg, kind in zip(call.args, call.arg_kinds, strict=True):
        while isinstance(arg, CallExpr) and isinstance(arg.callee, MemberExpr) and arg.callee.name in SORTS:
            arg = arg.callee.expr
        if kind == ARG_POS:
            names.append(arg.name if isinstance(arg, NameExpr) else "")
    return names if all(names) else []
