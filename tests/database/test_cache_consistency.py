"""Whatever several tasks write, commit, roll back and read: a strong cache shows what the database has."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any, Literal, NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qb import Database, Executor, Table, col, fn, insert, select, update
from qb.cache.effects import Effects
from qb.cache.tracking import Tracker
from qb.dialect import PLAIN, Affected, Characteristics, Connection, Job
from qb.errors import QbError
from tests.coroutines import run

RANDOM = settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), database=None)


class Account(Table, name="accounts"):
    id = col.integer().primary_key()
    balance = col.integer()


class Entry(Table, name="entries"):
    id = col.integer().primary_key()
    account_id = col.integer().references(lambda: Account.id, on_delete="cascade")


ACCOUNTS = (1, 2, 3)
HUGE = 1_000_000
"""What is rolled back: nobody may see it."""


class Step(NamedTuple):
    """What a task does: to some accounts, with pauses in between."""

    kind: Literal["read", "read all", "add", "commit", "roll back", "batch", "cancel", "clear"]
    accounts: tuple[int, ...]
    pauses: int


steps = st.builds(
    Step,
    st.sampled_from(["read", "read", "read all", "add", "commit", "roll back", "batch", "cancel", "clear"]),
    st.lists(st.sampled_from(ACCOUNTS), min_size=1, max_size=2, unique=True).map(lambda found: tuple(sorted(found))),
    st.integers(0, 3),
)
programs = st.lists(st.lists(steps, min_size=1, max_size=8), min_size=2, max_size=5)

totals = (
    select(Account.id, Account.balance, fn.count(Entry.id).as_("entries"))
    .left_join(Entry, on=Entry.account_id == Account.id)
    .group_by(Account.id, Account.balance)
    .order_by(Account.id)
)


class Bank:
    """The accounts, and what is certain of their balances."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.cache = db.cached(ttl=None)
        self.begun: Counter[int] = Counter()
        """How often 1 was added, perhaps not yet for all to see."""
        self.done: Counter[int] = Counter()
        """How often 1 was added for sure."""

    async def reset(self) -> None:
        await self.db.batch(
            update(Account).set(balance=0).all_rows(),
            update(Entry).set(account_id=1).all_rows(),
        )
        self.begun.clear()
        self.done.clear()

    async def take(self, step: Step) -> None:
        if step.kind == "read":
            for account in step.accounts:
                least = self.done[account]
                found = await self.cache.fetch_value(select(Account.balance).where(Account.id == account))
                assert least <= found <= self.begun[account]
        elif step.kind == "read all":
            known = Counter(self.done)
            for row in await self.cache.fetch_all(totals):
                assert known[row.id] <= row.balance <= self.begun[row.id]
        elif step.kind == "clear":
            self.cache.clear(Account)
        elif step.kind == "roll back":
            with suppress(ZeroDivisionError):
                async with self.db.transaction() as tx:
                    await self.add(tx, step, HUGE)
                    raise ZeroDivisionError
        else:
            self.begun.update(step.accounts)
            await self.write(step)
            self.done.update(step.accounts)

    async def write(self, step: Step) -> None:
        if step.kind == "add":
            await self.db.execute(
                update(Account).set(balance=Account.balance + 1).where(Account.id.in_(list(step.accounts)))
            )
        elif step.kind == "batch":
            await self.db.batch(
                *[update(Account).set(balance=Account.balance + 1).where(Account.id == each) for each in step.accounts]
            )
        else:
            async with self.db.transaction() as tx:
                await self.add(tx, step, 1)

    async def add(self, db: Executor, step: Step, amount: int) -> None:
        for account in step.accounts:
            await db.execute(update(Account).set(balance=Account.balance + amount).where(Account.id == account))
            for _ in range(step.pauses):
                await asyncio.sleep(0)
            own = await self.cache.fetch_value(select(Account.balance).where(Account.id == account))
            assert own == await db.fetch_value(select(Account.balance).where(Account.id == account))

    async def work(self, program: list[Step]) -> None:
        for step in program:
            if step.kind == "cancel":
                await self.cancel(step)
            else:
                await self.take(step)
            for _ in range(step.pauses):
                await asyncio.sleep(0)

    async def cancel(self, step: Step) -> None:
        """Begin a write, and cut it short: nobody knows whether it is done."""
        self.begun.update(step.accounts)
        writing = asyncio.create_task(self.write(step._replace(kind="add" if step.pauses % 2 else "commit")))
        for _ in range(step.pauses * 2):
            await asyncio.sleep(0)
        writing.cancel()
        with suppress(asyncio.CancelledError, QbError):
            await writing


@pytest.fixture
async def bank(database: Database) -> Bank:
    await database.create_tables(Account, Entry)
    await database.execute(insert(Account).values_many([{"balance": 0} for _ in ACCOUNTS]))
    await database.execute(insert(Entry).values_many([{"account_id": each} for each in ACCOUNTS]))
    return Bank(database)


async def test_a_strong_cache_shows_what_the_database_has(bank: Bank) -> None:
    @RANDOM
    @given(programs)
    async def check(found: list[list[Step]]) -> None:
        await bank.reset()
        async with asyncio.TaskGroup() as tasks:
            for program in found:
                tasks.create_task(bank.work(program))
        assert await bank.cache.fetch_all(totals) == await bank.db.fetch_all(totals)
        for account in ACCOUNTS:
            balance = select(Account.balance).where(Account.id == account)
            assert await bank.cache.fetch_value(balance) == await bank.db.fetch_value(balance)

    await run(check)
    found = bank.cache.statistics
    assert found.hits
    assert found.misses
    assert found.bypasses


class Interrupted(Connection):
    """A connection whose statement goes on at the server when its task is cancelled."""

    async def execute(self, sql: str, parameters: Sequence[object]) -> Affected:
        raise asyncio.CancelledError

    async def batch(self, jobs: Iterable[Job], atomic: bool) -> list[Any]:
        list(jobs)
        raise asyncio.CancelledError

    async def begin(self, characteristics: Characteristics) -> None:
        pass

    async def commit(self) -> None:
        raise asyncio.CancelledError


@pytest.mark.parametrize("way", ["execute", "batch", "commit"])
async def test_a_write_that_was_cut_short_is_in_doubt_until_its_connection_is_given_back(way: str) -> None:
    tracker = Tracker()
    table = ("public", "accounts")
    seen = []

    @asynccontextmanager
    async def lease() -> AsyncIterator[Connection]:
        try:
            yield Interrupted()
        finally:
            seen.append(tracker.versions((table,)))

    tracker._effects["UPDATE"] = Effects(frozenset(), frozenset({table}), False)
    before = tracker.versions((table,))
    with pytest.raises(asyncio.CancelledError):
        async with tracker.lease(lease(), False) as connection:
            if way == "execute":
                await connection.execute("UPDATE", ())
            elif way == "batch":
                await connection.batch([("UPDATE", (), None)], True)
            else:
                await connection.begin(PLAIN)
                with suppress(asyncio.CancelledError):
                    await connection.execute("UPDATE", ())
                await connection.commit()
    assert seen == [None]
    assert tracker.versions((table,)) not in (None, before)
