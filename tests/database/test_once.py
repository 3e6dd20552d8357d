"""once: an idempotency key and the work for it, in one batch."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Table, col, fn, insert, select, update
from qb.errors import CommitUncertain, CompileError, ConnectionFailed, UniqueViolated
from qb.idempotency import once
from tests.features import feature
from tests.music import Album, Artist

ENGINES = ("sqlite", "postgres", "d1")


class Request(Table, name="requests"):
    key = col.text().primary_key()


PLAY = update(Album).set(plays=Album.plays + 1).where(Album.id == 1)
PLAYS = select(Album.plays).where(Album.id == 1)


@pytest.fixture
async def requests(db: Database) -> Database:
    await db.create_tables(Request)
    return db


@feature("Running", "once: idempotency keys")
async def test_it_is_done_once(requests: Database) -> None:
    for key, expected in [("a", (1, [(301,)])), ("a", None), ("b", (1, [(302,)])), ("a", None)]:
        assert await once(requests, insert(Request).values(key=key), PLAY, PLAYS) == expected


async def test_what_fails_is_not_done_and_can_be_done_later(requests: Database) -> None:
    mark = insert(Request).values(key="a")
    with pytest.raises(UniqueViolated) as caught:
        await once(requests, mark, PLAY, insert(Artist).values(name="AC/DC"))
    assert caught.value.table == "artists"
    assert await requests.fetch_value(PLAYS) == 300
    assert await once(requests, mark, PLAY) == (1,)


@pytest.mark.parametrize("error", [ConnectionFailed, CommitUncertain])
@pytest.mark.parametrize("is_done", [True, False])
async def test_a_lost_answer(
    requests: Database, monkeypatch: pytest.MonkeyPatch, error: type[Exception], is_done: bool
) -> None:
    batch = requests.batch
    lost: list[Exception] = []

    async def losing(*statements: Any) -> Any:
        if lost:
            return await batch(*statements)
        lost.append(error("nobody answers"))
        if is_done:
            await batch(*statements)
        raise lost[0]

    monkeypatch.setattr(requests, "batch", losing)
    done = await once(requests, insert(Request).values(key="a"), PLAY)
    assert done == (None if is_done else (1,))
    assert await requests.fetch_value(PLAYS) == 301
    lost.clear()
    with pytest.raises(error):
        await once(requests, insert(Request).values(key="b"), PLAY, retries=0)


async def test_the_mark_is_an_insert(requests: Database) -> None:
    with pytest.raises(CompileError, match="the mark is an insert"):
        await once(requests, PLAY, PLAY)
    assert await requests.fetch_value(select(fn.count()).from_(Request)) == 0
