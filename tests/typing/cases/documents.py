"""Documents: their class and their table are known wherever one is put, found or handled."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TypedDict

from schema import Album

from qb import Database, RowPatch, Table, col, select
from qb.documents import Collection, Deleted, Documents, DocumentTable, FolderKV, Put, Putting, TableKV, WorkersKV


class NoteRow(DocumentTable, name="notes"):
    title = col.text()
    words = col.integer().default(0)


@dataclass
class Note:
    title: str
    text: str


class Memo(TypedDict):
    title: str


class Plain(Table, name="plain"):
    id = col.text().primary_key()


def describe(note: Note) -> RowPatch[NoteRow]:
    return {"title": note.title, "words": len(note.text.split())}


def misdescribe(note: Note) -> RowPatch[NoteRow]:
    return {"titel": note.title}  # E[misc]: Unexpected TypedDict key "titel"


notes = Collection(NoteRow, Note, metadata=describe)
reveal_type(notes)  # R: Collection[NoteRow, Note]
reveal_type(Collection(NoteRow, Memo))  # R: Collection[NoteRow, TypedDict(Memo, {'title': str})]
Collection(Plain, Note)  # E[type-var]: Value of type variable "TB" of "Collection" cannot be "Plain"
Collection(NoteRow, Memo, metadata=describe)  # E[arg-type]: Argument "metadata" to "Collection" has incompatible type "Callable
Collection(NoteRow, Note, metadata=lambda note: {"words": note.words})  # E[attr-defined]: "Note" has no attribute "words"
Collection("notes", Note)  # E[arg-type]: Argument 1 to "Collection" has incompatible type "str"
Collection(NoteRow)  # E[call-arg]: Missing positional argument "of" in call to "Collection"
Collection(NoteRow, Note, dump=lambda note: note.title, load=lambda title: Note(title, ""))


@notes.before_put
def tidy(event: Putting[Note]) -> None:
    reveal_type(event.document)  # R: Note
    event.document = {"title": "x"}  # E[assignment]: Incompatible types in assignment (expression has type "dict[str, str]", variable has type "Note")


@notes.after_put
async def log(event: Put[NoteRow, Note]) -> None:
    reveal_type(event.row)  # R: Row[NoteRow]
    reveal_type(event.document.text)  # R: str


@notes.after_delete
def forget(event: Deleted[NoteRow]) -> None:
    reveal_type(event.row.words)  # R: int
    event.document  # E[attr-defined]: "Deleted[NoteRow]" has no attribute "document"


@notes.before_put  # E[arg-type]: Argument 1 to "before_put" of "Collection" has incompatible type "Callable[[Deleted[NoteRow]], None]"
def wrong(event: Deleted[NoteRow]) -> None: ...


async def use(db: Database, store: Documents[NoteRow, Note]) -> None:
    reveal_type(notes.on(db, FolderKV("notes")))  # R: Documents[NoteRow, Note]
    notes.on(db, TableKV(db), grace=timedelta(minutes=1))
    notes.on(db, WorkersKV(object()))
    notes.on(db)  # E[call-arg]: Missing positional argument "kv" in call to "on" of "Collection"
    notes.on(db, {})  # E[arg-type]: Argument 2 to "on" of "Collection" has incompatible type "dict[Never, Never]"
    row = await store.put(Note("a", "b"), id="x", ttl=timedelta(days=1))
    reveal_type(row)  # R: Row[NoteRow]
    reveal_type(row.etag)  # R: str
    row.titel  # E[qb-name]: "NoteRow" has no column "titel"; did you mean "title"?
    await store.put({"title": "x"})  # E[arg-type]: Argument 1 to "put" of "Documents" has incompatible type "dict[str, str]"
    await store.put(Note("a", "b"), etag=7)  # E[arg-type]: Argument "etag" to "put" of "Documents" has incompatible type "int"
    found = await store.get(row.id)
    reveal_type(found)  # R: tuple[Row[NoteRow], Note, fallback=Stored[Row[NoteRow], Note]] | None
    found.document  # E[union-attr]: Item "None" of "Stored[Row[NoteRow], Note] | None" has no attribute "document"
    if found is not None:
        reveal_type(found.document.text)  # R: str
        reveal_type(found.row.words)  # R: int
        row, note = found
        reveal_type(note)  # R: Note
    await store.get(7)  # E[arg-type]: Argument 1 to "get" of "Documents" has incompatible type "int"
    reveal_type(await store.delete("x", etag=row.etag))  # R: bool


async def find(store: Documents[NoteRow, Note]) -> None:
    whole = await store.find(select(NoteRow).where(NoteRow.words > 3))
    reveal_type(whole)  # R: list[tuple[Row[NoteRow], Note, fallback=Stored[Row[NoteRow], Note]]]
    for row, note in whole:
        reveal_type(row.title)  # R: str
        reveal_type(note.text)  # R: str
    part = await store.find(select(NoteRow.id, NoteRow.etag, NoteRow.words.as_("count")))
    reveal_type(part[0].row.count)  # R: int
    part[0].row.title  # E[qb-name]: The row has no column "title"
    await store.find(select(NoteRow.title))  # E[type-var]: Value of type variable "V" of "find" of "Documents" cannot be "Row[TypedDict({'title': str})]"
    await store.find(select(Album))  # E[type-var]: Value of type variable "V" of "find" of "Documents" cannot be "Row[Album]"
    await store.find(select(NoteRow).where(NoteRow.words > "3"))  # E[qb-type]: NoteRow.words is int, but the value is str: they cannot be compared
    await store.find(NoteRow)  # E[arg-type]: Argument 1 to "find" of "Documents" has incompatible type "type[NoteRow]"
    await store.list(select(NoteRow.title).where(Album.plays > 3))  # E[qb-scope]: Album.plays is used in .where(), but Album is not in this query
    reveal_type(await store.list())  # R: list[Row[NoteRow]]
    rows = await store.list(select(NoteRow.title))
    reveal_type(rows[0].title)  # R: str
    reveal_type((await store.sync(mend=True)).missing)  # R: list[str]
    reveal_type((await store.repair()).removed)  # R: int
    (await store.sync()).lost  # E[attr-defined]: "Synced" has no attribute "lost"
