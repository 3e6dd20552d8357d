"""A D1 database, by whichever way it is reached."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from functools import cached_property
from types import TracebackType
from typing import Literal

from dialects.d1.transport import Transport
from qb.dialect import Connection, Dialect, Driver


class D1Driver(Driver[Literal["d1"]]):
    """A D1 database. What fails before D1 has begun with it, and what only reads, is tried again up to `retries`
    times, if the reason passes.
    """

    loads_from = 2

    def __init__(self, dialect: Dialect, transport: Transport, *, retries: int = 2) -> None:
        if retries < 0:
            raise ValueError(f"retries={retries}: it is a number of tries")
        self.dialect = dialect
        self._transport = transport
        self._retries = retries

    async def open(self) -> None:
        await self._transport.open()

    async def close(self) -> None:
        await self._transport.close()

    def check_open(self) -> None:
        self._transport.check_open()

    def acquire(self, reads: bool = False) -> AbstractAsyncContextManager[Connection]:
        self.check_open()
        return Given(self._connected())  # by a new one, which keeps what D1 tells of a statement

    def at_once(self, reads: bool) -> Connection:
        return self._connection

    @cached_property
    def _connection(self) -> Connection:
        return self._connected()

    def _connected(self) -> Connection:
        from dialects.d1.connection import D1Connection  # with the first statement

        return D1Connection(self._transport, self._retries)


class Given(AbstractAsyncContextManager[Connection]):
    """A connection that nobody waits for."""

    __slots__ = ("connection",)

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    async def __aenter__(self) -> Connection:
        return self.connection

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        pass
