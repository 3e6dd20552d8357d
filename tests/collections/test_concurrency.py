"""Several who write the same document at once, and `repair` among them."""

from __future__ import annotations

from asyncio import gather, sleep
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import cycle

import pytest

from qb import Database
from qb.documents import KV, DocumentConflict, DocumentError, Documents
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, settle
from tests.collections.notes import Note, NoteRow, collection

ENGINES = ("sqlite", "postgres", "d1")
Store = Documents[NoteRow, Note]


class SlowKV:
    """A store that takes some time, and not always the same."""

    def __init__(self, kv: KV, pauses: tuple[float, ...] = (0, 0.003, 0.001)) -> None:
        self.kv = kv
        self.pauses = cycle(pauses)

    async def get(self, key: str) -> str | None:
        await sleep(next(self.pauses))
        return await self.kv.get(key)

    async def put(self, key: str, value: str) -> None:
        await sleep(next(self.pauses))
        await self.kv.put(key, value)
        await sleep(next(self.pauses))

    async def delete(self, key: str) -> None:
        await sleep(next(self.pauses))
        await self.kv.delete(key)

    def keys(self, prefix: str) -> AsyncIterator[str]:
        return self.kv.keys(prefix)


@pytest.fixture
def slow(db: Database, kv: KV, clock: Clock) -> Store:
    return collection().on(db, SlowKV(kv))


async def test_of_many_with_one_etag_one_wins(slow: Store, db: Database, kv: KV, clock: Clock) -> None:
    row = await slow.put(Note("first"), id="x")
    done = await gather(
        *[slow.put(Note(f"{number}"), id="x", etag=row.etag) for number in range(8)], return_exceptions=True
    )
    (winner,) = [each for each in done if not isinstance(each, BaseException)]
    assert [type(each) for each in done if isinstance(each, BaseException)] == [DocumentConflict] * 7
    await settle(slow, clock)
    assert await check_consistent(db, kv) == {"x": Note(winner.title)}


async def test_of_many_that_are_new_one_is(slow: Store, db: Database, kv: KV, clock: Clock) -> None:
    done = await gather(*[slow.put(Note(f"{number}"), id="x", new=True) for number in range(8)], return_exceptions=True)
    (winner,) = [each for each in done if not isinstance(each, BaseException)]
    assert sum(isinstance(each, DocumentConflict) for each in done) == 7
    await settle(slow, clock)
    assert await check_consistent(db, kv) == {"x": Note(winner.title)}


async def test_all_who_do_not_care_are_done(slow: Store, db: Database, kv: KV, clock: Clock) -> None:
    rows = await gather(*[slow.put(Note(f"{number}"), id="x") for number in range(8)])
    assert len({row.etag for row in rows}) == 8
    await settle(slow, clock)
    (left,) = (await check_consistent(db, kv)).values()
    assert left.title in {row.title for row in rows}


async def test_readers_see_whole_documents(slow: Store, clock: Clock) -> None:
    await slow.put(Note("0", "0"), id="x")

    async def write() -> None:
        for number in range(20):
            await slow.put(Note(f"{number}", f"{number}"), id="x")

    async def read() -> None:
        for _ in range(20):
            found = await slow.get("x")
            assert found is not None
            assert found.row.title == found.document.title == found.document.text

    await gather(write(), write(), read(), read())


async def test_deleting_and_putting_at_once(slow: Store, db: Database, kv: KV, clock: Clock) -> None:
    await slow.put(Note("first"), id="x")
    await gather(
        *[slow.delete("x") if number % 2 else slow.put(Note(f"{number}"), id="x") for number in range(12)],
        slow.repair(),
        slow.sync(mend=True),
    )
    await settle(slow, clock)
    assert set(await check_consistent(db, kv)) <= {"x"}


@pytest.mark.parametrize("before", [None, Note("before")], ids=["new", "replaced"])
async def test_a_repair_in_the_middle_of_puts(db: Database, kv: KV, clock: Clock, before: Note | None) -> None:
    """With hardly any grace, `repair` takes puts that go on for dead: they begin anew, or fail, and nothing is lost."""
    store = collection().on(db, SlowKV(kv), grace=timedelta(seconds=1), linger=timedelta())
    ids = [f"{number}" for number in range(12)]
    expected = {} if before is None else dict.fromkeys(ids, before)
    for id in expected:
        await collection().on(db, kv).put(expected[id], id=id)
    is_over = False

    async def repair() -> None:
        while not is_over:
            clock.advance(seconds=1)
            await store.repair()
            await sleep(0.002)

    async def put(id: str) -> None:
        try:
            row = await store.put(Note("after"), id=id)
        except DocumentError as error:
            assert "takes longer than the collection's grace" in str(error)  # noqa: PT017  # only some fail
        else:
            expected[row.id] = Note("after")

    async def put_all() -> None:
        nonlocal is_over
        await gather(*[put(id) for id in ids])
        is_over = True

    await gather(put_all(), repair())
    await settle(store, clock)
    assert await check_consistent(db, kv) == expected


class Interrupted:
    """A store so slow that `repair` takes the first puts for dead, before or after the object is there."""

    def __init__(self, db: Database, kv: KV, clock: Clock, times: int, is_late: bool) -> None:
        self.get, self.delete, self.keys = kv.get, kv.delete, kv.keys
        self.kv = kv
        self.clock = clock
        self.times = times
        self.is_late = is_late
        self.puts = 0
        self.store = collection().on(db, kv)

    async def put(self, key: str, value: str) -> None:
        self.puts += 1
        if not self.is_late:
            await self.kv.put(key, value)
        if self.puts <= self.times:
            self.clock.advance(minutes=11)
            await self.store.repair()
        if self.is_late:
            await self.kv.put(key, value)


@pytest.mark.parametrize("before", [None, Note("before")], ids=["new", "replaced"])
@pytest.mark.parametrize("is_late", [False, True], ids=["in time", "late"])
async def test_a_put_that_took_too_long_is_done_anew(
    store: Store, db: Database, kv: KV, clock: Clock, before: Note | None, is_late: bool
) -> None:
    if before is not None:
        await store.put(before, id="x")
    slow = Interrupted(db, kv, clock, 4, is_late)
    await collection().on(db, slow).put(Note("x"), id="x")
    assert slow.puts == 5
    await settle(store, clock)
    assert await check_consistent(db, kv) == {"x": Note("x")}


@pytest.mark.parametrize("before", [None, Note("before")], ids=["new", "replaced"])
@pytest.mark.parametrize("is_late", [False, True], ids=["in time", "late"])
async def test_a_put_that_always_takes_too_long_fails(
    store: Store, db: Database, kv: KV, clock: Clock, before: Note | None, is_late: bool
) -> None:
    if before is not None:
        await store.put(before, id="x")
    slow = Interrupted(db, kv, clock, 5, is_late)
    with pytest.raises(DocumentError, match=r"'x' was not stored: to store it takes longer than .* 0:10:00"):
        await collection().on(db, slow).put(Note("x"), id="x")
    assert slow.puts == 5
    await settle(store, clock)
    assert await check_consistent(db, kv) == ({} if before is None else {"x": before})
