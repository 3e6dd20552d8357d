"""Which sources and columns of a select are never NULL in its rows, whatever the order of its joins.

A row is made in stages: that of FROM, then one for each join. RIGHT and FULL JOIN give rows that have not been through
the stages before them. A condition that is known to hold for a row says more: of the columns that it reads, so of their
sources, so of the joins that brought these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from qb_mypy.encoding import Expression, is_optional, is_reason
from qb_mypy.facts import Facts
from qb_mypy.refs import GROUP_MARK, NULL, Ref

ON_ROWS = frozenset({"where", "having"})


class Present(NamedTuple):
    """What is there in every row."""

    missing: frozenset[str]
    """Sources of which a row may have nothing."""
    proven: frozenset[str]
    """Columns that are not NULL, by a condition, as `source.column`."""
    rolled: frozenset[str]
    """Group keys that are NULL in the rows which are not grouped by them."""
    is_grouped: bool
    """Whether each row stands for a group of rows, which is never empty."""

    def lacks(self, ref: Ref) -> bool:
        """Whether a column may be NULL although it is none that may, or is not to this expression."""
        if ref.lax or ref.aggregated:
            return False
        return ref.source in self.missing or f"{ref.source}.{ref.column}" in self.rolled

    def denies(self, part: Expression) -> bool:
        """Whether an expression that may be NULL is not so in these rows."""
        if part.refs is None or not is_optional(part.value):
            return False
        if part.is_column:
            return len(part.refs) == 1 and f"{part.refs[0].source}.{part.refs[0].column}" in self.proven
        reasons = [ref for ref in part.refs if is_reason(ref)]
        return bool(reasons) and all(self._denies(reason, part.refs) for reason in reasons)

    def _denies(self, reason: Ref, refs: Sequence[Ref]) -> bool:
        if reason == GROUP_MARK:
            return self.is_grouped and not any(ref.aggregated and ref.source in self.missing for ref in refs)
        return reason.source.removeprefix(NULL) in self.proven


NOTHING_MISSING = Present(frozenset(), frozenset(), frozenset(), False)


def present(facts: Facts, implied: Sequence[str]) -> Present:
    """What is in every row of a select; `implied` are the selected sources that nothing names, which are its FROM."""
    first = facts.from_ or list(implied)
    proven = {proof.column for proof in facts.proven if proof.clause in ON_ROWS}
    there = _there(facts, first, proven)
    kept = {proof.column for proof in facts.proven if proof.clause == "having"}
    is_grouped = not facts.rolled and (any(key != "?" for key in facts.grouped) or bool(facts.keys))
    missing = frozenset({*first, *facts.joined} - there)
    return Present(missing, frozenset(proven), frozenset(facts.rolled) - kept, is_grouped)


def _there(facts: Facts, first: Sequence[str], proven: set[str]) -> set[str]:
    """The sources that every row has something of; what follows for columns is added to `proven`."""
    joined = facts.joined
    if not facts.kinds:
        _hold(facts, range(len(joined)), proven)
        return {*first, *joined}
    known = {*first, *joined}
    there: set[str] = set()
    while True:
        before = len(there), len(proven)
        there |= {column.rpartition(".")[0] for column in proven} & known
        stage = _earliest(facts, first, there)
        if stage == 0:
            there.update(first)
        holding = []
        for place in range(max(stage - 1, 0), len(joined)):
            kind, source = facts.kinds.get(joined[place]), joined[place]
            if kind in (None, "right"):
                there.add(source)
            others = kind is None or kind == "left" or bool(there & {*first, *joined[:place]})
            if others and source in there:
                holding.append(place)
        _hold(facts, holding, proven)
        if (len(there), len(proven)) == before:
            return there


def _earliest(facts: Facts, first: Sequence[str], there: set[str]) -> int:
    """The first stage that every row has been through, counted from that of FROM."""
    for place in range(len(facts.joined) - 1, -1, -1):
        kind = facts.kinds.get(facts.joined[place])
        if kind in ("right", "full") and not there & {*first, *facts.joined[:place]}:
            return place + 1
    return 0


def _hold(facts: Facts, places: Sequence[int], proven: set[str]) -> None:
    """The conditions of these joins hold."""
    clauses = {str(place) for place in places}
    proven |= {proof.column for proof in facts.proven if proof.clause in clauses}
