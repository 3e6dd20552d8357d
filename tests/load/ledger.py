"""A ledger that tells whether a committed row was lost or doubled, whatever happened meanwhile."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from itertools import count
from random import Random

from qb import Database, Table, Transaction, col, fn, insert, select, update
from qb.dialect import Isolation
from qb.errors import CommitUncertain, QbError

BALANCE = 1000


class Account(Table, name="accounts"):
    id = col.integer().primary_key()
    balance = col.integer()


class Entry(Table, name="entries"):
    id = col.integer().primary_key()
    token = col.integer()
    account_id = col.integer().references(lambda: Account.id)
    amount = col.integer()


class Refusal(Exception):  # noqa: N818  # nothing has gone wrong
    """A transfer that changes its mind."""


class Ledger:
    """Moves money between accounts, and keeps book of what it was told of each transfer."""

    def __init__(self, db: Database, choose: Random, accounts: int = 20) -> None:
        self._db = db
        self._choose = choose
        self._accounts = accounts
        self._tokens = count(1)
        self.done: set[int] = set()
        self.undone: set[int] = set()
        self.unknown: set[int] = set()
        """Those that were cancelled, or whose commit nobody has answered."""
        self.errors: Counter[str] = Counter()

    async def fill(self) -> None:
        """Make the tables and the accounts."""
        await self._db.create_tables(Account, Entry)
        await self._db.execute(insert(Account).values_many([{"balance": BALANCE}] * self._accounts))

    async def transfer(self, isolation: Isolation | None = None) -> None:
        """Move some money, in one of the ways that there are. Errors of the database are kept book of."""
        token = next(self._tokens)
        giver, taker = self._choose.sample(range(1, self._accounts + 1), 2)
        amount = self._choose.randrange(1, 10)

        async def move(tx: Transaction) -> None:
            await tx.execute(update(Account).set(balance=Account.balance - amount).where(Account.id == giver))
            async with self._db.transaction():
                await self._db.execute(insert(Entry).values(token=token, account_id=giver, amount=-amount))
            with suppress(Refusal):
                async with tx.transaction() as nested:
                    await nested.execute(insert(Entry).values(token=token, account_id=taker, amount=amount))
                    raise Refusal
            await tx.execute(insert(Entry).values(token=token, account_id=taker, amount=amount))
            await tx.execute(update(Account).set(balance=Account.balance + amount).where(Account.id == taker))
            if amount == 9:
                raise Refusal

        async def together() -> None:
            await self._db.batch(
                update(Account).set(balance=Account.balance - amount).where(Account.id == giver),
                update(Account).set(balance=Account.balance + amount).where(Account.id == taker),
                insert(Entry).values_many(
                    [
                        {"token": token, "account_id": giver, "amount": -amount},
                        {"token": token, "account_id": taker, "amount": amount},
                    ]
                ),
            )

        way = self._choose.randrange(3)
        try:
            if way == 0:
                async with self._db.transaction(isolation=isolation) as tx:
                    await move(tx)
            elif way == 1:
                await self._db.run(move, isolation=isolation, backoff=0.005)
            else:
                await together()
        except CommitUncertain:
            self.unknown.add(token)
            self.errors["CommitUncertain"] += 1
        except (QbError, Refusal) as error:
            self.undone.add(token)
            self.errors[type(error).__name__] += 1
        except asyncio.CancelledError:
            self.unknown.add(token)
            raise
        else:
            self.done.add(token)

    async def look(self) -> None:
        """See that nothing is halfway done. Errors of the database are kept book of."""
        try:
            total = 0
            async for row in self._db.stream(select(Account.balance), size=3):
                total += row.balance
        except QbError as error:
            self.errors[type(error).__name__] += 1
        else:
            assert total == BALANCE * self._accounts, "there is another amount than at the start"

    async def check(self) -> None:
        """See that what is there is what was told, neither more nor less."""
        rows = await self._db.fetch_all(
            select(Entry.token, fn.count().as_("entries"), fn.sum(Entry.amount).as_("total")).group_by(Entry.token)
        )
        found = {row.token for row in rows}
        halves = [row for row in rows if row.entries != 2 or row.total != 0]
        assert not halves, f"halfway done, or twice: {halves}"
        assert not self.done - found, "committed, and lost"
        assert not self.undone & found, "said to be undone, and there"
        assert found <= self.done | self.unknown, "nobody was told of it"
        sums = select(Entry.account_id, fn.sum(Entry.amount).as_("total")).group_by(Entry.account_id)
        moved = {row.account_id: row.total for row in await self._db.fetch_all(sums)}
        balances = await self._db.fetch_all(select(Account.id, Account.balance))
        assert {row.id: row.balance - BALANCE for row in balances if row.balance != BALANCE} == {
            account: total for account, total in moved.items() if total
        }, "a balance is another, and no entry explains it"
        assert len(balances) == self._accounts


async def run(ledger: Ledger, choose: Random, tasks: int, seconds: float, isolations: list[Isolation | None]) -> None:
    """Let many tasks work on a ledger, some of which are cancelled at some moment, and begin again."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds

    async def work() -> None:
        while loop.time() < end:
            before = ledger.errors.total()
            if choose.random() < 0.85:
                job = asyncio.ensure_future(ledger.transfer(choose.choice(isolations)))
            else:
                job = asyncio.ensure_future(ledger.look())
            if choose.random() < 0.2:
                await asyncio.sleep(choose.random() ** 3 * 0.05)
                job.cancel()
            with suppress(asyncio.CancelledError):
                await job
            if ledger.errors.total() > before:
                await asyncio.sleep(0.01)

    await asyncio.gather(*[work() for _ in range(tasks)])
