"""What documents promise to those who put, get, find and delete them."""

from __future__ import annotations

from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from qb import Database, Query, Table, col, insert, query, select
from qb.documents import (
    KV,
    Collection,
    Deleted,
    DocumentConflict,
    DocumentMissing,
    Documents,
    DocumentTable,
    InvalidDocument,
    Outbox,
    Put,
    Putting,
)
from qb.errors import CheckViolated, EncodingError, SchemaError, UniqueViolated
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, keys_of, settle
from tests.collections.notes import Note, NoteRow, collection, describe

ENGINES = ("sqlite", "postgres", "d1")
Store = Documents[NoteRow, Note]


async def test_what_is_put_is_got(db: Database, kv: KV, clock: Clock) -> None:
    store = collection().on(db, kv)
    note = Note("Süß 🎉", 'two "words"\r\n', ["a", "b"])
    row = await store.put(note)
    assert (row.title, row.tags, row.words, row.slug) == ("Süß 🎉", ["a", "b"], 2, None)
    assert row.created_at == row.updated_at == clock.now()
    assert UUID(row.id).version == 7
    assert await store.get(row.id) == (row, note)
    assert await keys_of(kv) == {f"notes/{row.id}/{row.etag}"}


async def test_what_is_not_there_is_none(store: Store) -> None:
    assert await store.get("nothing") is None
    assert await store.list() == []
    assert await store.find(select(NoteRow)) == []
    assert await store.delete("nothing") is False


IDS = ["a/b", "%2F", "ä", "A", "a", ".", "..", "x" * 128, "a b", "null", "*"]


async def test_ids_may_be_any_text(db: Database, kv: KV, clock: Clock) -> None:
    store = collection().on(db, kv)
    for id in IDS:
        assert (await store.put(Note(id), id=id)).id == id
    await check_any(store)


async def test_stores_take_any_id(sqlite_db: Database, any_kv: KV, clock: Clock) -> None:
    await sqlite_db.create_tables(NoteRow, Outbox)
    store = collection().on(sqlite_db, any_kv)
    for id in IDS:
        await store.put(Note(id), id=id)
    await check_any(store)
    await settle(store, clock)
    assert await check_consistent(sqlite_db, any_kv) == {}


async def check_any(store: Store) -> None:
    """Each is found under its own id, and deleted alone."""
    for number, id in enumerate(IDS):
        found = await store.get(id)
        assert found is not None
        assert (found.row.id, found.document) == (id, Note(id))
        assert await store.delete(id)
        assert len(await store.list()) == len(IDS) - number - 1
    assert (await store.sync()).is_clean


@pytest.mark.parametrize("id", ["", "x" * 129, "ä" * 65, "a\0b", "\ud800"])
async def test_what_is_no_id(store: Store, id: str) -> None:
    with pytest.raises(ValueError, match="1 to 128 bytes"):
        await store.put(Note("x"), id=id)


async def test_a_put_replaces_what_is_there(store: Store, kv: KV, db: Database, clock: Clock) -> None:
    first = await store.put(Note("first", tags=["a"]), id="x")
    clock.advance(seconds=1)
    second = await store.put(Note("second"), id="x")
    assert (second.title, second.tags) == ("second", [])
    assert second.created_at == first.created_at
    assert second.updated_at == first.updated_at + timedelta(seconds=1)
    assert second.etag > first.etag
    found = await store.get("x")
    assert found is not None
    assert found.document == Note("second")


async def test_a_version_that_was_replaced_lingers(store: Store, kv: KV, db: Database, clock: Clock) -> None:
    first = await store.put(Note("first"), id="x")
    second = await store.put(Note("second"), id="x")
    both = {f"notes/x/{row.etag}" for row in (first, second)}
    await store.repair()
    assert await keys_of(kv) == both
    clock.advance(minutes=2)
    assert (await store.repair()).removed == 1
    assert await keys_of(kv) == {f"notes/x/{second.etag}"}
    await settle(store, clock)
    await check_consistent(db, kv)


async def test_an_etag_is_for_one_version(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    first = await store.put(Note("first"), id="x")
    second = await store.put(Note("second"), id="x", etag=first.etag)
    with pytest.raises(DocumentConflict, match="'x' has another version now"):
        await store.put(Note("third"), id="x", etag=first.etag)
    with pytest.raises(DocumentConflict, match="another version"):
        await store.delete("x", etag=first.etag)
    assert await store.delete("x", etag=second.etag)
    with pytest.raises(DocumentConflict, match="'x' is not there any more"):
        await store.put(Note("third"), id="x", etag=second.etag)
    with pytest.raises(DocumentConflict, match="not there"):
        await store.delete("x", etag=second.etag)
    await settle(store, clock)
    assert await check_consistent(db, kv) == {}


async def test_new_is_for_what_is_not_there(store: Store) -> None:
    await store.put(Note("first"), id="x", new=True)
    with pytest.raises(DocumentConflict, match="'x' is there already"):
        await store.put(Note("second"), id="x", new=True)


@pytest.mark.parametrize("arguments", [{"etag": "x"}, {"id": "x", "etag": "x", "new": True}])
async def test_arguments_that_contradict_each_other(store: Store, arguments: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="say both, and not new=True"):
        await store.put(Note("x"), **arguments)  # type: ignore[arg-type]  # the values are of several types


async def test_nothing_is_left_of_what_the_table_refuses(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    row = await store.put(Note("first", slug="one"), id="x")
    with pytest.raises(UniqueViolated) as raised:
        await store.put(Note("second", slug="one"))
    assert raised.value.concerns(NoteRow.slug)
    with pytest.raises(CheckViolated):
        await store.put(Note("second", text="word " * 1001), id="x")
    too_much = Collection(NoteRow, Note, metadata=lambda note: {**describe(note), "words": 2**70}).on(db, kv)
    with pytest.raises(EncodingError):
        await too_much.put(Note("second"), id="x")
    assert await keys_of(kv) == {f"notes/x/{row.etag}"}
    await settle(store, clock)
    assert await check_consistent(db, kv) == {"x": Note("first", slug="one")}


async def test_what_is_not_what_its_class_declares_is_not_stored(store: Store, kv: KV) -> None:
    with pytest.raises(InvalidDocument, match=r"Note\.tags\[1\] is int, and has to be str"):
        await store.put(Note("x", tags=["a", 7]))  # type: ignore[list-item]  # for the test
    assert await keys_of(kv) == set()


async def test_documents_are_found_by_their_metadata(store: Store) -> None:
    for title, words in (("a", 3), ("b", 1), ("c", 2)):
        await store.put(Note(title, "word " * words), id=title)
    query = select(NoteRow.id, NoteRow.etag, NoteRow.words).where(NoteRow.words > 1).order_by(NoteRow.words)
    found = await store.find(query)
    assert [(row.words, note.title) for row, note in found] == [(2, "c"), (3, "a")]
    assert await store.list(query) == [stored.row for stored in found]
    assert [row.title for row in await store.list()] == ["a", "b", "c"]


async def test_documents_are_found_beside_other_tables(db: Database, store: Store) -> None:
    class Star(Table, name="stars"):
        note_id = col.text().references(lambda: NoteRow.id, on_delete="cascade")
        reader = col.text()

    await db.create_tables(Star)
    await store.put(Note("a"), id="a")
    await store.put(Note("b"), id="b", ttl=timedelta(minutes=1))
    await db.execute(insert(Star).values_many([{"note_id": id, "reader": "Ann"} for id in "ab"]))
    starred = select(NoteRow.id, NoteRow.etag, Star.reader).join(Star, on=Star.note_id == NoteRow.id)
    assert [(row.reader, note) for row, note in await store.find(starred.order_by(NoteRow.id))] == [
        ("Ann", Note("a")),
        ("Ann", Note("b")),
    ]


async def test_what_has_expired_is_not_there(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await store.put(Note("for ever"), id="a")
    row = await store.put(Note("short"), id="b", ttl=timedelta(minutes=5))
    assert row.expires_at == clock.now() + timedelta(minutes=5)
    clock.advance(minutes=4)
    assert len(await store.find(select(NoteRow))) == 2
    clock.advance(minutes=1)
    assert await store.get("b") is None
    assert [note.title for _, note in await store.find(select(NoteRow))] == ["for ever"]
    assert [row.id for row in await store.list()] == ["a"]
    assert await store.delete("b") is False
    with pytest.raises(DocumentConflict, match="not there any more"):
        await store.put(Note("again"), id="b", etag=row.etag)
    assert await store.repair() == (0, 1)
    await settle(store, clock)
    assert await check_consistent(db, kv) == {"a": Note("for ever")}


async def test_what_has_expired_makes_room(store: Store, db: Database, kv: KV, clock: Clock) -> None:
    await store.put(Note("short"), id="b", ttl=timedelta(minutes=5))
    clock.advance(minutes=5)
    row = await store.put(Note("again"), id="b", new=True)
    assert (row.created_at, row.expires_at) == (clock.now(), None)
    assert (await store.repair()).expired == 0
    await settle(store, clock)
    assert await check_consistent(db, kv) == {"b": Note("again")}


async def test_a_put_prolongs_a_life(store: Store, clock: Clock) -> None:
    await store.put(Note("x"), id="x", ttl=timedelta(minutes=5))
    clock.advance(minutes=4)
    await store.put(Note("x"), id="x", ttl=timedelta(minutes=5))
    clock.advance(minutes=4)
    assert await store.get("x") is not None


@pytest.mark.parametrize("seconds", [0, -1])
async def test_a_life_takes_some_time(store: Store, seconds: int) -> None:
    with pytest.raises(ValueError, match="some time"):
        await store.put(Note("x"), ttl=timedelta(seconds=seconds))


async def test_a_document_that_the_store_lost_is_missed(store: Store, kv: KV) -> None:
    row = await store.put(Note("x"), id="x")
    await kv.delete(f"notes/x/{row.etag}")
    with pytest.raises(DocumentMissing, match="'x' is not in the store"):
        await store.get("x")
    assert await store.delete("x")
    assert await store.get("x") is None


async def test_what_is_in_the_store_is_checked(store: Store, kv: KV) -> None:
    row = await store.put(Note("x"), id="x")
    for text, message in [
        ('{"title": 7}', r"stored Note\.title is int, and has to be str"),
        ("{", "what is stored is no Note: JSONDecodeError"),
        ("[]", "stored Note is list, and has to be dict"),
    ]:
        await kv.put(f"notes/x/{row.etag}", text)
        with pytest.raises(InvalidDocument, match=message) as raised:
            await store.get("x")
        assert raised.value.__notes__ == ["in the document 'x'"]


async def test_a_put_is_no_part_of_a_transaction(postgres_db: Database, kv: KV) -> None:
    """On PostgreSQL: in memory, SQLite has one connection only."""
    await postgres_db.create_tables(NoteRow, Outbox)
    store = collection().on(postgres_db, kv)
    with pytest.raises(PermissionError):
        async with postgres_db.transaction() as tx:
            await tx.fetch_all(select(NoteRow))
            await store.put(Note("x"), id="x")
            raise PermissionError
    assert await store.get("x") is not None


class Log:
    """What handlers were told."""

    def __init__(self, notes: Collection[NoteRow, Note]) -> None:
        self.events: list[str] = []
        notes.before_put(self.putting)
        notes.after_put(self.put)
        notes.before_delete(self.deleting)
        notes.after_delete(self.deleted)

    def putting(self, event: Putting[Note]) -> None:
        self.events.append(f"putting {event.id} {event.document.title}")
        event.document.title = event.document.title.strip()

    async def put(self, event: Put[NoteRow, Note]) -> None:
        assert event.document.title == event.row.title
        self.events.append(f"put {event.row.id} {event.row.title}")

    def deleting(self, event: Deleted[NoteRow]) -> None:
        if event.row.title == "precious":
            raise PermissionError
        self.events.append(f"deleting {event.row.id}")

    async def deleted(self, event: Deleted[NoteRow]) -> None:
        self.events.append(f"deleted {event.row.id} {event.row.title}")


async def test_handlers(db: Database, kv: KV, clock: Clock) -> None:
    notes = collection()
    log = Log(notes)
    store = notes.on(db, kv)
    await store.put(Note(" x "), id="x")
    await store.put(Note("short"), id="y", ttl=timedelta(minutes=1))
    await store.delete("x")
    await store.delete("x")
    clock.advance(minutes=1)
    await store.repair()
    assert log.events == [
        "putting x  x ",
        "put x x",
        "putting y short",
        "put y short",
        "deleting x",
        "deleted x x",
        "deleted y short",
    ]


async def test_what_a_handler_raises_beforehand_stops_it(db: Database, kv: KV, clock: Clock) -> None:
    notes = collection()
    log = Log(notes)
    store = notes.on(db, kv)
    await store.put(Note("precious"), id="x")
    with pytest.raises(PermissionError):
        await store.delete("x")
    assert await store.get("x") is not None

    @notes.before_put
    def refuse(event: Putting[Note]) -> None:
        raise PermissionError

    with pytest.raises(PermissionError):
        await store.put(Note("other"), id="x")
    await settle(store, clock)
    assert await check_consistent(db, kv) == {"x": Note("precious")}
    assert log.events == ["putting x precious", "put x precious", "putting x other"]


async def test_what_a_handler_raises_afterwards_undoes_nothing(db: Database, kv: KV, clock: Clock) -> None:
    notes = collection()

    @notes.after_put
    def fail(event: Put[NoteRow, Note]) -> None:
        raise PermissionError

    store = notes.on(db, kv)
    with pytest.raises(PermissionError):
        await store.put(Note("x"), id="x")
    assert await store.get("x") is not None


# Declarations


class Plain(Table, name="plain"):
    id = col.text().primary_key()


def test_a_table_is_declared_for_documents() -> None:
    with pytest.raises(SchemaError, match="Plain is no table of documents"):
        Collection(Plain, Note)  # type: ignore[type-var]  # for the test


def test_columns_come_from_the_fields_of_their_names() -> None:
    with pytest.raises(SchemaError, match=r"Note has no field for the column NoteRow\.words: give Collection"):
        Collection(NoteRow, Note)


async def test_metadata_is_not_what_is_filled_in(db: Database, kv: KV) -> None:
    store = Collection(NoteRow, Note, metadata=lambda note: {"id": note.title, "etag": "x"}).on(db, kv)
    with pytest.raises(SchemaError, match="has etag, id, which is filled in by itself"):
        await store.put(Note("x"))


@pytest.mark.parametrize("name", ["", "a/b"])
def test_a_name_has_no_slash(name: str) -> None:
    with pytest.raises(ValueError, match="without a slash"):
        Collection(NoteRow, Note, metadata=lambda note: {}, name=name)


async def test_collections_share_a_store_and_an_outbox(db: Database, kv: KV, clock: Clock) -> None:
    class MemoRow(DocumentTable, name="memos"):
        title = col.text()

    await db.create_tables(MemoRow)
    notes, memos = collection().on(db, kv), Collection(MemoRow, Note).on(db, kv)
    for store in (notes, memos):
        await store.put(Note("first"), id="x")
        await store.put(Note("second"), id="x")
    clock.advance(minutes=2)
    assert (await notes.repair()).removed == 1
    assert (await notes.sync()).is_clean
    assert (await memos.sync()).is_clean
    assert (await memos.repair()).removed == 1


@query
def of_words(words: int) -> Query:
    return select(NoteRow.id, NoteRow.etag, NoteRow.title).where(NoteRow.words == words)


class Version(NamedTuple):
    id: str
    etag: str


async def test_prepared_queries_and_instances(store: Store, clock: Clock) -> None:
    await store.put(Note("a", "one"), id="a")
    await store.put(Note("b", "one"), id="b", ttl=timedelta(minutes=1))
    assert [note.title for _, note in await store.find(of_words(1))] == ["a", "b"]
    clock.advance(minutes=1)
    assert [row.title for row, _ in await store.find(of_words(1))] == ["a"]
    (found,) = await store.find(select(NoteRow.id, NoteRow.etag).into(Version))
    assert isinstance(found.row, Version)
    assert await store.list(select(NoteRow.id, NoteRow.etag).into(Version)) == [found.row]
