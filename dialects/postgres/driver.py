"""PostgreSQL through asyncpg: a pool, prepared statements, and no round trip that nobody asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

import asyncpg

from dialects.postgres.pool import Lease, Pool
from qb.dialect import Dialect, Driver
from qb.errors import DatabaseClosed, QbError
from qb.tasks import finish

if TYPE_CHECKING:
    from qb import Database

SETTINGS = {"TimeZone": "UTC", "standard_conforming_strings": "on"}
"""Of every session; the latter says that a backslash in a literal is no escape."""


class PostgresDriver(Driver):
    """`postgresql://user:password@host:port/name`.

    The pool keeps `min_size` (1) to `max_size` (10) connections. Who needs one when all are in use waits up to
    `pool_timeout` seconds (30), then TimeoutExceeded is raised. Connections that nobody used for `max_idle` seconds
    (300), and free ones older than `max_lifetime` (3600), are closed; 0 keeps them. `server_settings` are PostgreSQL's,
    for every session; `command_timeout` is for how many seconds a statement may run, seen from here. Other options
    are those of `asyncpg.connect`: `ssl`, `timeout`, `statement_cache_size`, …

    Sessions are in UTC, so that dates taken from moments are the same everywhere.
    """

    def __init__(
        self,
        dialect: Dialect,
        url: str,
        *,
        min_size: int = 1,
        max_size: int = 10,
        pool_timeout: float = 30.0,
        max_idle: float = 300.0,
        max_lifetime: float = 3600.0,
        server_settings: dict[str, str] | None = None,
        **options: Any,  # asyncpg checks them
    ) -> None:
        self.dialect = dialect
        self._url = url
        self._options = {**options, "server_settings": {**SETTINGS, **(server_settings or {})}}
        self._size = (min_size, max_size)
        self._limits = (pool_timeout, max_idle, max_lifetime)
        self._pool: Pool | None = None

    @classmethod
    def of(cls, db: Database[Any]) -> Self:
        """The driver of a database, for type checkers: `PostgresDriver.of(db).pool.size`. Raises QbError when it is
        another one's.
        """
        if not isinstance(db.driver, cls):
            raise QbError(f"this is a database of {db.dialect.name}, not of PostgreSQL")
        return db.driver

    async def open(self) -> None:
        if self._pool is not None:
            return
        pool = Pool(self._connect, self._size, *self._limits)
        await pool.open()
        self._pool = pool

    async def close(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            await finish(pool.close())

    def check_open(self) -> None:
        if self._pool is None:
            raise DatabaseClosed("the database is not open")

    @property
    def pool(self) -> Pool:
        """The connections. Raises DatabaseClosed when there are none."""
        if self._pool is None:
            raise DatabaseClosed("the database is not open")
        return self._pool

    def acquire(self, reads: bool = False) -> Lease:
        if self._pool is None:
            raise DatabaseClosed("the database is not open")
        return self._pool.lease()

    async def _connect(self) -> asyncpg.Connection:
        try:
            return await asyncpg.connect(self._url, **self._options)
        except TypeError as error:
            raise QbError(f"an option that neither qb nor asyncpg.connect() has: {error}") from error
