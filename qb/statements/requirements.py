"""Conditions without which a batch fails: what others do with a transaction that reads, decides and writes."""

from __future__ import annotations

from qb.dialect import Affected
from qb.errors import CompileError
from qb.expressions import Expr
from qb.nodes import Node, Parameter, Raw
from qb.nodes.requirement import Requirement as RequirementNode
from qb.queries import Compilable
from qb.types import BOOLEAN, TEXT

MARK = "qb: "
"""What the messages of requirements begin with, to be known among the engine's own."""


class Requirement(Compilable[Affected]):
    """A statement that changes nothing, and fails where its condition is not true."""

    __slots__ = ("node",)

    def __init__(self, node: RequirementNode) -> None:
        self.node = node


class Expectation(Compilable[Affected]):
    """A write that fails when it changes another number of rows than it should."""

    __slots__ = ("_expected_rows", "node")

    def __init__(self, node: Node, _expected_rows: int) -> None:
        self.node = node
        self._expected_rows = _expected_rows


def require(condition: Expr[bool | None], message: str) -> Requirement:
    """A statement of a batch that fails, and the whole batch with it, unless a condition is true:

        await db.batch(
            require(exists(select(Account.id).where(Account.id == 1, Account.balance >= 10)), "not enough money"),
            update(Account).set(balance=Account.balance - 10).where(Account.id == 1),
        )

    It reads tables by sub-queries. RequirementFailed is raised, with the message.
    """
    return Requirement(RequirementNode(condition.node, Parameter(MARK + message, TEXT)))


def expect(write: Compilable[Affected], rows: int = 1) -> Expectation:
    """The same write, which fails unless it changes exactly so many rows, and a whole batch with it:

        await db.batch(
            expect(update(Page).set(text=text, version=Page.version + 1).where(Page.id == 7, Page.version == read)),
            insert(Change).values(page_id=7, author=author),
        )

    RequirementFailed is raised. Raises CompileError when the write returns rows.
    """
    if rows < 0:
        raise ValueError(f"expect(…, rows={rows}): it is a number of rows")
    if getattr(write.node, "projection", ()):
        raise CompileError("expect() counts the rows that are changed: leave .returning(…) out")
    return Expectation(write.node, rows)


def unexpected(rows: int) -> str:
    """The message for another number of rows."""
    return f"{MARK}another number of rows than {rows} was changed"


def guard(condition: str, rows: int) -> Requirement:
    """The statement after a write that fails unless an engine's own condition for its number of rows is true."""
    return Requirement(RequirementNode(Raw((condition,), (), BOOLEAN), Parameter(unexpected(rows), TEXT)))
