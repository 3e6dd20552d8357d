"""Cloudflare's Workers KV over its REST API: for programs that run elsewhere than in a Worker."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Self
from urllib.parse import quote

import httpx

from qb.cloudflare import client, identifiers
from qb.errors import AccessDenied, CannotOpen, ConnectionFailed, DatabaseClosed, DatabaseError, InvalidValue

NO_KEY = 10009
"""Cloudflare's code for a key that is not there; 10013 is that of a namespace."""
TOO_MANY = 429
PAUSE = 0.2
"""Seconds before the second try, at most; twice as many before each later one."""
PAGE = 1000
"""Keys in an answer, at most."""


class RestKV:
    """A namespace of Workers KV by the identifiers of its account and its own, open within `async with`:

        async with RestKV("kv://ACCOUNT/NAMESPACE") as kv:
            await notes.on(db, kv).sync(mend=True)

    `pip install qb[d1]` brings the HTTP client. The token is what the variable CLOUDFLARE_API_TOKEN holds, or given as
    `token`; it needs the permission "Workers KV Storage: Edit", and is in no error and no `repr`. `api` is where the
    API is, by default what CLOUDFLARE_API_BASE_URL says, or Cloudflare's. An answer is waited for `timeout` seconds,
    and what fails for a reason that passes is tried again up to `retries` times: nothing here does harm when it is
    done twice.

    Raises ConnectionFailed, AccessDenied, CannotOpen (no such namespace), InvalidValue (what it does not take).
    """

    def __init__(
        self, url: str, *, token: str | None = None, api: str | None = None, timeout: float = 40.0, retries: int = 2
    ) -> None:
        found = identifiers(url)
        if found is None:  # what may be a secret is not repeated
            raise CannotOpen(
                "a KV namespace has a URL with the identifiers of its account and its own: kv://ACCOUNT/NAMESPACE"
            )
        account, namespace = found
        self._path = f"/accounts/{account}/storage/kv/namespaces/{namespace}"
        self._options = ("Workers KV", token, api, timeout)
        self._retries = retries
        self._client: httpx.AsyncClient | None = None

    async def __aenter__(self) -> Self:
        self._client = client(*self._options)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        closing, self._client = self._client, None
        if closing is not None:
            await closing.aclose()

    async def get(self, key: str, /) -> str | None:
        response = await self._ask("GET", self._value(key))
        return None if response is None else response.content.decode()

    async def put(self, key: str, value: str, /) -> None:
        await self._ask("PUT", self._value(key), content=value.encode())

    async def delete(self, key: str, /) -> None:
        await self._ask("DELETE", self._value(key))

    async def keys(self, prefix: str, /) -> AsyncIterator[str]:
        options = {"prefix": prefix, "limit": str(PAGE)}
        while True:
            response = await self._ask("GET", "/keys", params=options)
            page = {} if response is None else response.json()
            for found in page.get("result", ()):
                yield found["name"]
            options["cursor"] = page.get("result_info", {}).get("cursor", "")
            if not options["cursor"]:
                return

    def _value(self, key: str) -> str:
        return f"/values/{quote(key, safe='')}"

    async def _ask(self, method: str, path: str, **content: Any) -> httpx.Response | None:
        """The answer, after some tries; None when there is no such key."""
        tries = 0
        while True:
            try:
                return await self._sent(method, path, content)
            except DatabaseError as error:
                if not error.is_retryable or tries >= self._retries:
                    raise
            await asyncio.sleep(random.uniform(0, PAUSE * 2**tries))
            tries += 1

    async def _sent(self, method: str, path: str, content: Mapping[str, Any]) -> httpx.Response | None:
        if self._client is None:
            raise DatabaseClosed("Workers KV is not open: async with RestKV(…) as kv")
        try:
            response = await self._client.request(method, self._path + path, **content)
        except httpx.TransportError as error:
            raise ConnectionFailed(f"Workers KV: {type(error).__name__}: {error}".removesuffix(": ")) from error
        if response.is_success:
            return response
        codes, message = said(response)
        if response.status_code == 404 and NO_KEY in codes:
            return None
        raise failed(response.status_code, message)


def said(response: httpx.Response) -> tuple[set[int], str]:
    """The codes and the words of an answer that says what went wrong."""
    try:
        errors = [(each["code"], each["message"]) for each in response.json()["errors"]]
    except (ValueError, KeyError, TypeError):
        errors = []
    words = "; ".join([message for _, message in errors]) or f"HTTP status {response.status_code}"
    return {code for code, _ in errors}, f"Workers KV: {words}"


def failed(status: int, message: str) -> DatabaseError:
    """The error for a status."""
    if status == TOO_MANY or status >= 500:
        return ConnectionFailed(message)
    if status in (401, 403):
        return AccessDenied(message)
    return CannotOpen(message) if status == 404 else InvalidValue(message)
