"""A Worker pays for what it imports: declaring a collection brings little."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

# Costly modules of the standard library that nothing here may need.
COSTLY = {
    *("asyncio", "dataclasses", "decimal", "difflib", "hashlib", "inspect", "pathlib", "sqlite3", "urllib", "uuid"),
}
# What only some programs, or some calls, need.
LAZY = {
    f"qb.documents.{name}"
    for name in ("deleting", "folder", "outbox", "repairing", "syncing", "table_kv", "workers", "writing")
}


def test_declaring_a_collection_loads_little() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(ROOT)!r})
from typing import TypedDict
from qb import col
from qb.documents import Collection, DocumentTable

class Note(TypedDict):
    title: str

class NoteRow(DocumentTable, name="notes"):
    title = col.text()

notes = Collection(NoteRow, Note)
assert notes.codec.load(notes.codec.dump({{"title": "x"}})) == {{"title": "x"}}
print(*sys.modules)
"""
    loaded = set(subprocess.check_output([sys.executable, "-I", "-S", "-c", script], text=True).split())
    assert "qb.documents.collections" in loaded
    assert loaded & (COSTLY | LAZY) == set()
