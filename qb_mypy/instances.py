"""`.into(Cls)` and `into=Cls`: rows as instances of a class."""

from __future__ import annotations

from mypy.checker import TypeChecker
from mypy.plugin import MethodContext
from mypy.types import AnyType, Instance, Type, TypeOfAny, get_proper_type

from qb_mypy import scope
from qb_mypy.encoding import INSTANCES, SELECT, literals


def into(ctx: MethodContext) -> Type:
    """`query.into(Cls)`: still the same query, of which all is known that was before."""
    query, result = get_proper_type(ctx.type), get_proper_type(ctx.default_return_type)
    if not isinstance(query, Instance) or not isinstance(result, Instance) or result.type.fullname != INSTANCES:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    if query.type.fullname in (SELECT, INSTANCES):
        return result.copy_modified(args=[result.args[0], *query.args[1:]])
    scope.check_statement(ctx.api, query, ctx.context)
    unknown = AnyType(TypeOfAny.special_form)
    return result.copy_modified(args=[result.args[0], unknown, literals(ctx.api, [])])
