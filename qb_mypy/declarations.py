"""Reading the columns of a table from the calls that declare them.

During semantic analysis nothing is inferred yet, but an annotation such as `NewRow[Album]`, and a foreign key to a
table further down, need the columns of a table of the same module. So the calls are followed by hand, through the
declared types of qb's own functions.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from mypy.exprtotype import TypeTranslationError, expr_to_unanalyzed_type
from mypy.nodes import CallExpr, Decorator, Expression, FuncDef, MemberExpr, NameExpr, RefExpr, StrExpr, TypeInfo, Var
from mypy.options import Options
from mypy.plugin import ClassDefContext
from mypy.semanal import SemanticAnalyzer
from mypy.typeanal import TypeAnalyser
from mypy.types import CallableType, Instance, NoneType, ProperType, Type, UnionType, get_proper_type

from qb_mypy import dependencies
from qb_mypy.keys import foreign_keys, primary_key, unique_keys
from qb_mypy.names import COLUMN, DEFAULTED, GENERATED, REQUIRED
from qb_mypy.tables import column_names, declared_column, declaring_calls


class Analysis(NamedTuple):
    """What semantic analysis can be asked, by whichever of its parts is at work."""

    analyze: Callable[[ProperType], Type | None]
    named: Callable[[str, list[Type]], Instance]
    options: Options


def declared(ctx: ClassDefContext) -> None:
    """A table class: keep the order of its columns, because names that come back from the cache are in alphabetical
    order; have mypy ask `class_attribute` about names that it does not have; and give its columns a first type, so
    that `references` may look ahead. The type that mypy infers later takes its place.
    """
    info, api = ctx.cls.info, ctx.api
    calls = declaring_calls(info)
    info.metadata["qb"] = {
        "columns": list(calls),
        "unique": unique_keys(info),
        "primary": primary_key(info),
        "foreign": foreign_keys(info),
    }
    info.meta_fallback_to_any = True
    assert isinstance(api, SemanticAnalyzer)
    analysis = Analysis(api.anal_type, api.named_type, api.options)
    for name, call in calls.items():
        node = info.names[name].node if name in info.names else None
        read = read_declaration(call, analysis) if isinstance(node, Var) and node.type is None else None
        if isinstance(node, Var) and read is not None:
            value, insertion = read
            column = api.named_type(COLUMN)
            refs = column.args[2] if len(column.args) == 3 else api.named_type("builtins.object")
            node.type = Instance(column.type, [value, api.named_type(insertion), refs])


def columns_while_analyzing(table: TypeInfo, analyser: TypeAnalyser) -> dict[str, tuple[Type, str]] | None:
    """Each column's Python type and whether an insert must give it. None when mypy has to come back later."""
    dependencies.note(table)
    analysis = Analysis(analyser.analyze_type, analyser.named_type, analyser.options)
    calls: dict[str, Expression] = {}
    for base in reversed(table.mro):
        calls.update(declaring_calls(base))
    found: dict[str, tuple[Type, str]] = {}
    for name in column_names(table):
        column = declared_column(table, name)
        if column is not None:
            marker = get_proper_type(column.args[1])
            found[name] = (column.args[0], marker.type.fullname if isinstance(marker, Instance) else "")
        elif name in calls:
            read = read_declaration(calls[name], analysis)
            if read is not None:
                found[name] = read
    return found or None


def read_declaration(call: Expression, analysis: Analysis) -> tuple[Type, str] | None:
    """What a declaring call makes: `col.text().nullable()` is `(str | None, Defaulted)`."""
    if not isinstance(call, CallExpr):
        return None
    callee = call.callee
    if isinstance(callee, MemberExpr) and isinstance(callee.expr, CallExpr):
        before = read_declaration(callee.expr, analysis)
        return None if before is None else after_method(before, callee.name, call)
    if not isinstance(callee, RefExpr):
        return None
    if callee.fullname == "qb.col.custom":
        like = values_of(call.args[1], analysis) if len(call.args) > 1 else None
        return None if like is None else (like, REQUIRED)
    made = _return_type(callee)
    if made is None or made.type.fullname != COLUMN:
        return None
    value = made.args[0]
    if callee.fullname in ("qb.col.json", "qb.col.enum") and call.args:
        try:
            unanalyzed = expr_to_unanalyzed_type(call.args[0], analysis.options)
        except TypeTranslationError:
            return None
        analyzed = analysis.analyze(unanalyzed)
        if analyzed is None:  # not yet
            return None
        value = analyzed
    elif callee.fullname == "qb.col.array" and call.args:
        item = read_declaration(call.args[0], analysis)
        if item is None:
            return None
        value = analysis.named("builtins.list", [item[0]])
    return value, REQUIRED


def values_of(like: Expression, analysis: Analysis) -> Type | None:
    """The Python type that `col.custom` is given: a class, or a column."""
    if isinstance(like, CallExpr):
        column = read_declaration(like, analysis)
        return None if column is None else column[0]
    try:
        return analysis.analyze(expr_to_unanalyzed_type(like, analysis.options))
    except TypeTranslationError:
        return None


def after_method(before: tuple[Type, str], method: str, call: CallExpr) -> tuple[Type, str]:
    """What a method of Column makes of a declaration; the others keep it."""
    value, insertion = before
    if method == "nullable":
        return UnionType.make_union([value, NoneType()]), DEFAULTED
    if method in ("default", "default_sql"):
        return value, DEFAULTED
    if method == "generated":
        return value, GENERATED
    if method == "primary_key":
        proper = get_proper_type(value)
        whole = isinstance(proper, Instance) and proper.type.fullname == "builtins.int"
        generated = named_argument(call, "generated")
        if not whole or (isinstance(generated, NameExpr) and generated.name == "False"):
            return value, insertion
        return value, GENERATED if isinstance(generated, StrExpr) else DEFAULTED
    if method == "identity":
        always = named_argument(call, "always")
        return value, GENERATED if isinstance(always, NameExpr) and always.name == "True" else DEFAULTED
    return before


def named_argument(call: CallExpr, name: str) -> Expression | None:
    """An argument that is given by its name."""
    return dict(zip(call.arg_names, call.args, strict=True)).get(name)


def _return_type(callee: RefExpr) -> Instance | None:
    node = callee.node.func if isinstance(callee.node, Decorator) else callee.node
    if not isinstance(node, FuncDef):
        return None
    type = get_proper_type(node.type)
    result = get_proper_type(type.ret_type) if isinstance(type, CallableType) else None
    return result if isinstance(result, Instance) else None
