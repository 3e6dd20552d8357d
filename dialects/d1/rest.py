"""D1 over Cloudflare's REST API: for programs that run elsewhere than in a Worker."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import httpx

from dialects.d1.transport import Answer, RequestError, Statement, Transport, as_json
from qb.cloudflare import client, identifiers
from qb.errors import CannotOpen, DatabaseClosed, InvalidValue

JSON = {"Content-Type": "application/json"}
NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)


class RestTransport(Transport):
    """`d1://ACCOUNT/DATABASE`, their identifiers, with a token that may use the database: by default what the
    variable CLOUDFLARE_API_TOKEN holds when the database is opened. `api` is where the API is, by default what
    CLOUDFLARE_API_BASE_URL says, or Cloudflare's. `timeout` is for how many seconds an answer is waited for.
    """

    def __init__(self, url: str, *, token: str | None = None, api: str | None = None, timeout: float = 40.0) -> None:
        self._path = path_of(url)
        self._token = token
        self._api = api
        self._timeout = timeout
        self._client: httpx.AsyncClient | None = None

    async def open(self) -> None:
        if self._client is None:
            self._client = client("D1", self._token, self._api, self._timeout)

    async def close(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            await client.aclose()

    def check_open(self) -> None:
        if self._client is None:
            raise DatabaseClosed("the database is not open")

    async def query(self, sql: str, parameters: Sequence[object], wants_meta: bool) -> Answer:
        [answer] = await self._ask({"sql": sql, "params": parameters})
        return answer

    async def batch(self, statements: Sequence[Statement]) -> list[Answer]:
        return await self._ask({"batch": [{"sql": sql, "params": parameters} for sql, parameters in statements]})

    async def _ask(self, body: dict[str, Any]) -> list[Answer]:
        self.check_open()
        assert self._client is not None
        content = as_json(body)
        try:
            response = await self._client.post(self._path, content=content.encode(), headers=JSON)
        except UnicodeEncodeError as error:
            raise InvalidValue(f"half of a character is no text: {error}") from error
        except httpx.TransportError as error:
            message = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            status = None if isinstance(error, NOT_SENT) else 503
            raise RequestError(message, status=status, never_ran=status is None) from error
        return answers_of(response)


def path_of(url: str) -> str:
    """The path of a database in the API. Raises CannotOpen, which does not repeat what may be a secret."""
    found = identifiers(url)
    if found is None:
        raise CannotOpen(
            "a D1 database has a URL with the identifiers of its account and its own: d1://ACCOUNT/DATABASE"
        )
    account, database = found
    return f"/accounts/{account}/d1/database/{database}/raw"


def answers_of(response: httpx.Response) -> list[Answer]:
    """What was answered to each statement."""
    status = response.status_code
    try:
        body = response.json()
        is_done = body["success"]
    except (ValueError, KeyError, TypeError):
        raise RequestError(f"the answer is no JSON of D1 (HTTP status {status})", status=max(status, 500)) from None
    if not is_done:
        message = "; ".join([each["message"] for each in body["errors"]]) or f"HTTP status {status}"
        raise RequestError(message, status=status, never_ran=status == 429)
    return [Answer(each["results"]["rows"], each["meta"]) for each in body["result"]]
