"""What test_worker.py runs in a Worker's Python: `main` is given its bindings, and answers with JSON."""

from __future__ import annotations

import json
from typing import Any, TypedDict

from dialects.d1 import D1
from qb import Database, col, select
from qb.documents import Collection, DocumentConflict, DocumentTable, Outbox, WorkersKV


class Note(TypedDict):
    title: str
    text: str


class NoteRow(DocumentTable, name="notes"):
    title = col.text()


notes = Collection(NoteRow, Note)


async def main(env: Any) -> str:  # the bindings, objects of JavaScript
    """What became of it, as JSON."""
    db = Database(D1(env.DB))
    await db.create_tables(NoteRow, Outbox)
    kv = WorkersKV(env.KV)
    store = notes.on(db, kv)
    said: list[object] = [await store.get("x")]
    row = await store.put({"title": "Süß 🎉", "text": "a"}, id="x")
    row = await store.put({"title": "Süß 🎉", "text": "b"}, id="x", etag=row.etag)
    try:
        await store.put({"title": "late", "text": ""}, id="x", new=True)
    except DocumentConflict:
        said.append("conflict")
    for number in range(3):
        await store.put({"title": f"{number}", "text": ""}, id=f"{number}")
    found = await store.find(select(NoteRow).where(NoteRow.title > "1").order_by(NoteRow.title))
    said.append([[row.title, document["text"]] for row, document in found])
    said.append([key.split("/")[1] async for key in kv.keys("notes/")])
    said += [await store.delete("x"), await store.get("x"), (await store.sync()).is_clean]
    return json.dumps([*said, (await store.repair()).removed])
