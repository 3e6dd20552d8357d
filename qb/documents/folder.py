"""A key-value store in a folder, for development and small installations."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final
from urllib.parse import unquote

PLAIN: Final = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")
"""What stands for itself in the name of a file. Capitals do not: some file systems take them for small letters."""
UNFINISHED: Final = ".unfinished"
NOTHING: Final = "%"


class FolderKV:
    """Texts in a folder, a file each, which is made when it is first written to.

        store = notes.on(db, FolderKV("var/documents"))

    A `/` in a key is a folder inside of it. Raises ValueError for a key that makes too long a name.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    async def get(self, key: str, /) -> str | None:
        return await asyncio.to_thread(self._get, key)

    async def put(self, key: str, value: str, /) -> None:
        await asyncio.to_thread(self._put, key, value)

    async def delete(self, key: str, /) -> None:
        await asyncio.to_thread(self._path(key).unlink, missing_ok=True)

    async def keys(self, prefix: str, /) -> AsyncIterator[str]:
        for key in await asyncio.to_thread(lambda: sorted(self._keys(prefix))):
            yield key

    def _path(self, key: str) -> Path:
        parts = [file_name(part) for part in key.split("/")]
        if max(map(len, parts)) + len(UNFINISHED) > 255:
            raise ValueError(f"the key {key[:40]!r}… makes a name of a file that is too long")
        return self.folder.joinpath(*parts[:-1], f"{parts[-1]}.json")

    def _get(self, key: str) -> str | None:
        try:
            with self._path(key).open(encoding="utf-8", newline="") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def _put(self, key: str, value: str) -> None:
        """The file has its name only when it is whole, and on the disk."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(UNFINISHED)
        with unfinished.open("w", encoding="utf-8", newline="") as file:
            file.write(value)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)

    def _keys(self, prefix: str) -> Iterator[str]:
        top = self._path(f"{prefix}x").parent  # only the part after the last "/" may be incomplete
        for path in top.rglob("*.json"):
            key = "/".join([key_of(part) for part in path.relative_to(self.folder).with_suffix("").parts])
            if key.startswith(prefix):
                yield key


def file_name(part: str) -> str:
    """A part of a key as the name of a file or a folder."""
    return "".join([char if char in PLAIN else escaped(char) for char in part]) or NOTHING


def escaped(char: str) -> str:
    return "".join([f"%{byte:02x}" for byte in char.encode()])


def key_of(name: str) -> str:
    """The part of a key that a name stands for."""
    return "" if name == NOTHING else unquote(name)
