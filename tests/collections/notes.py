"""A collection to test with."""

from __future__ import annotations

from dataclasses import dataclass, field

from qb import RowPatch, col
from qb.documents import Collection, DocumentTable


class NoteRow(DocumentTable, name="notes"):
    title = col.text()
    slug = col.text().nullable().unique()
    tags = col.json(list[str])
    words = col.integer().check(lambda words: words <= 1000)


@dataclass
class Note:
    title: str
    text: str = ""
    tags: list[str] = field(default_factory=list)
    slug: str | None = None


def describe(note: Note) -> RowPatch[NoteRow]:
    return {"title": note.title, "slug": note.slug, "tags": note.tags, "words": len(note.text.split())}


def collection() -> Collection[NoteRow, Note]:
    """One without handlers."""
    return Collection(NoteRow, Note, metadata=describe)
