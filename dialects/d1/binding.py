"""D1 inside of a Worker: through its binding."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from dialects.d1.driver import D1Driver
from dialects.d1.transport import Answer, RequestError, Statement, Transport, as_json
from qb.dialect import find_dialect
from qb.errors import QbError

SIMPLE = frozenset({float, int, str})
"""Classes of values that Pyodide hands over as they are: large numbers are texts by then."""


class D1(D1Driver):
    """The D1 database of a Worker, by its binding:

        db = Database(D1(env.DB))

    It needs not be opened, and costs nothing to make for each request. Wrapped bindings of Cloudflare's SDK and plain
    ones will do.
    """

    def __init__(self, binding: Any, *, retries: int = 2) -> None:  # a JsProxy, or the SDK's wrapper of one
        self._binding = BindingTransport(binding)
        super().__init__(find_dialect("d1"), self._binding, retries=retries)

    def session(self, start: str | None = None) -> D1Session:
        """The database as one visitor sees it: from the nearest replica, but never older than what this session, or
        one before it, has seen or written.

            session = D1(env.DB).session(request.headers.get("x-d1-bookmark"))
            db = Database(session)
            …
            response.headers["x-d1-bookmark"] = session.bookmark

        `start` is the bookmark of a session before; "first-primary", whose first query asks the primary; or
        "first-unconstrained", as None, which begins with whatever the nearest replica has.
        """
        return D1Session(self._binding.binding.withSession(start or "first-unconstrained"), self._retries)


class D1Session(D1Driver):
    """A session: see `D1.session`."""

    def __init__(self, binding: Any, retries: int) -> None:
        self._binding = BindingTransport(binding)
        super().__init__(find_dialect("d1"), self._binding, retries=retries)

    @property
    def bookmark(self) -> str | None:
        """What a later session begins with to see what this one has seen; None before the first query."""
        found = self._binding.binding.getBookmark()
        return found if isinstance(found, str) else None  # null is no None in later versions of Pyodide


class BindingTransport(Transport):
    """`env.DB`, or a session of it.

    Values cross the border to JavaScript as JSON, which keeps None and blobs in every version of Pyodide.
    """

    def __init__(self, binding: Any) -> None:
        self.binding = getattr(binding, "_binding", binding)
        if binding is None or not hasattr(self.binding, "prepare"):
            raise QbError("D1(…) takes what a Worker has for a D1 database: D1(env.DB), with the name of its binding")

    async def query(self, sql: str, parameters: Sequence[object], wants_meta: bool) -> Answer:
        from json import loads

        from js import JSON
        from pyodide.ffi import JsException

        statement = self._bound(sql, parameters)
        try:
            if wants_meta:
                return answer_of(loads(JSON.stringify(await statement.all())))
            return Answer(loads(JSON.stringify(await statement.raw())), None)
        except JsException as error:
            raise failure(error) from error

    async def batch(self, statements: Sequence[Statement]) -> list[Answer]:
        from json import loads

        from js import JSON, Array
        from pyodide.ffi import JsException

        bound = Array.new()
        for sql, parameters in statements:
            bound.push(self._bound(sql, parameters))
        try:
            results = JSON.stringify(await self.binding.batch(bound))
        except JsException as error:
            raise failure(error) from error
        return [answer_of(each) for each in loads(results)]

    def _bound(self, sql: str, parameters: Sequence[object]) -> Any:
        statement = self.binding.prepare(sql)
        if not parameters:
            return statement
        if SIMPLE.issuperset(map(type, parameters)):
            return statement.bind(*parameters)
        from js import JSON, Reflect

        return Reflect.apply(statement.bind, statement, JSON.parse(as_json(parameters, ensure_ascii=True)))


def answer_of(result: dict[str, Any]) -> Answer:
    """The answer in an object of a binding, whose rows are objects, their columns in order."""
    return Answer([list(row.values()) for row in result["results"]], result["meta"])


def failure(error: Any) -> RequestError:
    """What an exception of JavaScript says."""
    return RequestError(str(getattr(error, "message", error)))
