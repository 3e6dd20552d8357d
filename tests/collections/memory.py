"""A key-value store in memory."""

from __future__ import annotations

from collections.abc import AsyncIterator


class MemoryKV:
    """A store of which a test can see everything."""

    def __init__(self) -> None:
        self.texts: dict[str, str] = {}

    async def get(self, key: str) -> str | None:
        return self.texts.get(key)

    async def put(self, key: str, value: str) -> None:
        self.texts[key] = value

    async def delete(self, key: str) -> None:
        self.texts.pop(key, None)

    async def keys(self, prefix: str) -> AsyncIterator[str]:
        for key in sorted(self.texts):
            if key.startswith(prefix):
                yield key
