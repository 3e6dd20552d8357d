"""A connection in its thread, which runs one call after the other."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Sequence
from time import monotonic
from typing import Any

import aiosqlite

from dialects.sqlite.setups import Setups
from dialects.sqlite.user_functions import raised
from qb.errors import TransactionError
from qb.running.tasks import finish

BUSY = 5  # SQLITE_BUSY, without its extensions
BUSY_SNAPSHOT = 517
SLICE = 0.05
"""Seconds that SQLite itself waits for a file's lock. The rest is waited in such slices, between which a cancellation
is seen."""

AGAIN = 0.02
"""Seconds until a call that was interrupted and is not over is interrupted once more."""


class Call:
    """Something to run in a thread, and the task that waits for it."""

    # Defaults of the class, because a call is made for every query.
    thread: Thread | None = None
    """Where it is run; None as long as it waits for a connection."""
    timer: asyncio.TimerHandle | None = None
    result: Any = None
    error: BaseException | None = None
    is_cancelled = False
    is_over = False

    def __init__(self, function: Callable[..., Any], arguments: tuple[Any, ...], future: asyncio.Future[None]) -> None:
        self.function: Callable[..., Any] | None = function
        self.arguments = arguments
        self.future = future

    def __call__(self) -> None:
        """Run it. This is in the thread; all else is in that of the event loop."""
        thread = self.thread
        assert thread is not None
        assert self.function is not None
        thread.running = self
        if not self.is_cancelled:
            try:
                if thread.applied != thread.setups.count:
                    thread.prepare()
                self.result = self.function(thread, *self.arguments)
            except BaseException as error:
                if isinstance(error, sqlite3.OperationalError) and error.__cause__ is None:
                    error.__cause__ = raised(error)
                self.error = error
        self.function = None  # the thread keeps the call until the next one
        self.arguments = ()
        thread.running = None
        if self.is_cancelled:
            with thread.guard:  # the interrupt must not hit the next call
                pass
        thread.tell(self)

    def end(self) -> None:
        """Wake the task that waits for it."""
        self.is_over = True
        if not self.future.done():
            self.future.set_result(None)

    def fail(self, error: BaseException) -> None:
        """End it before it was run."""
        self.error = error
        self.end()

    def outcome(self) -> Any:
        """What the function returned; raises what it raised."""
        error = self.error
        if error is None:
            return self.result
        self.error = None
        try:
            raise error
        finally:
            del error  # its traceback has this frame


class Unit:
    """A transaction of the task that holds a connection. Calls of other tasks, which may still wait in the thread, are
    no part of it.
    """

    __slots__ = ("begin", "restricts")

    def __init__(self, begin: str, restricts: bool) -> None:
        self.begin: str | None = begin
        """How it begins with its first statement; None when it has begun."""
        self.restricts = restricts
        """Whether the connection is kept from writing until it is over."""


class Thread(aiosqlite.Connection):
    """A connection in its thread, opened by the first call. aiosqlite makes a trip to the thread of every step, and one
    back for every result; here a call is all steps of a statement, and results that are ready together come back
    together.
    """

    def __init__(
        self, connect: Callable[[], sqlite3.Connection], setups: Setups, timeout: float, is_reader: bool
    ) -> None:
        super().__init__(connect, iter_chunk_size=64)
        self.is_reader = is_reader
        """Whether it can only read."""
        self.timeout = timeout
        """Seconds that a statement waits for the file's lock."""
        self._worker: threading.Thread = self._thread
        self._worker.daemon = True  # a database that nobody closed must not keep the interpreter from ending
        self.loop = asyncio.get_running_loop()
        self.guard = threading.Lock()
        """Held during an interrupt. A call that was cancelled passes it before it ends."""
        self.running: Call | None = None
        self.setups = setups
        self.applied = -1
        """How many of the setups it has; -1 before it is connected."""
        self.done: deque[Call] = deque()
        self.is_telling = False
        self.load = 0
        """How many calls it was given that are not over."""
        self.holder: object = None
        """The task that has it for itself."""
        self.streams: set[sqlite3.Cursor] = set()
        """The cursors that are open between calls."""
        self.unit: Unit | None = None
        """The transaction that the call which runs belongs to."""
        self._worker.start()

    @property
    def raw(self) -> sqlite3.Connection:
        """The connection itself, for functions that run in the thread."""
        return self._conn

    # In the event loop

    def put(self, call: Call) -> None:
        """Run a call after those that were put before."""
        call.thread = self
        self.load += 1
        self._tx.put_nowait((None, call))

    async def call(self, function: Callable[..., Any], *arguments: object) -> Any:  # whatever the function returns
        """Run a function in the thread, for the task that holds it. When cancelled, what it runs is interrupted, and
        is over.
        """
        call = Call(function, arguments, self.loop.create_future())
        self.put(call)
        try:
            await call.future
        except asyncio.CancelledError:
            try:
                await self.stop_call(call)
            finally:
                if self.streams:  # as long as there are any, the interrupt hits every statement that follows
                    await self.call_through(end_streams)
            raise
        return call.outcome()

    async def call_through(self, function: Callable[..., Any], *arguments: object) -> Any:  # likewise
        """Run a function in the thread, to its end however often the task is cancelled; that is raised after it."""
        call = Call(function, arguments, self.loop.create_future())
        self.put(call)
        await until_over(call)
        return call.outcome()

    async def stop_call(self, call: Call) -> None:
        """Interrupt a call whose task was cancelled, and wait until it is over."""
        if call.is_over:
            return
        call.future = self.loop.create_future()
        self.interrupt_call(call)
        await until_over(call)

    def interrupt_call(self, call: Call) -> None:
        """Interrupt a call, again and again: an interrupt between two of its statements is without effect."""
        if call.is_over:
            return
        with self.guard:
            call.is_cancelled = True
            if self.running is call and self._connection is not None:
                self._connection.interrupt()
        self.loop.call_later(AGAIN, self.interrupt_call, call)

    def settle(self) -> None:
        """Take what the thread has told."""
        self.is_telling = False
        done = self.done
        while done:
            self.load -= 1
            done.popleft().end()

    async def end(self) -> None:
        """Close the connection and end the thread, after all calls."""
        end = self.stop()
        assert end is not None
        await finish(asyncio.wait((end,)))
        end.result()

    # In the thread

    def prepare(self) -> None:
        """Connect, and do what is new for all connections."""
        if self.applied < 0:
            self._connection = self._connector()
            self.applied = 0
        raw = self.raw
        if raw.in_transaction or self.streams:
            return  # after it
        while self.applied < self.setups.count:
            setup, told = self.setups.setups[self.applied]
            if told is not self:
                setup(raw)
            self.applied += 1

    def tell(self, call: Call) -> None:
        """Hand a call that is over to the event loop, which is woken once for all that it has not seen yet."""
        self.done.append(call)
        if not self.is_telling:
            self.is_telling = True
            self.loop.call_soon_threadsafe(self.settle)

    def start(self, sql: str, parameters: Sequence[object]) -> sqlite3.Cursor:
        """Begin a statement, and the transaction before it where one begins with it."""
        if self.unit is not None:
            self.begun()
        return self.patiently(sql, parameters)

    def begun(self) -> sqlite3.Connection:
        """The connection, on which the transaction has begun. Raises TransactionError when SQLite has ended it."""
        raw, unit = self.raw, self.unit
        if unit is None:
            return raw
        if unit.begin is not None:
            if unit.restricts:
                raw.execute("PRAGMA query_only = ON")
            self.patiently(unit.begin, ())
            unit.begin = None
        elif not raw.in_transaction:
            raise TransactionError(
                "SQLite has rolled the transaction back, because a statement in it was interrupted or failed: run "
                "it again as a whole"
            )
        return raw

    def check_wanted(self) -> None:
        """Raise what an interrupt raises when the call that runs was cancelled."""
        if self.running is not None and self.running.is_cancelled:
            raise sqlite3.OperationalError("interrupted")

    def patiently(self, sql: str, parameters: Sequence[object]) -> sqlite3.Cursor:
        """Execute a statement, waiting while another process or connection holds the file's lock."""
        try:
            return self.raw.execute(sql, parameters)
        except sqlite3.OperationalError as error:
            if not is_busy(error):
                raise
            end = monotonic() + self.timeout - SLICE
            while True:
                try:
                    if monotonic() > end or (self.running is not None and self.running.is_cancelled):
                        raise error
                    return self.raw.execute(sql, parameters)
                except sqlite3.OperationalError as again:
                    if again is error or not is_busy(again):
                        raise


def is_busy(error: sqlite3.OperationalError) -> bool:
    """Whether a statement found the file locked, and may be tried again."""
    code = getattr(error, "sqlite_errorcode", 0)
    return code & 255 == BUSY and code != BUSY_SNAPSHOT


async def until_over(call: Call) -> None:
    """Wait for a call however often the task is cancelled meanwhile; a cancellation is raised after it."""
    cancellation: asyncio.CancelledError | None = None
    while not call.is_over:
        try:
            await call.future
        except asyncio.CancelledError as error:
            cancellation = error
            if not call.is_over:
                call.future = call.future.get_loop().create_future()
    if cancellation is not None:
        raise cancellation from call.error


def end_streams(thread: Thread) -> None:
    """Close the open cursors."""
    while thread.streams:
        thread.streams.pop().close()
