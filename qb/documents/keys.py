"""The keys of documents in the store: the collection, the document and its version."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from qb.identifiers import is_unicode

LONGEST = 128
"""Bytes of an id: so a key fits into the 512 bytes of Workers KV, whatever is escaped in it."""


class Version(NamedTuple):
    """A version of a document in the store."""

    key: str
    id: str
    etag: str


class Keys:
    """The keys of a collection: `notes/0190…/0191…`, those of a document one after the other."""

    def __init__(self, collection: str) -> None:
        if not collection or "/" in collection:
            raise ValueError(f"the name of a collection is a text without a slash, not {collection!r}")
        self.collection = collection
        self.prefix = f"{collection}/"

    def key(self, id: str, etag: str) -> str:
        """The key of a version."""
        return f"{self.prefix}{id.replace('%', '%25').replace('/', '%2F')}/{etag}"

    def version(self, key: str) -> Version | None:
        """The version that a key is of; None for a key that is not of this collection."""
        parts = key.removeprefix(self.prefix).split("/")
        if not key.startswith(self.prefix) or len(parts) != 2:
            return None
        return Version(key, parts[0].replace("%2F", "/").replace("%25", "%"), parts[1])


def check_id(id: str) -> str:
    """The id of a document. Raises ValueError for one that stores would not take."""
    if not id or not is_unicode(id) or "\0" in id or len(id.encode()) > LONGEST:
        raise ValueError(f"the id of a document is a text of 1 to {LONGEST} bytes, not {id[:LONGEST]!r}")
    return id


def made_at(etag: str) -> datetime | None:
    """When a version was made; None when somebody else has named it."""
    try:
        milliseconds = int(etag.replace("-", "")[:12], 16)
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
    except (ValueError, OverflowError):
        return None
