"""Cloudflare's Workers KV, by its binding."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import Any


class WorkersKV:
    """A KV namespace that is bound to a Worker, wrapped or not.

        store = notes.on(Database(D1(env.DB)), WorkersKV(env.NOTES))

    Elsewhere in the world a namespace may show what was deleted, and not list what was stored, for a minute or so.
    """

    def __init__(self, namespace: Any) -> None:  # a JavaScript object
        self._namespace = getattr(namespace, "_binding", namespace)

    async def get(self, key: str, /) -> str | None:
        value = await self._namespace.get(key)
        return value if isinstance(value, str) else None  # JavaScript's null has several forms

    async def put(self, key: str, value: str, /) -> None:
        await self._namespace.put(key, value)

    async def delete(self, key: str, /) -> None:
        await self._namespace.delete(key)

    async def keys(self, prefix: str, /) -> AsyncIterator[str]:
        options: dict[str, str] = {"prefix": prefix}
        while True:
            page = to_python(await self._namespace.list(to_javascript(options)))
            for found in page["keys"]:
                yield found["name"]
            if page["list_complete"]:
                return
            options["cursor"] = page["cursor"]


def to_javascript(options: Mapping[str, str]) -> Any:
    """An object for a binding; the same where there is no JavaScript."""
    try:
        from js import JSON
    except ImportError:
        return options
    from json import dumps

    return JSON.parse(dumps(options))


def to_python(answer: Any) -> Any:
    """What a binding answers, which wrapped ones have as Python's already."""
    if isinstance(answer, dict):
        return answer
    from json import loads

    from js import JSON

    return loads(JSON.stringify(answer))
