"""D1 over the REST API: what becomes of requests that fail, and of the token."""

from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest

from dialects.d1 import D1Driver
from qb import Database, insert, select, sql, update
from qb.errors import (
    AccessDenied,
    CannotOpen,
    CommitUncertain,
    ConnectionFailed,
    DatabaseClosed,
    DatabaseError,
    InvalidSql,
    InvalidValue,
    TimeoutExceeded,
    UnsupportedError,
)
from qb.observers import Event, StatementRun
from tests.d1_server import ACCOUNT, D1Server
from tests.music import Album, create_music

URL = f"d1://{ACCOUNT}/00000000-0000-4000-8000-000000000000"
READ = select(Album.id)
WRITE = update(Album).set(plays=1).where(Album.id == 1)
DONE = {
    "success": True,
    "errors": [],
    "result": [{"success": True, "results": {"columns": ["id"], "rows": [[7]]}, "meta": {"changes": 1}}],
}


def refusal(status: int, message: str, **headers: str) -> httpx.Response:
    body = {"success": False, "errors": [{"code": 7500, "message": message}], "result": []}
    return httpx.Response(status, json=body, headers=headers)


LOST = refusal(500, "D1_ERROR: Network connection lost.")
RESET = refusal(400, "D1_ERROR: D1 DB storage operation exceeded timeout which caused object to be reset.")
BUSY = refusal(429, "Too many requests")
OVERLOADED = refusal(400, "D1_ERROR: D1 DB is overloaded. Requests queued for too long.")
UNRESOLVED = refusal(400, "D1_ERROR: Cannot resolve D1 DB due to transient issue on remote node.")
GATEWAY = httpx.Response(502, text="<html>Bad gateway</html>")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[..., tuple[Database, list[Any]]]:
    """A database that is given these answers, one after the other, and what it has asked."""
    monkeypatch.setattr("dialects.d1.failures.PAUSE", 0)

    def make(*answers: httpx.Response | Exception, **options: Any) -> tuple[Database, list[Any]]:
        asked: list[Any] = []
        waiting: Iterator[httpx.Response | Exception] = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(json.loads(request.content))
            found = next(waiting)
            if isinstance(found, Exception):
                raise found
            return found

        transport = httpx.MockTransport(answer)
        client = httpx.AsyncClient

        def with_answers(**keywords: Any) -> httpx.AsyncClient:
            return client(transport=transport, **keywords)

        monkeypatch.setattr(httpx, "AsyncClient", with_answers)
        return Database.connect(URL, token="s3cret", **options), asked

    return make


@pytest.mark.parametrize("first", [LOST, RESET, BUSY, OVERLOADED, UNRESOLVED, GATEWAY, httpx.ReadTimeout("late")])
async def test_what_only_reads_is_tried_again(answering: Any, first: httpx.Response | Exception) -> None:
    db, asked = answering(first, first, httpx.Response(200, json=DONE))
    async with db:
        assert await db.fetch_all(READ) == [(7,)]
    assert len(asked) == 3


@pytest.mark.parametrize("first", [BUSY, OVERLOADED, UNRESOLVED, httpx.ConnectError("no route"), httpx.PoolTimeout("")])
async def test_what_never_ran_is_tried_again(answering: Any, first: httpx.Response | Exception) -> None:
    db, asked = answering(first, httpx.Response(200, json=DONE))
    async with db:
        assert await db.execute(WRITE) == 1
    assert len(asked) == 2


@pytest.mark.parametrize("first", [LOST, RESET, GATEWAY, httpx.ReadTimeout("late"), httpx.RemoteProtocolError("gone")])
async def test_a_write_that_may_be_done_is_not_tried_again(answering: Any, first: httpx.Response | Exception) -> None:
    db, asked = answering(first, httpx.Response(200, json=DONE))
    async with db:
        with pytest.raises(CommitUncertain, match="it may be done or not") as caught:
            await db.execute(WRITE)
    assert not caught.value.is_retryable
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("answer", "cls", "message"),
    [
        (LOST, ConnectionFailed, "Network connection lost."),
        (RESET, TimeoutExceeded, "D1 DB storage operation exceeded timeout"),
        (GATEWAY, ConnectionFailed, "the answer is no JSON of D1 (HTTP status 502)"),
        (httpx.ConnectError("no route"), ConnectionFailed, "ConnectError: no route"),
        (refusal(401, "Authentication error"), AccessDenied, "Authentication error"),
        (refusal(403, "not allowed"), AccessDenied, "not allowed"),
        (refusal(404, "The database could not be found"), CannotOpen, "could not be found"),
        (refusal(400, "D1_TYPE_ERROR: Type 'object' not supported"), InvalidValue, "D1_TYPE_ERROR"),
        (refusal(400, 'near "x": syntax error at offset 3: SQLITE_ERROR'), InvalidSql, 'near "x": syntax error'),
        (refusal(400, "not authorized: SQLITE_AUTH"), AccessDenied, "not authorized"),
        (refusal(400, "something new"), DatabaseError, "something new"),
    ],
)
async def test_errors(
    answering: Any, answer: httpx.Response | Exception, cls: type[DatabaseError], message: str
) -> None:
    db, asked = answering(answer, retries=0)
    async with db:
        with pytest.raises(DatabaseError) as caught:
            await db.fetch_all(READ)
    assert type(caught.value) is cls
    assert message in caught.value.args[0]
    assert caught.value.sql == READ.compile("d1").sql
    assert len(asked) == 1


async def test_the_token_is_shown_nowhere(answering: Any) -> None:
    db, _ = answering(httpx.ConnectError("no route"), refusal(403, "no"), retries=0)
    async with db:
        for _ in range(2):
            with pytest.raises(DatabaseError) as caught:
                await db.fetch_all(READ)
            shown = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
            assert "s3cret" not in shown
        assert "s3cret" not in repr(db) + repr(db.driver) + repr(vars(db.driver))
    with pytest.raises(CannotOpen) as refused:
        Database.connect("d1://s3cret@account/database")
    assert "s3cret" not in str(refused.value)


async def test_the_token_of_the_environment(d1_server: D1Server, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"d1://{ACCOUNT}/{d1_server.database()}"
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    with pytest.raises(CannotOpen, match="put it into the variable CLOUDFLARE_API_TOKEN"):
        await Database.connect(url, api=d1_server.api)
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", "wrong")
    async with Database.connect(url, api=d1_server.api) as db:
        with pytest.raises(AccessDenied, match="Authentication error"):
            await db.execute(sql("SELECT 1"))
    monkeypatch.setenv("CLOUDFLARE_API_TOKEN", d1_server.token)
    async with Database.connect(url, api=d1_server.api) as db:
        assert await db.fetch_all(select(sql("1", returns=int).as_("one"))) == [(1,)]


@pytest.mark.parametrize("url", ["d1://database", "d1://", "d1://a/b/c", "d1://a b/c", "d1:///x", "d1://a/"])
def test_urls(url: str) -> None:
    with pytest.raises(CannotOpen, match="d1://ACCOUNT/DATABASE"):
        Database.connect(url)


async def test_it_is_open_or_closed(d1_server: D1Server) -> None:
    db = d1_server.connect(d1_server.database())
    with pytest.raises(DatabaseClosed):
        await db.execute(sql("SELECT 1"))
    async with db:
        await db.execute(sql("SELECT 1"))
    with pytest.raises(DatabaseClosed):
        await db.execute(sql("SELECT 1"))
    async with db:  # again
        await db.execute(sql("SELECT 1"))


async def test_figures_of_statements(d1_db: Database) -> None:
    await create_music(d1_db)
    changed = await d1_db.execute(WRITE)
    assert (changed, changed.meta["rows_written"]) == (1, 1)
    events: list[StatementRun] = []

    def note(event: Event) -> None:
        if isinstance(event, StatementRun):
            events.append(event)

    with d1_db.observe(note):
        await d1_db.fetch_all(READ)
        await d1_db.batch(WRITE, READ)
        await d1_db.execute(insert(Album).values_many([{"title": str(n), "artist_id": 1} for n in range(30)]))
    metas = [event.meta or {} for event in events]
    assert [meta["rows_read"] for meta in metas] == [4, 1, 4, 60]
    assert [event.rows for event in events] == [4, 1, 4, 30]
    assert all("duration" in meta for meta in metas)


async def test_it_has_no_transactions(d1_db: Database) -> None:
    with pytest.raises(UnsupportedError, match=r"db\.batch"):
        d1_db.transaction()  # type: ignore[qb-type]  # the mistake is another one
    with pytest.raises(UnsupportedError, match=r"db\.batch"):
        async with D1Driver.of(d1_db).acquire() as connection:
            await connection.begin(None)  # type: ignore[arg-type]  # it does not look
