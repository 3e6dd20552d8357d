"""A way to the server that counts what is sent on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit, urlunsplit


class Wire:
    """Passes on what a client and the server say. `trips` counts what the client waits for an answer to."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._tasks: set[asyncio.Task[None]] = set()
        self.trips = 0
        self.is_silent = False
        """Whether what the server says is lost."""
        self.server: asyncio.Server | None = None

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection of a client."""
        task = asyncio.current_task()
        assert task is not None
        self._tasks.add(task)
        there, to_there = await asyncio.open_connection(*self._target)
        back = asyncio.create_task(self._answers(there, writer))
        with suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            length = await reader.readexactly(4)
            to_there.write(length + await reader.readexactly(int.from_bytes(length) - 4))
            while True:
                head = await reader.readexactly(5)
                to_there.write(head + await reader.readexactly(int.from_bytes(head[1:]) - 4))
                self.trips += head[:1] in b"QSH"  # Query, Sync, Flush
        back.cancel()
        to_there.close()
        writer.close()
        self._tasks.discard(task)

    async def _answers(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while data := await reader.read(65536):
                if not self.is_silent:
                    writer.write(data)
        writer.close()

    async def close(self) -> None:
        """Break all connections, and take no others."""
        assert self.server is not None
        self.server.close()
        await self.cut()

    async def cut(self) -> None:
        """Break all connections."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


@asynccontextmanager
async def wire_to(url: str) -> AsyncIterator[tuple[Wire, str]]:
    """A wire to the server of a URL, and the URL of its near end."""
    parts = urlsplit(url)
    assert parts.hostname is not None
    assert parts.port is not None
    wire = Wire(parts.hostname, parts.port)
    wire.server = await asyncio.start_server(wire.serve, "127.0.0.1", 0)
    port = wire.server.sockets[0].getsockname()[1]
    try:
        yield wire, urlunsplit(parts._replace(netloc=f"{parts.username}@127.0.0.1:{port}"))
    finally:
        await wire.close()
