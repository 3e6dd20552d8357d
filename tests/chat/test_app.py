"""The web application, from the request to the database and back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from fastapi import FastAPI
from httpx import ASGITransport, AsyncClient

from examples.chat.app import create_app
from examples.chat.schema import TABLES
from qb import Database
from qb.uuids import uuid7
from tests.d1_server import D1Server


class Place(NamedTuple):
    """What a database is connected by."""

    url: str
    options: dict[str, Any]


@pytest.fixture(params=["sqlite", "postgres", "d1"])
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """An empty database of each engine."""
    if request.param == "sqlite":
        return Place(f"sqlite:///{tmp_path}/chat.db", {})
    if request.param == "postgres":
        return Place(request.getfixturevalue("postgres_url"), {})
    server: D1Server = request.getfixturevalue("d1_server")
    return Place(f"d1://{server.account}/{server.database()}", {"token": server.token, "api": server.api})


@pytest.fixture
async def place(empty: Place) -> Place:
    """A database with the tables."""
    async with Database.connect(empty.url, **empty.options) as database:
        await database.create_tables(*TABLES)
    return empty


@asynccontextmanager
async def running(place: Place) -> AsyncIterator[FastAPI]:
    """The application between its start and its end."""
    app = create_app(place.url, **place.options)
    async with app.router.lifespan_context(app):
        yield app


def browser(app: FastAPI) -> AsyncClient:
    """Somebody with cookies of their own."""
    return AsyncClient(transport=ASGITransport(app), base_url="https://chat.test", headers={"user-agent": "tests"})


async def said(client: AsyncClient, conversation_id: str, content: str, **more: Any) -> tuple[int, Any]:
    response = await client.post(f"/conversations/{conversation_id}/messages", json={"content": content, **more})
    return response.status_code, response.json()


async def test_a_conversation_from_beginning_to_end(place: Place) -> None:
    async with running(place) as app, browser(app) as ann:
        session = (await ann.get("/session")).json()
        assert session["client"] == {"user_agent": "tests"}
        assert (await ann.get("/session")).json()["id"] == session["id"]

        new = {"title": "Holidays", "metadata": {"model": "m1", "tags": ["sea"]}}
        created = await ann.post("/conversations", json=new)
        assert created.status_code == 201
        conversation = created.json()
        assert conversation["messages"] == []

        status, question = await said(ann, conversation["id"], "Where to?", client_key="1")
        assert (status, question["role"], question["position"]) == (201, "user", 1)
        usage = {"input_tokens": 3, "output_tokens": 4}
        _, answer = await said(ann, conversation["id"], "To Ulm.", role="assistant", metadata={"usage": usage})
        assert answer["metadata"] == {"usage": usage}

        found = (await ann.get(f"/conversations/{conversation['id']}")).json()
        assert found["messages"] == [question, answer]
        assert found["metadata"] == new["metadata"]

        (summary,) = (await ann.get("/conversations", params={"model": "m1"})).json()["conversations"]
        assert (summary["message_count"], summary["last_message"]["content"]) == (2, "To Ulm.")
        assert (await ann.get("/conversations", params={"model": "m2"})).json()["conversations"] == []

    async with running(place) as app, browser(app) as ann:
        assert (await ann.get("/session")).json()["id"] != session["id"], "a browser without the cookie is another one"


async def test_pages_follow_each_other(place: Place) -> None:
    async with running(place) as app, browser(app) as ann:
        for number in range(3):
            await ann.post("/conversations", json={"title": f"{number}"})
        first = (await ann.get("/conversations", params={"size": 2})).json()
        second = (await ann.get("/conversations", params={"size": 2, "page": first["next_page"]})).json()
    shown = [summary["title"] for page in (first, second) for summary in page["conversations"]]
    assert shown == ["2", "1", "0"]
    assert second["next_page"] is None


async def test_what_is_refused_has_a_status_and_a_reason(place: Place) -> None:
    async with running(place) as app, browser(app) as ann, browser(app) as bob:
        conversation = (await ann.post("/conversations", json={"title": "private"})).json()["id"]
        path = f"/conversations/{conversation}"

        assert (await bob.get(path)).status_code == 404
        assert (await said(bob, conversation, "hello"))[0] == 404
        missing = await ann.get(f"/conversations/{uuid7()}")
        assert missing.status_code == 404
        assert missing.json()["detail"].startswith("there is no conversation ")

        assert (await said(ann, conversation, "hello", client_key="1"))[0] == 201
        twice = {"detail": "the message '1' is in the conversation already"}
        assert await said(ann, conversation, "hello", client_key="1") == (409, twice)

        assert await said(ann, conversation, " ") == (422, {"detail": "a message is not empty"})
        title = await ann.post("/conversations", json={"title": ""})
        assert (title.status_code, title.json()) == (422, {"detail": "a title has 1 to 200 characters"})
        page = await ann.get("/conversations", params={"page": "made up"})
        assert (page.status_code, page.json()) == (422, {"detail": "there is no page 'made up'"})
        assert (await said(ann, conversation, "hello", role="nobody"))[0] == 422
        assert (await said(ann, conversation, "hello", metadata={"usage": 7}))[0] == 422


async def test_the_cookie_is_for_the_server_alone(place: Place) -> None:
    async with running(place) as app, browser(app) as ann:
        cookie = (await ann.get("/session")).headers["set-cookie"]
    assert {"HttpOnly", "Secure", "SameSite=lax"} <= set(cookie.split("; "))
