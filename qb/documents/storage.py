"""A collection with its database and its store: what everything here works on."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic

from qb.documents.events import TB, D
from qb.rows import Row

if TYPE_CHECKING:
    from qb.documents.collections import Collection
    from qb.documents.kv import KV
    from qb.running.database import Database


class Storage(Generic[TB, D]):
    """`db` is outside of all transactions: an object in the store is in none, either."""

    def __init__(
        self, collection: Collection[TB, D], db: Database[Any], kv: KV, grace: timedelta, linger: timedelta
    ) -> None:
        self.collection = collection
        self.table = collection.table
        self.keys = collection.keys
        self.codec = collection.codec
        self.handlers = collection.handlers
        self.db = db.autonomous()
        self.kv = kv
        self.grace = grace
        self.linger = linger

    def now(self) -> datetime:
        return datetime.now(UTC)

    def has_expired(self, row: Row[TB]) -> bool:
        """Whether the document of a row is there no more, for whoever asks."""
        return row.expires_at is not None and row.expires_at <= self.now()
