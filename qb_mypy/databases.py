"""What is asked of a database besides fetching: transactions, and whether a call is awaited at all."""

from __future__ import annotations

from collections.abc import Iterable

from mypy.checker import TypeChecker
from mypy.errorcodes import UNUSED_COROUTINE
from mypy.nodes import (
    AssertStmt,
    Block,
    ConditionalExpr,
    Context,
    Expression,
    ExpressionStmt,
    ForStmt,
    IfStmt,
    MatchStmt,
    OpExpr,
    Statement,
    TryStmt,
    UnaryExpr,
    WhileStmt,
    WithStmt,
)
from mypy.plugin import MethodContext
from mypy.types import Instance, Type, get_proper_type

from qb_mypy import messages, needs
from qb_mypy.names import EXECUTOR

TRANSACTIONS = frozenset({"transaction", "run"})
COROUTINES = frozenset(
    {"fetch_all", "fetch_one", "fetch_one_or_none", "fetch_value", "execute", "explain", "batch", "run"}
)
CALLS = TRANSACTIONS | COROUTINES | {"stream"}
"""Methods of databases that do nothing when they are only called."""
TRANSACTION = "A transaction"


def database_of(type: Type) -> Instance | None:
    """A database or a transaction, of whatever subclass; None for anything else."""
    proper = get_proper_type(type)
    return proper if isinstance(proper, Instance) and proper.type.has_base(EXECUTOR) else None


def called(ctx: MethodContext, name: str) -> None:
    """Check a call of a database: that it is awaited, and what the methods do that do not fetch."""
    database = database_of(ctx.type)
    if database is None:
        return
    assert isinstance(ctx.api, TypeChecker)
    _check_awaited(ctx.api, ctx.context, name)
    if name in TRANSACTIONS:
        needs.check(ctx.api, needs.dialects_of(ctx.api, database), [TRANSACTION], ctx.context)


def other_call(ctx: MethodContext, name: str) -> Type:
    """The hook of methods that have no other."""
    called(ctx, name)
    return ctx.default_return_type


# Whether a call is awaited


def _check_awaited(api: TypeChecker, call: Context, name: str) -> None:
    """Report a call that is a statement by itself, or a condition: it is made, and nothing is run. What mypy finds by
    itself, a coroutine as a statement, is reported when mypy was told to keep that to itself.
    """
    found = _unused(api)
    if id(call) in found.conditions and name in COROUTINES:
        messages.report(api, messages.awaited_condition(name), call)
    elif id(call) not in found.statements:
        return
    elif name not in COROUTINES:
        messages.report(api, messages.only_called(name), call)
    elif UNUSED_COROUTINE in api.options.disabled_error_codes:
        messages.report(api, messages.not_awaited(name), call)


class _Unused:
    """The expressions of a body that are statements by themselves, and those that are conditions, by identity."""

    def __init__(self, body: Iterable[Statement]) -> None:
        self.statements: set[int] = set()
        self.conditions: set[int] = set()
        for statement in body:
            self._read(statement)

    def _read(self, node: Statement) -> None:
        match node:
            case ExpressionStmt():
                self.statements.add(id(node.expr))
                self._read_value(node.expr)
            case IfStmt():
                for condition in node.expr:
                    self._read_condition(condition)
                self._read_blocks([*node.body, node.else_body])
            case WhileStmt():
                self._read_condition(node.expr)
                self._read_blocks([node.body, node.else_body])
            case AssertStmt():
                self._read_condition(node.expr)
            case ForStmt():
                self._read_blocks([node.body, node.else_body])
            case WithStmt():
                self._read_blocks([node.body])
            case TryStmt():
                self._read_blocks([node.body, *node.handlers, node.else_body, node.finally_body])
            case MatchStmt():
                self._read_blocks(node.bodies)
            case Block():
                self._read_blocks([node])
            case _:
                value = getattr(node, "rvalue", None) or getattr(node, "expr", None)
                if isinstance(value, Expression):
                    self._read_value(value)

    def _read_blocks(self, blocks: Iterable[Block | None]) -> None:
        for block in blocks:
            for statement in [] if block is None else block.body:
                self._read(statement)

    def _read_value(self, node: Expression) -> None:
        """Conditions inside of an expression, as far as they are its outermost part."""
        if isinstance(node, ConditionalExpr):
            self._read_condition(node.cond)
        elif isinstance(node, UnaryExpr) and node.op == "not":
            self._read_condition(node.expr)
        elif isinstance(node, OpExpr) and node.op in ("and", "or"):
            self._read_condition(node.left)

    def _read_condition(self, node: Expression) -> None:
        if isinstance(node, OpExpr) and node.op in ("and", "or"):
            self._read_condition(node.left)
            self._read_condition(node.right)
        elif isinstance(node, UnaryExpr) and node.op == "not":
            self._read_condition(node.expr)
        else:
            self.conditions.add(id(node))


_last: tuple[list[Statement], _Unused] = [], _Unused([])
"""The body that was read last: a function's calls come one after the other."""


def _unused(api: TypeChecker) -> _Unused:
    global _last
    function = api.scope.current_function()
    body = api.tree.defs if function is None else function.body.body
    if _last[0] is not body:
        _last = body, _Unused(body)
    return _last[1]
