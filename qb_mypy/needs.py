"""What a query needs of its dialect: carried from calls to expressions, sources and statements, and checked where a
database is known.

A feature is a mark among the refs of an expression or a source, and a fact of a statement, with its clause. Every call
of qb's brings what its arguments need into its result, so no other rule has to think of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TypeVar

from mypy.checker import TypeChecker
from mypy.nodes import Context, ListExpr, SetExpr, TupleExpr, TypeInfo
from mypy.plugin import FunctionContext, MethodContext
from mypy.types import CallableType, Instance, TupleType, Type, UnionType, get_proper_type

from qb_mypy import messages
from qb_mypy.dialects import FEATURES, NAMES, SCHEMES, needed, switched_on
from qb_mypy.encoding import facts_of, facts_to_read, literals, mapped, strings, with_facts
from qb_mypy.facts import Need
from qb_mypy.memory import OfTypes
from qb_mypy.names import (
    COLUMN,
    CONFLICT,
    DERIVED,
    EXECUTOR,
    EXPR,
    FRAME_FUNCTION,
    INSTANCES,
    MATCHED,
    NOT_MATCHED,
    NOT_MATCHED_BY_SOURCE,
    ORDERING,
    RETURNING,
    ROW_VALUE,
    SELECTIONS,
    WINDOW,
    WINDOW_FUNCTION,
    WRITES,
)
from qb_mypy.refs import NEEDS

C = TypeVar("C", FunctionContext, MethodContext)
STATEMENTS = frozenset({*SELECTIONS, *WRITES, INSTANCES, RETURNING})
OPEN_CLAUSES = frozenset({CONFLICT, MATCHED, NOT_MATCHED, NOT_MATCHED_BY_SOURCE})
"""What belongs to a statement, which is its only type argument."""
REFS_AT = {COLUMN: 2, DERIVED: 2, ORDERING: 0, WINDOW: 0, WINDOW_FUNCTION: 1, FRAME_FUNCTION: 1, ROW_VALUE: 1}
"""Which type argument has the refs; of other expressions it is the second."""
CLAUSES = {"distinct": "distinct_on", "fetch": "limit"}
"""Methods that set the clause of another one."""
REPLACING = frozenset({"distinct", "distinct_on", "fetch", "from_", "limit", "offset", "with_for_update"})
"""Methods that take back what was said before."""
DEPTH = 4
"""How far into lists and tuples: what JSON may hold has no end."""


def carrying(hook: Callable[[C], Type] | None, fullname: str) -> Callable[[C], Type] | None:
    """A hook whose result also has what its call, its arguments and its object need."""
    if hook is None and not fullname.startswith("qb."):
        return None

    name = fullname.rpartition(".")[2]
    clause = CLAUSES.get(name, name)

    def carried(ctx: C) -> Type:
        type = ctx.default_return_type if hook is None else hook(ctx)
        result = get_proper_type(type)
        if not isinstance(result, Instance) or not _can_need(result.type):
            return type
        made = _with_needs_of_call(ctx, result, fullname, clause, name in REPLACING)
        return type if made is result else made

    carried.__name__ = getattr(getattr(hook, "func", hook), "__name__", "carried")
    return carried


def _with_needs_of_call(
    ctx: FunctionContext | MethodContext, result: Instance, fullname: str, clause: str, replacing: bool
) -> Instance:
    assert isinstance(ctx.api, TypeChecker)
    found: list[str] = []
    for nodes in ctx.args:
        for node in nodes:
            if isinstance(node, (ListExpr, SetExpr, TupleExpr)):  # each on its own: together they may be objects
                for item in map(ctx.api.lookup_type_or_none, node.items):
                    found += () if item is None else needs_of(item)
    for types in ctx.arg_types:
        for argument in types:
            found += needs_of(argument)
    asked = needed(ctx, fullname)
    if asked is not None:
        found.append(asked)
    own = get_proper_type(ctx.type) if isinstance(ctx, MethodContext) else None
    if isinstance(own, Instance) and own.type is result.type and _is_statement(own):
        # The facts have gone on from step to step, and know of clauses that are no more.
        return _of_statement(ctx.api, result, found, clause, replacing) if found or replacing else result
    if own is not None:
        found += needs_of(own)
    return with_needs(ctx.api, result, found, clause) if found else result


_NEEDS: OfTypes[tuple[str, ...]] = OfTypes()


def needs_of(type: Type) -> tuple[str, ...]:
    """The features that an expression, a source, a statement, or what holds some of these, needs."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance):
        if not proper.args:
            return ()
        # Of an expression it is in one argument, which many of them share.
        position = _position(proper.type)
        if position is not None and len(proper.args) > position:
            return _needs_in(proper.args[position])
    known = _NEEDS.get(id(proper))
    return _NEEDS.of(proper, tuple(dict.fromkeys(_needs_of(proper, DEPTH)))) if known is None else known[1]


def _needs_in(type: Type) -> tuple[str, ...]:
    """The features among some refs or facts."""
    known = _NEEDS.get(id(type))
    if known is not None:
        return known[1]
    marked = [text.removeprefix(NEEDS) for text in strings(type) or () if text.startswith(NEEDS)]
    return _NEEDS.of(type, tuple(dict.fromkeys(marked)))


_POSITIONS: OfTypes[int | None] = OfTypes()


def _position(info: TypeInfo) -> int | None:
    """Which type argument has the refs of what is of this class; None when none has them, or it is a statement."""
    known = _POSITIONS.get(id(info))
    if known is not None:
        return known[1]
    found = None if info.fullname in STATEMENTS else REFS_AT.get(info.fullname, 1 if info.has_base(EXPR) else None)
    return _POSITIONS.of(info, found)


def _needs_of(type: Type, depth: int) -> Iterator[str]:
    proper = get_proper_type(type)
    if depth == 0:
        return
    if isinstance(proper, (TupleType, UnionType)):
        for item in proper.items:
            yield from _needs_of(item, depth - 1)
    elif isinstance(proper, CallableType) and not proper.is_type_obj():
        yield from _needs_of(proper.ret_type, depth - 1)
    elif isinstance(proper, Instance) and proper.type.fullname in STATEMENTS:
        facts = facts_to_read(proper)
        yield from [need.feature for need in facts.needs] if facts is not None else ()
    elif isinstance(proper, Instance) and proper.args:
        position = _refs_position(proper)
        if position is None:
            for argument in proper.args:
                yield from _needs_of(argument, depth - 1)
        else:
            yield from _needs_in(proper.args[position])


def with_needs(api: TypeChecker, type: Instance, features: Sequence[str], clause: str) -> Instance:
    """The expression, source or statement, which needs these features, too."""
    if _is_statement(type):
        return _of_statement(api, type, features, clause, replacing=False)
    position = _refs_position(type)
    texts = None if position is None else strings(type.args[position])
    if position is None or texts is None:
        return type
    more = literals(api, [*texts, *[NEEDS + feature for feature in features]])
    return type.copy_modified(args=[*type.args[:position], more, *type.args[position + 1 :]])


def _of_statement(
    api: TypeChecker, statement: Instance, features: Sequence[str], clause: str, replacing: bool
) -> Instance:
    if statement.type.fullname in OPEN_CLAUSES:
        inner = get_proper_type(statement.args[0])
        if not isinstance(inner, Instance) or not _is_statement(inner):
            return statement
        return statement.copy_modified(args=[_of_statement(api, inner, features, clause, replacing)])
    facts = facts_of(statement)
    if facts is None:
        return statement
    before = list(facts.needs)
    if replacing:
        facts.needs = [need for need in before if need.clause != clause]
    for feature in features:
        if feature not in [need.feature for need in facts.needs]:
            facts.needs.append(Need(clause, feature))
    return statement if facts.needs == before else with_facts(api, statement, facts)


_CAN_NEED: OfTypes[bool] = OfTypes()


def _can_need(info: TypeInfo) -> bool:
    """Whether what is of this class says what it needs."""
    known = _CAN_NEED.get(id(info))
    if known is not None:
        return known[1]
    name = info.fullname
    carries = name in STATEMENTS or name in OPEN_CLAUSES or name in REFS_AT or info.has_base(EXPR)
    return _CAN_NEED.of(info, carries)


def _is_statement(type: Instance) -> bool:
    return type.type.fullname in STATEMENTS or type.type.fullname in OPEN_CLAUSES


def _refs_position(type: Instance) -> int | None:
    """Which type argument has the refs; None when there are none."""
    position = _position(type.type)
    return position if position is not None and len(type.args) > position else None


# Where a dialect is known


def connected(ctx: MethodContext) -> Type:
    """`Database.connect("sqlite://…")`: a database of this dialect, which its URL or `dialect=` says."""
    database = get_proper_type(ctx.default_return_type)
    if not isinstance(database, Instance) or not database.args:
        return ctx.default_return_type
    assert isinstance(ctx.api, TypeChecker)
    url, dialect, *_ = [strings(group[0]) if group else [] for group in ctx.arg_types]
    names = [text.partition("://")[0] for text in url or ()] if dialect == [] else dialect
    known = [SCHEMES[name] for name in names or () if name in SCHEMES]
    if not names or len(known) != len(names):
        return ctx.default_return_type
    return database.copy_modified(args=[literals(ctx.api, known)])


def check_run(ctx: MethodContext, database: Instance, name: str) -> None:
    """Report what the dialect of a database does not have, in what it is to run."""
    assert isinstance(ctx.api, TypeChecker)
    if ctx.arg_types and ctx.arg_types[0]:
        check(ctx.api, dialects_of(ctx.api, database), needs_of(ctx.arg_types[0][0]), ctx.context)
    if name == "explain" and switched_on(ctx, "analyze"):
        check(ctx.api, dialects_of(ctx.api, database), ["EXPLAIN ANALYZE"], ctx.context)


def dialects_of(api: TypeChecker, database: Instance) -> list[str]:
    """The dialects that a database may be of; none when nobody knows."""
    return strings(mapped(api, database, EXECUTOR).args[0]) or []


def check_compiled(ctx: MethodContext) -> None:
    """Report what the dialect of `.compile("sqlite")` does not have."""
    assert isinstance(ctx.api, TypeChecker)
    names = (strings(ctx.arg_types[0][0]) or []) if ctx.arg_types and ctx.arg_types[0] else []
    check(ctx.api, [SCHEMES.get(name, name) for name in names], needs_of(ctx.type), ctx.context)


def check(api: TypeChecker, dialects: Iterable[str], features: Iterable[str], where: Context) -> None:
    """Report features that a dialect does not have."""
    for dialect in dialects:
        for name in features:
            feature = FEATURES.get(name)
            if feature is not None and dialect in NAMES and dialect not in feature.dialects:
                message = messages.not_in_dialect(name, NAMES[dialect], feature.remedy)
                messages.report(api, message, where)
