"""The unique keys of a table, for what an upsert may conflict with, and which of them is the primary key.

They are read from the class body, and kept in the metadata of the class, because a class from the cache has no body.
"""

from __future__ import annotations

from mypy.nodes import ARG_NAMED, ARG_POS, CallExpr, Expression, MemberExpr, NameExpr, RefExpr, TypeInfo

from qb_mypy.encoding import TABLE
from qb_mypy.tables import declaring_calls

PRIMARY_KEY = "qb.constraints.primary_key"
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
