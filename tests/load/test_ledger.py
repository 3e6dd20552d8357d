"""The ledger sees what is lost, doubled or halfway done."""

from __future__ import annotations

from random import Random

import pytest

from qb import Database, delete, fn, insert, select, update
from tests.load.ledger import Account, Entry, Ledger


@pytest.fixture
async def ledger(sqlite_db: Database) -> Ledger:
    """One with some transfers."""
    ledger = Ledger(sqlite_db, Random(7))
    await ledger.fill()
    for _ in range(40):
        await ledger.transfer()
    await ledger.look()
    await ledger.check()
    assert len(ledger.done) > 25
    assert ledger.errors.keys() == {"Refusal"}
    return ledger


async def test_a_row_that_is_lost(sqlite_db: Database, ledger: Ledger) -> None:
    await sqlite_db.execute(delete(Entry).where(Entry.token == max(ledger.done)))
    with pytest.raises(AssertionError, match="committed, and lost"):
        await ledger.check()


async def test_a_row_that_is_doubled(sqlite_db: Database, ledger: Ledger) -> None:
    copied = select(Entry.token, Entry.account_id, Entry.amount).where(Entry.token == max(ledger.done))
    await sqlite_db.execute(insert(Entry).from_select(copied))
    with pytest.raises(AssertionError, match="halfway done, or twice"):
        await ledger.check()


async def test_half_of_a_transfer(sqlite_db: Database, ledger: Ledger) -> None:
    first = await sqlite_db.fetch_value(select(fn.min(Entry.id)))
    await sqlite_db.execute(delete(Entry).where(Entry.id == first))
    with pytest.raises(AssertionError, match="halfway done"):
        await ledger.check()


async def test_what_was_said_to_be_undone(ledger: Ledger) -> None:
    token = ledger.done.pop()
    ledger.undone.add(token)
    with pytest.raises(AssertionError, match="said to be undone, and there"):
        await ledger.check()


async def test_a_balance_that_no_entry_explains(sqlite_db: Database, ledger: Ledger) -> None:
    await sqlite_db.execute(update(Account).set(balance=Account.balance + 1).where(Account.id == 1))
    with pytest.raises(AssertionError, match="a balance is another, and no entry explains it"):
        await ledger.check()
    with pytest.raises(AssertionError, match="there is another amount than at the start"):
        await ledger.look()
