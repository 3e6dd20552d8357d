"""The transaction around the code that runs."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from qb.running.engine import Engine

if TYPE_CHECKING:
    from qb.running.transaction import Transaction

CURRENT: ContextVar[Transaction[Any] | None] = ContextVar("qb_transaction", default=None)
"""The innermost transaction, of any database; the others are around it."""


def current(engine: Engine) -> Transaction[Any] | None:
    """The innermost open transaction on a database around the code that runs."""
    transaction = CURRENT.get()
    while transaction is not None and (transaction._engine is not engine or not transaction._is_open):
        transaction = transaction._around
    return transaction
