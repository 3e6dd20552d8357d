"""Groups: what a query reads of them is a group key, or inside of an aggregate.

PostgreSQL refuses a column that is neither, SQLite answers with that of any row. Expressions have no identity in types:
one that reads just the columns of a group key which is an expression, too, is taken for that key.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mypy.checker import TypeChecker
from mypy.nodes import CallExpr, Context, Expression, MemberExpr, TypeInfo
from mypy.types import Instance, ProperType, Type, get_proper_type

from qb_mypy import messages
from qb_mypy.encoding import expression, strings
from qb_mypy.facts import Facts, Use
from qb_mypy.keys import known_primary_key
from qb_mypy.memory import OfTypes
from qb_mypy.names import GROUPING, LABELED, ORDERING, SOURCE_COLUMN
from qb_mypy.refs import RAW_MARK, READ, ROWS, ROWS_MARK, Ref
from qb_mypy.tables import source_of

UNKNOWN = "?"
OF_GROUPS = frozenset({"select", "having", "order_by", "distinct_on"})
"""Clauses that are about groups, and not about the rows before them."""


def note_keys(
    api: TypeChecker, facts: Facts, args: Sequence[Sequence[Expression]], groups: Sequence[Sequence[Type]]
) -> None:
    """Remember what `.group_by(…)` groups by."""
    for nodes, types in zip(args, groups, strict=True):
        for node, type in zip(nodes, types, strict=True):
            _note_key(api, facts, node, type)


def _note_key(api: TypeChecker, facts: Facts, node: Expression, type: Type) -> None:
    proper, part = get_proper_type(type), expression(type, api)
    refs = [ref for ref in (part.refs if part is not None else None) or () if not ref.is_mark]
    if not refs or part is None or not isinstance(proper, Instance) or (part.is_column and len(refs) > 1):
        if UNKNOWN not in facts.grouped:  # `*keys`, SQL as text
            facts.grouped.append(UNKNOWN)
        return
    if proper.type.fullname == GROUPING:  # its keys are among those that are NULL in some rows
        return
    # A label may be that of a column.
    if part.is_column or (proper.type.fullname == LABELED and len(refs) == 1 and not refs[0].lax):
        if name_of(refs[0]) not in facts.grouped:
            facts.grouped.append(name_of(refs[0]))
        if proper.type.fullname != SOURCE_COLUMN:
            _note_whole(api, facts, node, refs[0].source)
    else:
        key = frozenset(map(name_of, refs))
        if key not in facts.keys:
            facts.keys.append(key)
        facts.ungrouped = [use for use in facts.ungrouped if name_of(use.ref) not in key]


def _note_whole(api: TypeChecker, facts: Facts, node: Expression, source: str) -> None:
    """Remember that a table is grouped by its primary key, if it is; a table that is not known may be."""
    table = _table(api, node, source)
    key = None if table is None else known_primary_key(table)
    is_whole = key is None or (key != [] and all(f"{source}.{column}" in facts.grouped for column in key))
    if is_whole and source not in facts.whole:
        facts.whole.append(source)


def _table(api: TypeChecker, node: Expression, name: str) -> TypeInfo | None:
    """The table behind a source that a column is written of; None when that is not known."""
    if isinstance(node, MemberExpr):
        owner = api.lookup_type_or_none(node.expr)
        source = None if owner is None else source_of(owner)
        if source is not None and source.name == name:
            return source.table
    module, _, cls = name.rpartition(".")
    symbol = api.modules[module].names.get(cls) if module in api.modules else None
    return symbol.node if symbol is not None and isinstance(symbol.node, TypeInfo) else None


def note_reads(
    api: TypeChecker,
    facts: Facts,
    items: Sequence[Type],
    args: Sequence[Sequence[Expression]],
    groups: Sequence[Sequence[Type]],
    clause: str,
) -> None:
    """Remember what HAVING and ORDER BY read of no group key so far. Of a query without groups and aggregates nothing
    is kept, so that a sort key added in a branch does not change the query's type.
    """
    has_groups = _has_groups(api, facts, items, None)
    for nodes, types in zip(args, groups, strict=True):
        for node, type in zip(nodes, types, strict=True):
            refs, is_column = _refs(api, type, node)
            place = (clause, api.tree.fullname, node.line)
            if not has_groups and (clause == "having" or any(ref.aggregated for ref in refs)):
                facts.ungrouped.append(Use(ROWS_MARK, *place))
                has_groups = True
            found = _uncovered(facts, refs, not is_column) if has_groups else []
            facts.ungrouped += [Use(ref, *place) for ref in dict.fromkeys(found)]


def check(api: TypeChecker, facts: Facts, items: Sequence[Type], own: set[str], where: Context) -> None:
    """Report what a query with groups reads of their rows. `own` are its sources: others are those around it."""
    if UNKNOWN in facts.grouped or not _has_groups(api, facts, items, own):
        return
    if any(column.rpartition(".")[0] not in own for column in {*facts.grouped, *facts.rolled}.union(*facts.keys)):
        return  # a key that is not in the query is a mistake of its own
    names: dict[str, None] = {}
    keys: dict[str, None] = {}
    for item in items:
        for name, remedy in _missing(api, facts, item, own):
            names[name] = None
            keys.update(dict.fromkeys(remedy))
    if names:
        messages.report(api, messages.not_grouped(list(names), list(keys)), where)
    for use in facts.ungrouped:
        if use.ref.source in own and _uncovered(facts, [use.ref], has_keys=False):
            name = use.ref.display()
            place = messages.at_line(use.line) if use.module == api.tree.fullname else where
            messages.report(api, messages.not_grouped([name], [name]), place)


def _missing(api: TypeChecker, facts: Facts, item: Type, own: set[str]) -> Iterator[tuple[str, list[str]]]:
    """What an item of the projection reads that is not grouped, in words, with the keys that would do."""
    source = source_of(item)
    if source is None:
        refs, is_column = _refs(api, item)
        for ref in _uncovered(facts, refs, not is_column):
            if ref.source in own:
                yield ref.display(), [ref.display()]
        return
    if source.name in facts.whole:
        return
    columns = list(source.values())
    key = (known_primary_key(source.table) if source.table is not None else None) or columns
    refs = [Ref(source.name, name) for name in columns]
    if _uncovered(facts, refs, has_keys=False):
        whole = Ref(source.name, "*")
        yield whole.display(), [Ref(source.name, name).display() for name in key]


def _uncovered(facts: Facts, refs: Sequence[Ref], has_keys: bool) -> list[Ref]:
    """Which of the refs of an expression are of no group key. In it may be keys that are expressions; a column is
    none of them.
    """
    if RAW_MARK in refs:  # nobody knows what it is
        return []
    read = {name_of(ref) for ref in refs}
    covered = {*facts.grouped, *facts.rolled}
    for key in facts.keys:
        if has_keys and key <= read:
            covered |= key
    return [
        ref
        for ref in refs
        if not ref.is_mark and not ref.aggregated and ref.source not in facts.whole and name_of(ref) not in covered
    ]


def _has_groups(api: TypeChecker, facts: Facts, items: Sequence[Type], own: set[str] | None) -> bool:
    """Whether the rows of a query are groups: those of GROUP BY, or the one of its aggregates."""
    if facts.grouped or facts.keys or facts.rolled:
        return True
    refs = [ref for item in items if source_of(item) is None for ref in _refs(api, item)[0]]
    refs += [use.ref for use in facts.ungrouped]
    return any(ref.aggregated and (ref.source == ROWS or own is None or ref.source in own) for ref in refs)


def is_one_group(api: TypeChecker, facts: Facts, items: Sequence[Type]) -> bool:
    """Whether all rows of a query are one group, that of its aggregates."""
    if facts.grouped or facts.keys or facts.rolled:
        return False
    refs = [ref for item in items if source_of(item) is None for ref in _refs(api, item)[0]]
    own = set(facts.from_ or [ref.source for ref in refs]) | set(facts.joined)
    return _has_groups(api, facts, items, own)


def check_clause(
    api: TypeChecker,
    args: Sequence[Sequence[Expression]],
    groups: Sequence[Sequence[Type]],
    clause: str,
    known: Sequence[str] | None = None,
) -> None:
    """Report aggregates where they cannot stand. Those of other sources than the `known` ones may be aggregates of
    the query around this one; around a write there is none.
    """
    for nodes, types in zip(args, groups, strict=True):
        for node, type in zip(nodes, types, strict=True):
            refs = [ref for ref in _refs(api, type)[0] if known is None or ref.source in (ROWS, *known)]
            depth = max([ref.aggregated for ref in refs], default=0)
            if depth and clause not in OF_GROUPS:
                messages.report(api, messages.aggregate_in_clause(clause, known is None), node)
            elif depth > 1:
                messages.report(api, messages.aggregate_inside(), node)


def name_of(ref: Ref) -> str:
    """A ref without its marks."""
    return f"{ref.source}.{ref.column}"


def _refs(api: TypeChecker, type: Type, node: Expression | None = None) -> tuple[list[Ref], bool]:
    """What an expression or a sort key reads, as far as that is known, and whether it is just a column."""
    proper = get_proper_type(type)
    if isinstance(proper, Instance) and proper.type.fullname == ORDERING:
        is_call = isinstance(node, CallExpr) and isinstance(node.callee, MemberExpr)
        key = api.lookup_type_or_none(node.callee.expr) if is_call else None  # type: ignore[union-attr]  # it is
        sorted_ = None if key is None else expression(key, api)
        refs = [Ref.decode(text) for text in strings(proper.args[0]) or ()]
        return refs, sorted_ is not None and sorted_.is_column
    known = _REFS.get(id(proper))
    return _REFS.of(proper, _refs_of_expression(api, proper)) if known is None else known[1]


_REFS: OfTypes[tuple[list[Ref], bool]] = OfTypes()


def _refs_of_expression(api: TypeChecker, type: ProperType) -> tuple[list[Ref], bool]:
    part = expression(type, api)
    if part is None:
        return [], False
    refs = part.refs or []
    if part.is_column and sum(not ref.is_mark for ref in refs) > 1:  # one of them, nobody knows which
        return [], True
    inner = [Ref.decode(ref.source.removeprefix(READ)) for ref in refs if ref.source.startswith(READ)]
    return refs + inner, part.is_column
