"""Facts: what is known of a statement, as texts."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from qb_mypy.refs import NEEDS, Ref

OUTER_JOINS = frozenset({"left", "right", "full"})


class Need(NamedTuple):
    """A feature that a clause of a statement has, and not every dialect."""

    clause: str
    feature: str


class Use(NamedTuple):
    """A column that a clause reads although its source is not (yet) in the statement, or although the rows are not
    (yet) grouped by it, and where it was written.
    """

    ref: Ref
    clause: str
    module: str
    line: int


class Proof(NamedTuple):
    """A column that a condition keeps from being NULL."""

    column: str
    """As `source.column`."""
    clause: str
    """"where", "having", or the number of the join that has it for its ON."""


class Facts:
    """What is known of a statement besides its row, its projection and its table."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self.from_: list[str] = []
        self.joined: list[str] = []
        self.kinds: dict[str, str] = {}
        """How sources are joined that are not simply there: "left", "right", "full"."""
        self.proven: list[Proof] = []
        """Columns that a condition keeps from being NULL, where that is worth knowing."""
        self.limited: list[str] = []
        """Clauses that may leave out the one row of a query's aggregates."""
        self.outer: list[str] = []
        """Sources of a write whose columns are NULL where a join finds no match."""
        self.rolled: list[str] = []
        """Group keys that are NULL in the rows which are not grouped by them, as `source.column`."""
        self.said: list[str] = []
        """What a write must say before it is run: "values" (what to write), "where" (which rows). Of a select
        "distinct", and of a set operation what its first query selects.
        """
        self.uses: list[Use] = []
        self.needs: list[Need] = []
        self.grouped: list[str] = []
        """Group keys that are columns, as `source.column`; "?" for one that nobody knows."""
        self.whole: list[str] = []
        """Sources that are grouped by their whole primary key, which makes all of their columns one value."""
        self.keys: list[frozenset[str]] = []
        """The columns that group keys read which are expressions."""
        self.ungrouped: list[Use] = []
        """What HAVING and ORDER BY read of no group key so far; an aggregate if that is the first of the query."""
        self.null_tests: list[Use] = []
        """Columns that are NOT NULL, and that a clause asks whether they are NULL: a join may make it so."""
        lists = {
            "from": self.from_,
            "join": self.joined,
            "outer": self.outer,
            "limited": self.limited,
            "rolled": self.rolled,
            "says": self.said,
            "grouped": self.grouped,
            "whole": self.whole,
        }
        uses = {"uses": self.uses, "ungrouped": self.ungrouped, "tests": self.null_tests}
        for text in texts:
            kind, _, rest = text.partition(" ")
            if kind in uses:
                ref, clause, module, line = rest.rsplit(" ", 3)
                uses[kind].append(Use(Ref.decode(ref), clause, module, int(line)))
            elif kind == "key":
                self.keys.append(frozenset(rest.split(" & ")))
            elif kind in OUTER_JOINS:
                self.joined.append(rest)
                self.kinds[rest] = kind
            elif kind == "proven":
                self.proven.append(Proof(*rest.rsplit(" ", 1)))
            elif kind == NEEDS.strip():
                clause, _, feature = rest.partition(" ")
                self.needs.append(Need(clause, feature))
            else:
                lists[kind].append(rest)

    def encode(self) -> list[str]:
        uses = [
            f"{kind} {use.ref.encode()} {use.clause} {use.module} {use.line}"
            for kind, known in (("uses", self.uses), ("ungrouped", self.ungrouped), ("tests", self.null_tests))
            for use in known
        ]
        return [
            *[f"from {source}" for source in self.from_],
            *[f"{self.kinds.get(source, 'join')} {source}" for source in self.joined],
            *[f"outer {source}" for source in self.outer],
            *[f"proven {proof.column} {proof.clause}" for proof in self.proven],
            *[f"limited {clause}" for clause in self.limited],
            *[f"rolled {column}" for column in self.rolled],
            *[f"says {word}" for word in self.said],
            *[f"grouped {column}" for column in self.grouped],
            *[f"whole {source}" for source in self.whole],
            *[f"key {' & '.join(sorted(key))}" for key in self.keys],
            *uses,
            *[f"{NEEDS}{need.clause} {need.feature}" for need in self.needs],
        ]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Facts) and vars(self) == vars(other)

    __hash__ = None  # type: ignore[assignment]  # they change

    def copy(self) -> Facts:
        """The same facts, to which more can be added."""
        new = object.__new__(Facts)
        vars(new).update({name: known.copy() for name, known in vars(self).items()})
        return new

    @property
    def sources(self) -> list[str]:
        """What is in the statement by name."""
        return self.from_ + self.joined
