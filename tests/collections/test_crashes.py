"""A program ends at any step of what it does, before or after that is done. Repaired, everything is as if it had been
done as a whole or not at all.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from datetime import timedelta
from itertools import count
from typing import NamedTuple

import pytest

from qb import Database, delete, select
from qb.documents import KV, Documents, Outbox
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, keys_of, settle
from tests.collections.faults import Crash, Life, MortalDatabase, MortalKV
from tests.collections.notes import Note, NoteRow, collection

ENGINES = ("sqlite", "postgres", "d1")
Store = Documents[NoteRow, Note]
OLD, NEW = Note("old", "one two"), Note("new", "three")


class Scenario(NamedTuple):
    """What a program does to one document, `x`, of those that there are."""

    act: Callable[[Store], Awaitable[object]]
    before: Note | None
    after: Note | None
    steps: int
    """How many calls of the database and the store it takes."""
    decision: int
    """Which of them is the one that decides, from 0 on."""


SCENARIOS = {
    "new": Scenario(lambda store: store.put(NEW, id="x", new=True), None, NEW, 3, 2),
    "replaced": Scenario(lambda store: store.put(NEW, id="x"), OLD, NEW, 3, 2),
    "deleted": Scenario(lambda store: store.delete("x"), OLD, None, 4, 1),
}


async def program(db: Database, kv: KV, life: Life) -> Store:
    return collection().on(MortalDatabase(db.driver, life), MortalKV(kv, life))


async def prepare(db: Database, kv: KV, clock: Clock, before: Note | None) -> None:
    """Everything as it was before, with another document beside."""
    for row in await db.fetch_all(select(NoteRow)):
        await collection().on(db, kv).delete(row.id)
    for key in await keys_of(kv):
        await kv.delete(key)
    await db.execute(delete(Outbox).all_rows())
    store = collection().on(db, kv)
    await store.put(Note("another one", slug="another"), id="y")
    if before is not None:
        await store.put(before, id="x")


@pytest.mark.parametrize("name", SCENARIOS)
@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
async def test_a_crash_at_any_step(db: Database, kv: KV, clock: Clock, name: str, is_done: bool) -> None:
    scenario = SCENARIOS[name]
    outcomes: list[Note | None] = []
    for steps in count():
        await prepare(db, kv, clock, scenario.before)
        life = Life(steps, is_done)
        try:
            await scenario.act(await program(db, kv, life))
        except Crash:
            pass
        else:
            break
        # At once: whoever reads sees the one or the other.
        store = collection().on(db, kv)
        seen = await store.get("x")
        outcome = None if seen is None else seen.document
        assert outcome in (scenario.before, scenario.after)
        # Too early: what may still be going on is left alone.
        await store.repair()
        again = await store.get("x")
        assert (None if again is None else again.document) == outcome
        # And later it is as if nothing had happened.
        await settle(store, clock)
        found = await check_consistent(db, kv)
        assert found.pop("y") == Note("another one", slug="another")
        assert found == ({} if outcome is None else {"x": outcome})
        outcomes.append(outcome)
    assert len(outcomes) == scenario.steps
    undecided = scenario.decision + (0 if is_done else 1)
    assert outcomes == [scenario.before] * undecided + [scenario.after] * (scenario.steps - undecided)


def places(db: Database, is_done: bool) -> Iterator[int]:
    """Where a long program ends: after each step; on D1, where a step takes longer, after every third."""
    return count(step=1) if db.dialect.name != "d1" else count(int(is_done), 3)


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
async def test_a_crash_at_any_step_of_a_repair(db: Database, kv: KV, clock: Clock, is_done: bool) -> None:
    """It has everything to do: an object without a row, a version that was replaced, and what has expired."""
    for steps in places(db, is_done):
        await prepare(db, kv, clock, OLD)
        store = collection().on(db, kv)
        await store.put(NEW, id="x")
        await store.put(Note("short-lived"), id="z", ttl=timedelta(minutes=5))
        with pytest.raises(Crash):
            await (await program(db, kv, Life(1, True))).put(Note("unfinished"), id="u")
        assert len(await keys_of(kv)) == 5
        clock.advance(hours=1)
        life = Life(steps, is_done)
        try:
            await (await program(db, kv, life)).repair()
        except Crash:
            pass
        else:
            assert steps > 5
            break
        await settle(store, clock)
        assert await check_consistent(db, kv) == {"x": NEW, "y": Note("another one", slug="another")}


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
async def test_a_crash_at_any_step_of_a_sync(db: Database, kv: KV, clock: Clock, is_done: bool) -> None:
    for steps in places(db, is_done):
        await prepare(db, kv, clock, OLD)
        store = collection().on(db, kv)
        await db.execute(delete(NoteRow).where(NoteRow.id == "y"))
        await kv.put("notes/x/0000", '{"title":"older"}')
        life = Life(steps, is_done)
        try:
            await (await program(db, kv, life)).sync(mend=True)
        except Crash:
            pass
        else:
            assert steps > 5
            break
        await store.sync(mend=True)
        await settle(store, clock)
        assert await check_consistent(db, kv) == {"x": OLD, "y": Note("another one", slug="another")}


class FailingKV:
    """A store that does not answer some calls, and may have done them nevertheless."""

    def __init__(self, kv: KV, fails: str, is_done: bool) -> None:
        self.kv = kv
        self.fails = fails
        self.is_done = is_done

    async def _call(self, name: str, *arguments: str) -> None:
        if name != self.fails or self.is_done:
            await getattr(self.kv, name)(*arguments)
        if name == self.fails:
            raise OSError("the network is down")

    async def get(self, key: str) -> str | None:
        return await self.kv.get(key)

    async def put(self, key: str, value: str) -> None:
        await self._call("put", key, value)

    async def delete(self, key: str) -> None:
        await self._call("delete", key)

    def keys(self, prefix: str) -> AsyncIterator[str]:
        return self.kv.keys(prefix)


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
async def test_a_store_that_fails_to_put(db: Database, kv: KV, clock: Clock, is_done: bool) -> None:
    await prepare(db, kv, clock, OLD)
    store = collection().on(db, FailingKV(kv, "put", is_done))
    with pytest.raises(OSError, match="network"):
        await store.put(NEW, id="x")
    found = await store.get("x")
    assert found is not None
    assert found.document == OLD
    await settle(store, clock)
    assert (await check_consistent(db, kv))["x"] == OLD


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
async def test_what_is_deleted_is_deleted_when_the_store_fails(
    db: Database, kv: KV, clock: Clock, is_done: bool
) -> None:
    await prepare(db, kv, clock, OLD)
    failing = collection().on(db, FailingKV(kv, "delete", is_done))
    assert await failing.delete("x") is True
    assert await failing.get("x") is None
    with pytest.raises(OSError, match="network"):
        await failing.repair()
    await settle(collection().on(db, kv), clock)
    assert list(await check_consistent(db, kv)) == ["y"]
