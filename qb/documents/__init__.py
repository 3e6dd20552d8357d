"""Documents: whole objects in a key-value store, and what is asked of them in a table.

class NoteRow(DocumentTable, name="notes"):
    title = col.text()

notes = Collection(NoteRow, Note)
store = notes.on(db, FolderKV("notes"))
row = await store.put(Note("Shopping", ["milk"]))
"""

from typing import TYPE_CHECKING

from qb.lazy import lazily

if TYPE_CHECKING:
    from qb.documents.collections import Collection
    from qb.documents.documents import Documents
    from qb.documents.errors import DocumentConflict, DocumentError, DocumentMissing, InvalidDocument
    from qb.documents.events import Deleted, Put, Putting
    from qb.documents.folder import FolderKV
    from qb.documents.kv import KV
    from qb.documents.reading import Stored
    from qb.documents.repairing import Repaired
    from qb.documents.rest import RestKV
    from qb.documents.syncing import Synced
    from qb.documents.table_kv import KVEntry, TableKV
    from qb.documents.tables import DocumentTable, Outbox
    from qb.documents.workers import WorkersKV
else:
    __getattr__ = lazily(
        __name__,
        {
            "Collection": "qb.documents.collections",
            "Documents": "qb.documents.documents",
            **dict.fromkeys(
                ("DocumentConflict", "DocumentError", "DocumentMissing", "InvalidDocument"), "qb.documents.errors"
            ),
            **dict.fromkeys(("Deleted", "Put", "Putting"), "qb.documents.events"),
            "FolderKV": "qb.documents.folder",
            "KV": "qb.documents.kv",
            "Stored": "qb.documents.reading",
            "Repaired": "qb.documents.repairing",
            "RestKV": "qb.documents.rest",
            "Synced": "qb.documents.syncing",
            **dict.fromkeys(("KVEntry", "TableKV"), "qb.documents.table_kv"),
            **dict.fromkeys(("DocumentTable", "Outbox"), "qb.documents.tables"),
            "WorkersKV": "qb.documents.workers",
        },
    )

__all__ = [
    "KV",
    "Collection",
    "Deleted",
    "DocumentConflict",
    "DocumentError",
    "DocumentMissing",
    "DocumentTable",
    "Documents",
    "FolderKV",
    "InvalidDocument",
    "KVEntry",
    "Outbox",
    "Put",
    "Putting",
    "Repaired",
    "RestKV",
    "Stored",
    "Synced",
    "TableKV",
    "WorkersKV",
]
