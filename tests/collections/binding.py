"""The binding of a KV namespace in workerd, for Python outside of a Worker."""

from __future__ import annotations

import asyncio
import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen


class Binding:
    """Has the methods that a Worker's `env.NOTES` has. A `limit` is how many keys a list has at most."""

    def __init__(self, url: str, token: str, limit: int | None = None) -> None:
        self.url = url
        self.token = token
        self._limit = limit

    async def get(self, key: str) -> Any:  # a text, or None
        return await self._call("get", key)

    async def put(self, key: str, value: str) -> None:
        await self._call("put", key, value)

    async def delete(self, key: str) -> None:
        await self._call("delete", key)

    async def list(self, options: dict[str, object]) -> Any:  # what JavaScript has there, as Python's
        return await self._call("list", options if self._limit is None else {**options, "limit": self._limit})

    async def _call(self, method: str, *values: object) -> Any:
        return await asyncio.to_thread(self._send, {"method": method, "arguments": values})

    def _send(self, body: object) -> Any:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            with urlopen(Request(self.url, json.dumps(body).encode(), headers)) as response:
                return json.load(response)["result"]
        except HTTPError as error:
            with error:
                raise RuntimeError(json.load(error)["error"]) from None
