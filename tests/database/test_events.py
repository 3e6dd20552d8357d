"""Handlers that are called when rows are written."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import pytest

from qb import Database, Query, Table, col, delete, excluded, fn, insert, merge, query, select, update
from qb.errors import CompileError, UniqueViolated
from qb.events import Deleting, Events, Inserting, Updating, Written
from tests.features import feature
from tests.music import Album, Artist, Track, create_music


class Note(Table, name="notes"):
    id = col.integer().primary_key()
    text = col.text()


NOTES = select(Note.text).order_by(Note.id)


@pytest.fixture
def events() -> Events:
    """The handlers of a test."""
    return Events()


@pytest.fixture(params=["sqlite", "postgres"])
async def music(request: pytest.FixtureRequest, postgres_url: str, events: Events) -> AsyncIterator[Database]:
    """A filled database with handlers, of each engine."""
    url = "sqlite://" if request.param == "sqlite" else postgres_url
    async with Database.connect(url, events=events) as db:
        await create_music(db)
        await db.create_tables(Note)
        yield db


@feature("Running", "handlers of inserts, updates and deletes", d1="refused")
async def test_after_each_kind_of_write(music: Database, events: Events) -> None:
    seen: list[tuple[str, list[Any]]] = []

    @events.after_insert(Artist)
    def inserted(event: Written[Artist]) -> None:
        seen.append((f"sync {event.kind}", [row.name for row in event.rows]))

    @events.after_insert(Artist)
    @events.after_update(Artist)
    @events.after_delete(Artist)
    async def written(event: Written[Artist]) -> None:
        await event.tx.execute(insert(Note).values(text=event.kind))
        seen.append((event.kind, sorted(event.rows)))

    assert await music.execute(insert(Artist).values_many([{"name": "a"}, {"name": "b"}])) == 2
    assert seen == [("sync insert", ["a", "b"]), ("insert", [(4, "a"), (5, "b")])]
    seen.clear()
    assert await music.execute(update(Artist).set(name=Artist.name + "!").where(Artist.id > 3)) == 2
    assert await music.execute(delete(Artist).where(Artist.id == 5)) == 1
    assert await music.execute(delete(Artist).where(Artist.id == 99)) == 0
    assert seen == [("update", [(4, "a!"), (5, "b!")]), ("delete", [(5, "b!")])]
    assert [row.text for row in await music.fetch_all(NOTES)] == ["insert", "update", "delete"]


async def test_rows_that_are_returned_are_those_that_were_asked_for(music: Database, events: Events) -> None:
    seen: list[int] = []

    @events.after_update(Album)
    def written(event: Written[Album]) -> None:
        seen.extend([row.plays for row in event.rows])

    change = update(Album).set(plays=0).where(Album.artist_id == 1)
    returning = change.returning(Album.title.as_("t"), Album.released)
    rows = await music.fetch_all(returning)
    assert sorted(row.t for row in rows) == ["Blue", "Hejira"]
    assert {type(row.released).__name__ for row in rows} == {"date"}
    assert sorted([row.t async for row in music.stream(returning)]) == ["Blue", "Hejira"]
    changed, titles, names = await music.batch(change, returning, select(Artist.name).where(Artist.id == 1))
    assert (changed, len(titles), names) == (2, 2, [("Joni Mitchell",)])
    whole = await music.fetch_one(update(Album).set(plays=0).where(Album.id == 1).returning(Album))
    assert whole.title == "Blue"
    assert seen == [0] * 9


async def test_before_an_insert_rows_may_be_changed(music: Database, events: Events) -> None:
    @events.before_insert(Artist)
    async def tidy(event: Inserting[Artist]) -> None:
        for row in event.rows:
            row["name"] = row["name"].strip()
        event.rows.append({"name": f"and {len(event.rows)} others"})

    await music.execute(insert(Artist).values_many([{"name": " a "}, {"name": "b "}]))
    await music.insert_many(Artist, [{"name": f" {n} "} for n in range(30)])
    names = [row.name for row in await music.fetch_all(select(Artist.name).where(Artist.id > 3).order_by(Artist.id))]
    assert names == ["a", "b", "and 2 others", *map(str, range(30)), "and 30 others"]


async def test_before_an_update_values_may_be_changed(music: Database, events: Events) -> None:
    @events.before_update(Album)
    def limit(event: Updating[Album]) -> None:
        assert [(row.id, row.plays) for row in event.rows] == [(1, 300)]
        assert event.values["title"] == "x"
        event.values["title"] = "y"
        event.values["released"] = None

    await music.execute(update(Album).set(title="x", plays=Album.plays + 1).where(Album.id == 1))
    assert await music.fetch_one(select(Album).where(Album.id == 1)) == (1, 1, "y", None, 301)


async def test_before_a_delete_it_may_be_refused(music: Database, events: Events) -> None:
    @events.before_delete(Artist)
    async def keep(event: Deleting[Artist]) -> None:
        for row in event.rows:
            if await event.tx.fetch_value(select(fn.count()).from_(Album).where(Album.artist_id == row.id)):
                raise PermissionError(f"{row.name} has albums")

    await music.execute(delete(Artist).where(Artist.id == 3))
    with pytest.raises(PermissionError, match="AC/DC has albums"):
        await music.execute(delete(Artist).where(Artist.id == 2))
    assert await music.fetch_value(select(fn.count()).from_(Artist)) == 2


async def test_what_a_handler_raises_undoes_the_write(music: Database, events: Events) -> None:
    @events.after_insert(Artist)
    async def fail(event: Written[Artist]) -> None:
        await event.tx.execute(insert(Note).values(text="x"))
        raise ZeroDivisionError

    add = insert(Artist).values(name="a")
    for call in (
        music.execute(add),
        music.fetch_all(add.returning(Artist)),
        music.batch(insert(Note).values(text="y"), add),
    ):
        with pytest.raises(ZeroDivisionError):
            await call
    assert await music.fetch_all(NOTES) == []
    assert await music.fetch_value(select(fn.count()).from_(Artist)) == 3


async def test_after_the_commit(music: Database, events: Events) -> None:
    sent: list[str] = []

    @events.after_commit(Artist)
    async def send(event: Written[Artist]) -> None:
        sent.append(f"{event.kind} {', '.join([row.name for row in event.rows])}")

    await music.execute(insert(Artist).values(name="a"))
    assert sent == ["insert a"]
    async with music.transaction() as tx:
        await tx.execute(insert(Artist).values(name="b"))
        with suppress(UniqueViolated):
            await tx.execute(insert(Artist).values(name="b"))
        with suppress(ZeroDivisionError):
            async with tx.transaction():
                await music.execute(update(Artist).set(name="c").where(Artist.id == 1))
                raise ZeroDivisionError
        await tx.execute(delete(Artist).where(Artist.name == "b"))
        assert sent == ["insert a"]
    assert sent == ["insert a", "insert b", "delete b"]


async def test_upserts_and_prepared_writes(music: Database, events: Events) -> None:
    seen: list[str] = []

    @events.after_insert(Artist)
    def written(event: Written[Artist]) -> None:
        seen.extend([row.name for row in event.rows])

    first = insert(Artist).values(id=1, name="x").on_conflict(Artist.id)
    await music.execute(first.do_update(name=excluded(Artist.name)))
    await music.execute(first.do_nothing())

    @query
    def add(name: str) -> Query:
        return insert(Artist).values(name=name).returning(Artist.name)

    assert await music.fetch_all(add("z")) == [("z",)]
    assert seen == ["x", "z"]


async def test_more_rows_than_one_statement_takes(
    music: Database, events: Events, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    @events.after_insert(Artist)
    def written(event: Written[Artist]) -> None:
        seen.extend([row.name for row in event.rows])

    monkeypatch.setattr(type(music.dialect), "max_parameters", 4)
    add = insert(Artist).values_many([{"name": str(n)} for n in range(10)]).returning(Artist.name)
    rows = await music.fetch_all(add)
    assert [row.name for row in rows] == seen == [str(n) for n in range(10)]


async def test_tables_without_handlers_are_as_ever(music: Database, events: Events) -> None:
    called: list[object] = []
    events.after_insert(Artist)(called.append)
    await music.execute(insert(Note).values(text="x"))
    await music.execute(update(Artist).set(name="x").where(Artist.id == 1))
    assert called == []
    await music.execute(insert(Artist).values(name="a"))
    assert len(called) == 1


async def test_what_handlers_do_not_see_is_refused(music: Database, events: Events) -> None:
    @events.before_insert(Note)
    def before(event: Inserting[Note]) -> None:
        event.rows[0]["id"] = 7

    @events.before_update(Album)
    def changing(event: Updating[Album]) -> None:
        event.values["plays"] = 1

    with pytest.raises(CompileError, match=r"Note has handlers before an insert, which are given its rows: say \.valu"):
        await music.execute(insert(Note).from_select(select(Artist.name), Note.text))
    with pytest.raises(CompileError, match="have to leave rows of the same attributes"):
        await music.execute(insert(Note).values_many([{"text": "a"}, {"text": "b"}]))
    with pytest.raises(CompileError, match="in place of other tables, use a sub-query in WHERE"):
        await music.execute(update(Album).set(plays=0).from_(Track).where(Track.album_id == Album.id))
    with pytest.raises(CompileError, match="Album has handlers, which a MERGE does not call"):
        await music.execute(merge(Album).using(Track, on=Track.album_id == Album.id).when_matched().update(plays=0))
    changed = update(Album).set(plays=0).all_rows().returning(Album.title).cte("changed")
    with pytest.raises(CompileError, match="which a write in WITH does not call"):
        await music.fetch_all(select(changed.title))
