"""Random lives of documents, with programs that end anywhere, beside a model that is a dictionary."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple, TypeVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, precondition, rule

from qb import Database, Row, select
from qb.documents import DocumentConflict, Documents, Outbox
from qb.documents.storage import Storage
from qb.errors import UniqueViolated
from tests.collections.clock import Clock
from tests.collections.consistency import check_consistent, settle
from tests.collections.faults import Crash, Life, MortalDatabase, MortalKV
from tests.collections.memory import MemoryKV
from tests.collections.notes import Note, NoteRow, collection

T = TypeVar("T")
Store = Documents[NoteRow, Note]
Action = Callable[[Store], Awaitable[object]]

IDS = st.sampled_from(["a", "b", "a/b"])
NOTES = st.builds(
    Note,
    title=st.sampled_from(["x", "y"]),
    text=st.sampled_from(["", "one two"]),
    tags=st.lists(st.sampled_from("ab"), max_size=2),
    slug=st.sampled_from([None, None, "s", "t"]),
)
LIVES = st.sampled_from([None, None, timedelta(minutes=3), timedelta(minutes=30)])


class Known(NamedTuple):
    """What the model knows of a document. One that has expired is there until it is deleted."""

    note: Note
    etag: str
    expires_at: datetime | None


class DocumentLives(RuleBasedStateMachine):
    etags = Bundle[tuple[str, str]]("etags")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(Storage, "now", lambda storage: self.clock.now())
        self.loop = asyncio.Runner()
        self.kv = MemoryKV()
        self.db = self.run(Database.connect("sqlite://").open())
        self.run(self.db.create_tables(NoteRow, Outbox))
        self.store = collection().on(self.db, self.kv)
        self.model: dict[str, Known] = {}

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run(work)

    def is_alive(self, id: str) -> bool:
        known = self.model.get(id)
        return known is not None and (known.expires_at is None or known.expires_at > self.clock.now())

    def clashes(self, id: str, note: Note) -> bool:
        """Whether another row has this slug."""
        others = [known.note.slug for other, known in self.model.items() if other != id]
        return note.slug is not None and note.slug in others

    def learn(self, row: Row[NoteRow], note: Note) -> tuple[str, str]:
        self.model[row.id] = Known(note, row.etag, row.expires_at)
        return row.id, row.etag

    @rule(target=etags, id=IDS, note=NOTES, ttl=LIVES)
    def put(self, id: str, note: Note, ttl: timedelta | None) -> tuple[str, str]:
        try:
            row = self.run(self.store.put(note, id=id, ttl=ttl))
        except UniqueViolated:
            assert self.clashes(id, note)
            return id, "never was"
        assert not self.clashes(id, note)
        return self.learn(row, note)

    @rule(target=etags, id=IDS, note=NOTES)
    def put_new(self, id: str, note: Note) -> tuple[str, str]:
        try:
            row = self.run(self.store.put(note, id=id, new=True))
        except DocumentConflict:
            assert self.is_alive(id)
        except UniqueViolated:
            assert self.clashes(id, note)
        else:
            assert not self.is_alive(id)
            return self.learn(row, note)
        return id, "never was"

    @rule(target=etags, version=etags, note=NOTES)
    def put_in_place_of(self, version: tuple[str, str], note: Note) -> tuple[str, str]:
        id, etag = version
        is_current = self.is_alive(id) and self.model[id].etag == etag
        try:
            row = self.run(self.store.put(note, id=id, etag=etag))
        except DocumentConflict:
            assert not is_current
        except UniqueViolated:
            assert is_current
            assert self.clashes(id, note)
        else:
            assert is_current
            return self.learn(row, note)
        return id, "never was"

    @rule(id=IDS)
    def delete(self, id: str) -> None:
        assert self.run(self.store.delete(id)) == self.is_alive(id)
        if self.is_alive(id):
            del self.model[id]

    @rule(version=consumes(etags))
    def delete_version(self, version: tuple[str, str]) -> None:
        id, etag = version
        is_current = self.is_alive(id) and self.model[id].etag == etag
        try:
            assert self.run(self.store.delete(id, etag=etag))
        except DocumentConflict:
            assert not is_current
        else:
            assert is_current
            del self.model[id]

    @rule(minutes=st.sampled_from([1, 5, 20, 90]))
    def time_passes(self, minutes: int) -> None:
        self.clock.advance(minutes=minutes)

    @rule()
    def repair(self) -> None:
        self.run(self.store.repair())
        self.forget_expired()

    @rule()
    def sync(self) -> None:
        assert self.run(self.store.sync(mend=True)).is_clean
        self.forget_expired()

    def forget_expired(self) -> None:
        self.model = {id: known for id, known in self.model.items() if self.is_alive(id)}

    def crash(self, act: Action, steps: int, is_done: bool) -> None:
        """Run a program that ends somewhere, if not by itself."""
        life = Life(steps, is_done)

        async def live() -> None:
            await act(collection().on(MortalDatabase(self.db.driver, life), MortalKV(self.kv, life)))

        with suppress(Crash, UniqueViolated):
            self.run(live())

    @rule(id=IDS, note=NOTES, steps=st.integers(0, 3), is_done=st.booleans())
    def crash_in_put(self, id: str, note: Note, steps: int, is_done: bool) -> None:
        self.crash(lambda store: store.put(note, id=id), steps, is_done)
        rows = self.run(self.db.fetch_all(select(NoteRow).where(NoteRow.id == id)))
        if rows and (id not in self.model or rows[0].etag != self.model[id].etag):
            assert not self.clashes(id, note)
            self.learn(rows[0], note)
        assert bool(rows) == (id in self.model)

    @rule(id=IDS, steps=st.integers(0, 4), is_done=st.booleans())
    def crash_in_delete(self, id: str, steps: int, is_done: bool) -> None:
        self.crash(lambda store: store.delete(id), steps, is_done)
        if not self.run(self.db.fetch_all(select(NoteRow).where(NoteRow.id == id))):
            self.model.pop(id, None)

    @rule(steps=st.integers(0, 12), is_done=st.booleans(), mend=st.booleans())
    def crash_in_repair(self, steps: int, is_done: bool, mend: bool) -> None:
        self.crash(lambda store: store.sync(mend=True) if mend else store.repair(), steps, is_done)
        left = {row.id for row in self.run(self.db.fetch_all(select(NoteRow.id)))}
        gone = self.model.keys() - left
        assert not any(map(self.is_alive, gone))
        for id in gone:
            del self.model[id]

    @invariant()
    def everybody_sees_what_the_model_has(self) -> None:
        found = {row.id: (note, row.etag) for row, note in self.run(self.store.find(select(NoteRow)))}
        assert found == {id: (known.note, known.etag) for id, known in self.model.items() if self.is_alive(id)}

    @precondition(lambda self: not self.model)
    @invariant()
    def nothing_is_got_where_nothing_is(self) -> None:
        assert self.run(self.store.get("a")) is None

    def teardown(self) -> None:
        try:
            alive = {id: known.note for id, known in self.model.items() if known.expires_at is None}
            self.run(settle(self.store, self.clock))
            assert self.run(check_consistent(self.db, self.kv)) == alive
            self.run(self.db.close())
        finally:
            self.patch.undo()
            self.loop.close()


TestDocumentLives = DocumentLives.TestCase
TestDocumentLives.settings = settings(max_examples=40, stateful_step_count=25, deadline=None, database=None)
