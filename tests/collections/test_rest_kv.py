"""Workers KV over the REST API: what becomes of requests that fail, of the token, and of documents kept so."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from qb import Database, delete
from qb.documents import KV, Outbox, RestKV
from qb.documents.keys import LONGEST, Keys, check_id
from qb.errors import AccessDenied, CannotOpen, ConnectionFailed, DatabaseClosed, InvalidValue, QbError
from qb.uuids import uuid7_text
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, settle
from tests.collections.faults import Crash, Life, MortalDatabase, MortalKV
from tests.collections.notes import Note, NoteRow, collection
from tests.d1_server import ACCOUNT, D1Server

URL = f"kv://{ACCOUNT}/{7:032}"
Answering = Callable[..., tuple[RestKV, list[httpx.Request]]]


def refusal(status: int, code: int, message: str) -> httpx.Response:
    return httpx.Response(status, json={"success": False, "errors": [{"code": code, "message": message}]})


NO_KEY = refusal(404, 10009, "get: 'key not found'")
NO_NAMESPACE = refusal(404, 10013, "get namespace: 'namespace not found'")
BUSY = refusal(429, 10041, "Please wait and consider throttling your request speed")
GATEWAY = httpx.Response(502, text="<html>Bad gateway</html>")
LOST = httpx.ReadError("")
DONE = httpx.Response(200, text="found")


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Answering:
    """A namespace that gives these answers, one after the other, and what it was asked."""
    monkeypatch.setattr("qb.documents.rest.PAUSE", 0)

    def make(*answers: httpx.Response | Exception, **options: Any) -> tuple[RestKV, list[httpx.Request]]:
        asked: list[httpx.Request] = []
        waiting = iter(answers)

        def answer(request: httpx.Request) -> httpx.Response:
            asked.append(request)
            found = next(waiting)
            if isinstance(found, Exception):
                raise found
            return found

        client = httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="https://api.example/client/v4")
        monkeypatch.setattr("qb.documents.rest.client", lambda *arguments: client)
        return RestKV(URL, token="secret", **options), asked

    return make


@pytest.mark.parametrize("failure", [BUSY, GATEWAY, LOST, httpx.ConnectTimeout("")])
async def test_what_passes_is_tried_again(answering: Answering, failure: Any) -> None:
    kv, asked = answering(failure, failure, DONE, failure, DONE, failure, DONE)
    async with kv:
        assert await kv.get("notes/a") == "found"
        await kv.put("notes/a", "new")
        await kv.delete("notes/a")
    assert [request.method for request in asked] == ["GET"] * 3 + ["PUT"] * 2 + ["DELETE"] * 2
    assert {request.url.raw_path.decode() for request in asked} == {
        f"/client/v4/accounts/{ACCOUNT}/storage/kv/namespaces/{7:032}/values/notes%2Fa"
    }
    assert asked[3].content == asked[4].content == b"new"


@pytest.mark.parametrize(
    ("answers", "kind", "words"),
    [
        ([GATEWAY] * 3, ConnectionFailed, r"^Workers KV: HTTP status 502$"),
        ([BUSY] * 3, ConnectionFailed, "Please wait"),
        ([LOST] * 3, ConnectionFailed, r"^Workers KV: ReadError$"),
        ([refusal(401, 10000, "Authentication error")], AccessDenied, "Authentication error"),
        ([refusal(403, 10000, "Forbidden")], AccessDenied, "Forbidden"),
        ([NO_NAMESPACE], CannotOpen, "namespace not found"),
        ([httpx.Response(404, text="nothing")], CannotOpen, "HTTP status 404"),
        ([refusal(413, 10022, "value too large")], InvalidValue, "value too large"),
    ],
)
async def test_what_does_not_pass_is_an_error(
    answering: Answering, answers: list[Any], kind: type[QbError], words: str
) -> None:
    kv, asked = answering(*answers)
    async with kv:
        with pytest.raises(kind, match=words):
            await kv.get("a")
    assert len(asked) == len(answers)


async def test_it_may_be_told_not_to_try_again(answering: Answering) -> None:
    kv, asked = answering(GATEWAY, retries=0)
    async with kv:
        with pytest.raises(ConnectionFailed):
            await kv.put("a", "x")
    assert len(asked) == 1


async def test_only_a_key_can_be_missing(answering: Answering) -> None:
    kv, _ = answering(NO_KEY, NO_KEY, NO_NAMESPACE)
    async with kv:
        assert await kv.get("a") is None
        await kv.delete("a")
        with pytest.raises(CannotOpen):
            [key async for key in kv.keys("a")]


async def test_long_lists_come_in_several_answers(rest_kv: KV, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("qb.documents.rest.PAGE", 2)
    for key in "abcde":
        await rest_kv.put(f"n/{key}", "x")
    assert [key async for key in rest_kv.keys("n/")] == ["n/a", "n/b", "n/c", "n/d", "n/e"]


async def test_the_longest_id_makes_a_key_that_is_taken(rest_kv: KV) -> None:
    for id in ("x" * LONGEST, "/" * LONGEST, "ä" * (LONGEST // 2), "a%2Fb", "?#&=+ "):
        key = Keys("n" * 50).key(check_id(id), uuid7_text())
        await rest_kv.put(key, "x")
        assert await rest_kv.get(key) == "x"
        assert [found async for found in rest_kv.keys(key)] == [key]
    with pytest.raises(InvalidValue, match="exceeds key length limit of 512"):
        await rest_kv.put("x" * 513, "x")


async def test_the_token_is_nowhere_to_be_seen(d1_server: D1Server) -> None:
    kv = RestKV(URL, token="s3cret", api=d1_server.api)
    assert "s3cret" not in repr(kv)
    async with kv:
        with pytest.raises(AccessDenied, match="Authentication error") as caught:
            await kv.get("a")
    assert "s3cret" not in "".join(traceback.format_exception(caught.value))


async def test_a_namespace_that_is_not_there(d1_server: D1Server) -> None:
    async with RestKV(f"kv://{ACCOUNT}/{999:032}", token=d1_server.token, api=d1_server.api) as kv:
        with pytest.raises(CannotOpen, match="namespace not found"):
            await kv.get("a")


async def test_it_has_to_be_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CLOUDFLARE_API_TOKEN", raising=False)
    with pytest.raises(CannotOpen, match=r"^Workers KV needs a token: put it into the variable CLOUDFLARE_API_TOKEN"):
        async with RestKV(URL):
            pass
    kv = RestKV(URL, token="x")
    with pytest.raises(DatabaseClosed, match="async with RestKV"):
        await kv.get("a")
    async with kv:
        pass
    with pytest.raises(DatabaseClosed):
        await kv.get("a")


@pytest.mark.parametrize("url", ["", "kv://a", "kv://secret@a/b", "kv://a/b/c", "kv://a/?token=secret"])
def test_what_is_no_url(url: str) -> None:
    with pytest.raises(CannotOpen, match="kv://ACCOUNT/NAMESPACE") as caught:
        RestKV(url)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("steps", range(3))
async def test_a_crash_at_any_step(d1_db: Database, rest_kv: KV, clock: Clock, steps: int, is_done: bool) -> None:
    """Documents of a program that has only the REST API, of D1 and of KV."""
    await d1_db.create_tables(NoteRow, Outbox)
    store = collection().on(d1_db, rest_kv)
    await store.put(Note("old"), id="x")
    life = Life(steps, is_done)
    with pytest.raises(Crash):
        await collection().on(MortalDatabase(d1_db.driver, life), MortalKV(rest_kv, life)).put(Note("new"), id="x")
    found = await store.get("x")
    assert found is not None
    outcome = found.document
    assert outcome == Note("new" if steps == 2 and is_done else "old")
    await settle(store, clock)
    assert await check_consistent(d1_db, rest_kv) == {"x": outcome}


class Failing(httpx.AsyncHTTPTransport):
    """The way to Cloudflare, on which some requests are lost, or else their answers."""

    lost: int | None = None
    is_done = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.lost is None:
            return await super().handle_async_request(request)
        self.lost -= 1
        if self.lost >= 0:
            return await super().handle_async_request(request)
        if self.is_done:
            await super().handle_async_request(request)
        raise httpx.ReadError("lost")


@pytest.mark.parametrize("is_done", [False, True], ids=["not done", "done"])
@pytest.mark.parametrize("act", ["put", "delete", "repair", "sync"])
async def test_a_store_that_is_not_reached(
    sqlite_db: Database, rest_kv: RestKV, clock: Clock, act: str, is_done: bool
) -> None:
    """From some request on nobody answers; later it is as if nothing had happened, or as if all had."""
    await sqlite_db.create_tables(NoteRow, Outbox)
    store = collection().on(sqlite_db, rest_kv)
    rest_kv._retries = 0
    transport = Failing()
    assert rest_kv._client is not None
    rest_kv._client._transport = transport
    for lost in range(10):
        transport.lost = None
        await settle(store, clock)
        await store.put(Note("old"), id="x")
        await store.put(Note("other"), id="y")
        clock.advance(hours=1)
        if act == "sync":
            await sqlite_db.execute(delete(NoteRow).where(NoteRow.id == "y"))
        transport.lost, transport.is_done = lost, is_done
        failed = False
        try:
            if act == "put":
                await store.put(Note("new"), id="x")
            elif act == "delete":
                await store.delete("x")
            elif act == "repair":
                await store.repair()
            else:
                await store.sync(mend=True)
        except ConnectionFailed:
            failed = True
        reached = transport.lost >= 0
        transport.lost = None
        if act == "sync":
            await store.sync(mend=True)
        await settle(store, clock)
        found = await check_consistent(sqlite_db, rest_kv)
        assert found.pop("y") == Note("other")
        done = {"put": {"x": Note("new")}, "delete": {}}.get(act, {"x": Note("old")})
        assert found in ([done] if not failed else [{"x": Note("old")}, done])
        if reached:
            assert not failed
            break
    else:
        pytest.fail("it takes more requests than that")
