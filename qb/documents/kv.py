"""What documents need of a key-value store."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Protocol


class KV(Protocol):
    """A store of texts by key: `FolderKV`, `TableKV`, `WorkersKV`, or your own.

    It may be slow to show what was deleted, and need not be part of any transaction. No key is written twice.
    """

    async def get(self, key: str, /) -> str | None:
        """The text of a key, or None."""

    async def put(self, key: str, value: str, /) -> None:
        """Store a text. When that fails it may be there nevertheless, but never a part of it."""

    async def delete(self, key: str, /) -> None:
        """Delete a key; nothing happens when there is none."""

    def keys(self, prefix: str, /) -> AsyncIterator[str]:
        """All keys that begin so, in the order of their characters."""
