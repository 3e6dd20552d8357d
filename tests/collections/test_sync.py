"""What `sync` finds between the database and the store, and puts right."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qb import Database, RowPatch, delete, select, update
from qb.documents import KV, Collection, Documents, Outbox, Synced
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, keys_of, settle
from tests.collections.notes import Note, NoteRow, collection, describe

ENGINES = ("sqlite", "postgres", "d1")
Store = Documents[NoteRow, Note]


@pytest.fixture(autouse=True)
async def documents(store: Store) -> None:
    """Two documents, one of which was replaced."""
    await store.put(Note("first version"), id="a")
    await store.put(Note("a", "one two"), id="a")
    await store.put(Note("b"), id="b")


async def differences(store: Store, *, mend: bool = False) -> dict[str, list[str]]:
    found = await store.sync(mend=mend)
    return {name: ids for name, ids in found.differences().items() if ids}


async def mended(store: Store, db: Database, kv: KV, clock: Clock, expected: dict[str, list[str]]) -> dict[str, Note]:
    """The documents after what is expected to differ was found, twice, and put right."""
    assert await differences(store) == expected
    assert await differences(store) == expected
    assert await differences(store, mend=True) == expected
    assert await differences(store) == {}
    await settle(store, clock)
    return await check_consistent(db, kv)


async def test_nothing_differs(store: Store) -> None:
    found = await store.sync()
    assert (found.checked, found.is_clean, found.is_left) == (2, True, False)
    assert repr(found) == "<Synced checked=2>"


async def test_a_lost_row_is_made_again(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await settle(store, clock)
    (before,) = await db.fetch_all(select(NoteRow).where(NoteRow.id == "a"))
    await db.execute(delete(NoteRow).where(NoteRow.id == "a"))
    assert await mended(store, db, kv, clock, {"adopted": ["a"]}) == {"a": Note("a", "one two"), "b": Note("b")}
    (after,) = await db.fetch_all(select(NoteRow).where(NoteRow.id == "a"))
    assert (after.etag, after.title, after.words) == (before.etag, "a", 2)
    assert abs(after.created_at - before.updated_at) < timedelta(minutes=1)


async def test_all_rows_and_the_outbox_are_lost(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    """Of several versions the newest one counts."""
    await db.execute(delete(NoteRow).all_rows())
    await db.execute(delete(Outbox).all_rows())
    expected = {"adopted": ["a", "b"], "superfluous": ["a"]}
    assert await mended(store, db, kv, clock, expected) == {"a": Note("a", "one two"), "b": Note("b")}


async def test_a_database_of_yesterday(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    """Its rows name versions that were removed since."""
    await settle(store, clock)
    await db.execute(update(NoteRow).set(etag="00000000-0000-7000-8000-000000000000", title="old").all_rows())
    expected = {"replaced": ["a", "b"]}
    assert await mended(store, db, kv, clock, expected) == {"a": Note("a", "one two"), "b": Note("b")}
    assert [row.title for row in await store.list()] == ["a", "b"]


async def test_an_object_that_nobody_names_is_removed(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await kv.put("notes/a/0190163d-8694-739b-aea5-966c26f8ad91", '{"title": "older"}')
    await kv.put("notes/a/ff90163d-8694-739b-aea5-966c26f8ad91", '{"title": "newer"}')
    assert await mended(store, db, kv, clock, {"superfluous": ["a"]}) == {"a": Note("a", "one two"), "b": Note("b")}


async def test_what_a_put_is_about_to_name_is_left_alone(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    """Between its first step and its last one a put is no difference, and a mend does not disturb it."""
    found: list[Synced] = []

    class Meanwhile:
        get, delete, keys = kv.get, kv.delete, kv.keys

        async def put(self, key: str, value: str) -> None:
            await kv.put(key, value)
            found.append(await store.sync(mend=True))

    await collection().on(db, Meanwhile()).put(Note("c"), id="c")
    assert [each.is_clean for each in found] == [True]
    assert await store.get("c") is not None


async def test_metadata_that_are_not_those_of_the_document(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await db.execute(update(NoteRow).set(title="forged", words=0).where(NoteRow.id == "a"))
    assert await mended(store, db, kv, clock, {"described": ["a"]}) == {"a": Note("a", "one two"), "b": Note("b")}
    assert await store.list(select(NoteRow.title, NoteRow.words).where(NoteRow.id == "a")) == [("a", 2)]


async def test_metadata_that_are_made_in_another_way(db: Database, kv: KV, clock: Clock) -> None:
    def louder(note: Note) -> RowPatch[NoteRow]:
        return {**describe(note), "title": note.title.upper()}

    store = Collection(NoteRow, Note, metadata=louder).on(db, kv)
    assert await differences(store, mend=True) == {"described": ["a", "b"]}
    assert [row.title for row in await store.list()] == ["A", "B"]


async def test_a_lost_document_is_told_and_kept(store: Store, db: Database, kv: KV) -> None:
    row = (await store.list())[0]
    await kv.delete(f"notes/a/{row.etag}")
    assert await differences(store) == {"missing": ["a"]}
    found = await store.sync(mend=True)
    assert (found.missing, found.is_left, found.is_clean) == (["a"], True, False)
    assert len(await store.list()) == 2


@pytest.mark.parametrize("text", ["{", "[]", '{"title": 7}'])
async def test_an_invalid_document_is_told_and_kept(store: Store, db: Database, kv: KV, text: str) -> None:
    row = (await store.list())[0]
    await kv.put(f"notes/a/{row.etag}", text)
    await kv.put("notes/c/0190163d-8694-739b-aea5-966c26f8ad91", text)
    for mend in (False, True, False):
        assert await differences(store, mend=mend) == {"invalid": ["c", "a"]}
    assert await kv.get("notes/c/0190163d-8694-739b-aea5-966c26f8ad91") == text


async def test_a_document_whose_metadata_the_table_refuses(store: Store, db: Database, kv: KV) -> None:
    await store.put(Note("x", slug="one"), id="x")
    await kv.put("notes/c/0190163d-8694-739b-aea5-966c26f8ad91", '{"title": "c", "slug": "one"}')
    assert await differences(store, mend=True) == {"invalid": ["c"]}
    assert len(await keys_of(kv)) == 5


async def test_what_has_expired_is_no_difference(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await store.put(Note("short"), id="c", ttl=timedelta(minutes=1))
    clock.advance(minutes=1)
    found = await store.sync()
    assert (found.checked, found.is_clean) == (2, True)
    await store.sync(mend=True)
    await settle(store, clock)
    assert list(await check_consistent(db, kv)) == ["a", "b"]


async def test_what_is_not_of_the_collection_is_left_alone(store: Store, kv: KV) -> None:
    for key in ("notes", "notes/a", "notes/a/b/c", "other/a/b"):
        await kv.put(key, "something")
    assert (await store.sync(mend=True)).is_clean
    assert await kv.get("notes/a") == "something"


async def test_a_deleted_document_that_a_slow_store_still_shows(
    store: Store, db: Database, kv: KV, clock: Clock
) -> None:
    """It is not taken for one whose row was lost."""

    class Slow:
        get, put, keys = kv.get, kv.put, kv.keys

        async def delete(self, key: str) -> None:
            """A store of the other end of the world: nothing is to be seen of it for a minute."""

    await collection().on(db, Slow()).delete("a")
    clock.advance(minutes=59)
    found = await store.sync(mend=True)
    assert found.is_clean
    assert await store.get("a") is None


async def test_many_documents(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    """More than are looked at in one portion."""
    for number in range(120):
        await store.put(Note(f"{number}"), id=f"{number:03}")
    assert (await store.sync()).checked == 122
    await db.execute(delete(NoteRow).where(NoteRow.id >= "050", NoteRow.id < "a"))
    found = await store.sync(mend=True)
    assert (len(found.adopted), found.checked) == (70, 122)
    assert (await store.sync()).is_clean
