"""The tables that documents need."""

from __future__ import annotations

from typing import Final

from qb import col
from qb.constraints import index
from qb.tables import Table


class DocumentTable(Table, abstract=True):
    """What the table of a collection is declared with, before the columns that are asked for:

        class NoteRow(DocumentTable, name="notes"):
            title = col.text()
            author = col.text()

    The columns here are filled in by `Documents`. Each version of a document has an `etag` of its own; later ones are
    greater, as far as clocks agree.
    """

    id = col.text().primary_key()
    etag = col.text()
    created_at = col.timestamp()
    updated_at = col.timestamp()
    expires_at = col.timestamp().nullable()

    by_expiry = index(expires_at, where=expires_at.is_not_null())


OWN_COLUMNS: Final = frozenset({"id", "etag", "created_at", "updated_at", "expires_at"})

# What becomes of an object in the store.
DOOMED: Final = "doomed"
"""It is removed when it is due, unless a batch has made it the version of its document by then."""
CONDEMNED: Final = "condemned"
"""Somebody is removing it, or was when the program ended: nothing saves it any more."""
REMOVED: Final = "removed"
"""It was removed; a slow store may still show it for a while."""


class Outbox(Table, name="qb_document_outbox"):
    """What is still to be done in the key-value store, for all collections of a database.

    An object is entered here before it is stored, and struck off by the batch that makes it the version of its
    document. The batch that replaces or deletes a version enters that. So whatever is in the store is named either by
    the row of its document or here, and nothing is lost or forgotten wherever a program ends.
    """

    key = col.text().primary_key()
    collection = col.text()
    fate = col.text()
    due = col.timestamp()

    by_due = index(collection, due)
