"""Full-text search: what is searched may be a text, several texts, or a table."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import FunctionContext
from mypy.types import AnyType, TupleType, Type, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import expr_type, expression, lax, union_of_refs, without_none
from qb_mypy.functions import TEXT
from qb_mypy.functions import function as plain
from qb_mypy.operators import nullable_if
from qb_mypy.refs import Ref
from qb_mypy.tables import source_of
from qb_mypy.values import class_name, describe, shown


def function(ctx: FunctionContext, name: str) -> Type:
    """A function of `fts`."""
    api = ctx.api
    assert isinstance(api, TypeChecker)
    what = get_proper_type(ctx.arg_types[0][0]) if ctx.arg_types and ctx.arg_types[0] else None
    own = expression(ctx.default_return_type, api)
    source = None if what is None else source_of(what)
    if own is None or not (isinstance(what, TupleType) or source is not None):
        return plain(ctx, name, "fts")
    others = [expression(type, api) for group in ctx.arg_types[1:] for type in group]
    value = nullable_if(own.value, others)
    refs = union_of_refs(others)
    if refs is None:
        return expr_type(api, value, None)
    if source is not None:
        return expr_type(api, value, [Ref(source.name, "*"), *refs])
    assert isinstance(what, TupleType)
    texts = [expression(item, api) for item in what.items]
    for text in texts:
        if (
            text is not None
            and not isinstance(text.value, AnyType)
            and class_name(without_none(text.value)) not in TEXT[0]
        ):
            message = messages.wrong_operand(describe(text), shown(api, text.value), f"fts.{name}()", TEXT[1])
            messages.report(api, message, ctx.context)
    found = lax(union_of_refs(texts))  # where one of several texts is NULL, the others are searched
    return expr_type(api, value, None if found is None else [*found, *refs])
