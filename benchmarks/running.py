"""Running queries on SQLite (a file) and on PostgreSQL, beside the driver alone and other libraries."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, Protocol

import aiosqlite
import asyncpg
import sqlalchemy
from piccolo.engine.postgres import PostgresEngine
from piccolo.engine.sqlite import SQLiteEngine
from rich.table import Table as Shown
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.measure import ratio, take_turns_async
from benchmarks.running_piccolo import Piccolo
from benchmarks.running_tortoise import Tortoise, tortoise
from qb import Database, Query, Table, col, insert, query, select
from tests.postgres_server import running_server

COUNT = 1000
BULK = 10_000
TASKS = 50
ROUNDS = 15
PRAGMAS = ("PRAGMA synchronous = NORMAL", "PRAGMA foreign_keys = ON")
"""What qb says to its connections, so that all do the same work."""

Contestants = dict[str, Callable[[], Awaitable[object]]]


class Play(Table, name="plays"):
    id = col.integer().primary_key()
    artist = col.text()
    album = col.text()
    track = col.text()
    position = col.integer()
    seconds = col.integer()
    rating = col.real()
    note = col.text()


class Log(Table, name="logs"):
    id = col.integer().primary_key()
    artist = col.text()
    album = col.text()
    track = col.text()
    seconds = col.integer()
    on = col.date()


NAMES = ("id", "artist", "album", "track", "position", "seconds", "rating", "note")
PlayRow = namedtuple("PlayRow", NAMES)  # type: ignore[misc]  # rows as people make them of the driver's
COLUMNS = ", ".join(NAMES)
ALL = f"SELECT {COLUMNS} FROM plays"

core = sqlalchemy.MetaData()
PLAYS = sqlalchemy.Table(
    "plays",
    core,
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
    *[sqlalchemy.Column(name, sqlalchemy.Text) for name in NAMES[1:4]],
    *[sqlalchemy.Column(name, sqlalchemy.Integer) for name in NAMES[4:6]],
    sqlalchemy.Column("rating", sqlalchemy.Float),
    sqlalchemy.Column("note", sqlalchemy.Text),
)
LOGS = sqlalchemy.Table(
    "logs",
    core,
    sqlalchemy.Column("id", sqlalchemy.Integer, primary_key=True),
    *[sqlalchemy.Column(name, sqlalchemy.Text) for name in NAMES[1:4]],
    sqlalchemy.Column("seconds", sqlalchemy.Integer),
    sqlalchemy.Column("on", sqlalchemy.Date),
)


def one(number: int) -> Query[Any]:
    return select(Play).where(Play.id == number)


def whole(most: int) -> Query[Any]:
    return select(Play).limit(most)


def log(artist: str, album: str, track: str, seconds: int, on: date) -> Any:
    return insert(Log).values(artist=artist, album=album, track=track, seconds=seconds, on=on)


prepared_one, prepared_whole, prepared_log = query(one), query(whole), query(log)
ROW = ("Joni Mitchell", "Blue", "River", 240, date(1971, 6, 22))
KEYS = ("artist", "album", "track", "seconds", "on")
ROWS: list[Any] = [
    dict(
        zip(KEYS, (f"Artist {n % 50}", f"Album {n % 200}", f"Track {n}", 120 + n % 300, date(2024, 1, 1)), strict=True)
    )
    for n in range(BULK)
]


class Driver(Protocol):
    """The best way to do each job with a driver alone, rows made into named tuples."""

    name: str

    async def one(self) -> Any: ...
    async def one_of_many(self) -> Any: ...
    async def all(self) -> Any: ...
    async def add(self) -> None: ...
    async def bulk(self) -> None: ...


class Aiosqlite:
    name = "aiosqlite"
    ONE = f"SELECT {COLUMNS} FROM plays WHERE id = ?"
    ADD = 'INSERT INTO logs (artist, album, track, seconds, "on") VALUES (?, ?, ?, ?, ?)'

    def __init__(self, raw: aiosqlite.Connection) -> None:
        self.raw = raw

    async def one(self) -> Any:
        [row] = map(PlayRow._make, await self.raw.execute_fetchall(self.ONE, (500,)))
        return row

    one_of_many = one

    async def all(self) -> Any:
        return list(map(PlayRow._make, await self.raw.execute_fetchall(ALL)))

    async def add(self) -> None:
        await self.raw.execute_insert(self.ADD, (*ROW[:4], ROW[4].isoformat()))
        await self.raw.commit()

    async def bulk(self) -> None:
        rows = [(row["artist"], row["album"], row["track"], row["seconds"], row["on"].isoformat()) for row in ROWS]
        await self.raw.executemany(self.ADD, rows)
        await self.raw.commit()


class Asyncpg:
    name = "asyncpg"
    ONE = f"SELECT {COLUMNS} FROM plays WHERE id = $1"
    ADD = 'INSERT INTO logs (artist, album, track, seconds, "on") VALUES ($1, $2, $3, $4, $5)'

    def __init__(self, raw: asyncpg.Connection, pool: asyncpg.Pool) -> None:
        self.raw = raw
        self.pool = pool

    async def one(self) -> Any:
        return PlayRow._make(await self.raw.fetchrow(self.ONE, 500))

    async def one_of_many(self) -> Any:
        return PlayRow._make(await self.pool.fetchrow(self.ONE, 500))

    async def all(self) -> Any:
        return list(map(PlayRow._make, await self.raw.fetch(ALL)))

    async def add(self) -> None:
        async with self.raw.transaction():
            await self.raw.execute(self.ADD, *ROW)

    async def bulk(self) -> None:
        rows = [(row["artist"], row["album"], row["track"], row["seconds"], row["on"]) for row in ROWS]
        await self.raw.copy_records_to_table("logs", records=rows, columns=list(KEYS))


class Library(Protocol):
    """How another library does each job, in what its documentation shows as the fastest way."""

    name: str

    async def one(self) -> Any: ...
    async def all(self) -> Any: ...
    async def add(self, row: dict[str, Any]) -> None: ...
    async def bulk(self, rows: list[dict[str, Any]]) -> None: ...


class Core:
    """SQLAlchemy's Core, rows as it gives them."""

    name = "SQLAlchemy"

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine

    async def one(self) -> Any:
        async with self.engine.connect() as connection:
            return (await connection.execute(sqlalchemy.select(PLAYS).where(PLAYS.c.id == 500))).one()

    async def all(self) -> Any:
        async with self.engine.connect() as connection:
            return (await connection.execute(sqlalchemy.select(PLAYS))).all()

    async def add(self, row: dict[str, Any]) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sqlalchemy.insert(LOGS).values(row))

    async def bulk(self, rows: list[dict[str, Any]]) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sqlalchemy.insert(LOGS), rows)


class Bench:
    """The contestants, on one database."""

    def __init__(self, db: Database, raw: Driver, libraries: list[Library]) -> None:
        self.db = db
        self.raw = raw
        self.libraries = libraries

    async def qb_add(self) -> None:
        async with self.db.transaction():
            await self.db.execute(prepared_log(*ROW))

    def jobs(self) -> list[tuple[str, Contestants]]:
        """Everyone's way to do each job; the driver comes first."""
        db, raw, others = self.db, self.raw, self.libraries
        return [
            (
                "a row by its primary key",
                {
                    raw.name: raw.one,
                    "qb": lambda: db.fetch_one(one(500)),
                    "qb, prepared": lambda: db.fetch_one(prepared_one(500)),
                    **{other.name: other.one for other in others},
                },
            ),
            (
                f"{COUNT:,} rows of 8 columns",
                {
                    raw.name: raw.all,
                    "qb": lambda: db.fetch_all(whole(COUNT)),
                    "qb, prepared": lambda: db.fetch_all(prepared_whole(COUNT)),
                    **{other.name: other.all for other in others},
                },
            ),
            (
                "an insert in a transaction",
                {
                    raw.name: raw.add,
                    "qb": lambda: db.batch(log(*ROW)),
                    "qb, prepared": self.qb_add,
                    **{other.name: partial(other.add, dict(zip(KEYS, ROW, strict=True))) for other in others},
                },
            ),
            (
                f"{BULK:,} rows inserted",
                {
                    raw.name: raw.bulk,
                    "qb": lambda: db.insert_many(Log, ROWS),
                    **{other.name: partial(other.bulk, ROWS) for other in others},
                },
            ),
            (
                f"{TASKS} tasks, each 10 rows by key",
                {
                    raw.name: lambda: at_once(raw.one_of_many),
                    "qb": lambda: at_once(lambda: db.fetch_one(one(500))),
                    "qb, prepared": lambda: at_once(lambda: db.fetch_one(prepared_one(500))),
                    **{other.name: partial(at_once, other.one) for other in others},
                },
            ),
        ]


async def at_once(job: Callable[[], Awaitable[object]]) -> None:
    """Do a job ten times in each of many tasks."""

    async def work() -> None:
        for _ in range(10):
            await job()

    await asyncio.gather(*[work() for _ in range(TASKS)])


async def on_sqlite() -> Shown:
    """A file."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "plays.db")
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=TASKS)
        sqlalchemy.event.listen(engine.sync_engine, "connect", settings)
        async with Database.connect(f"sqlite:///{path}") as db, aiosqlite.connect(path) as raw:
            for pragma in PRAGMAS:
                await raw.execute(pragma)
            await fill(db)
            async with tortoise(f"sqlite://{path}?synchronous=NORMAL&foreign_keys=ON"):
                libraries: list[Library] = [Core(engine), Piccolo(SQLiteEngine(str(path))), Tortoise()]
                shown = await table("SQLite (a file)", Bench(db, Aiosqlite(raw), libraries))
        await engine.dispose()
        return shown


async def on_postgres() -> Shown:
    """A server of its own, which is not waited for the disk by."""
    with running_server() as server:
        engine = create_async_engine(server.url.replace("postgresql", "postgresql+asyncpg"), pool_size=TASKS)
        piccolo = PostgresEngine({"dsn": server.url}, extensions=(), log_queries=False)
        await piccolo.start_connection_pool()
        url = server.url.replace("postgresql", "asyncpg")
        async with Database.connect(server.url) as db, asyncpg.create_pool(server.url) as pool, tortoise(url):
            await fill(db)
            async with pool.acquire() as raw:
                libraries: list[Library] = [Core(engine), Piccolo(piccolo), Tortoise()]
                shown = await table("PostgreSQL", Bench(db, Asyncpg(raw, pool), libraries))
        await piccolo.close_connection_pool()
        await engine.dispose()
        return shown


async def table(title: str, bench: Bench) -> Shown:
    """Microseconds, and how many times as long as the driver."""
    driver = bench.raw.name
    shown = Shown(title=f"Run on {title}: microseconds of the processor, and ratios", title_justify="left")
    names = (driver, "qb", "qb, prepared", *[library.name for library in bench.libraries])
    for heading in ("", *names):
        shown.add_column(heading, justify="right" if heading else "left")
    for job, contestants in bench.jobs():
        times = await take_turns_async(contestants, ROUNDS)
        cells = []
        for name in names:
            time = f"{median(times[name]) * 1e6:,.0f}" if name in times else ""
            cells.append(time if name == driver or not time else f"{time}  {ratio(times, name, driver):.2f}")
        shown.add_row(job, *cells)
    shown.caption = (
        f"{driver} in its best way, on a connection that it holds (a pool for the tasks), rows made into named\n"
        "tuples. The time is the program's, without a server's. qb's includes building and compiling, or the call\n"
        "of the prepared query; its insert in a transaction is a batch, and a block when it is prepared. SQLAlchemy's\n"
        "rows are named tuples, Piccolo's and Tortoise's dictionaries; Piccolo connects anew for each call on SQLite."
    )
    shown.caption_justify = "left"
    return shown


def settings(connection: Any, record: object) -> None:
    """The same pragmas for SQLAlchemy's connections."""
    for pragma in PRAGMAS:
        connection.execute(pragma)


async def fill(db: Database) -> None:
    """Create the tables and the rows."""
    await db.create_tables(Play, Log)
    await db.insert_many(
        Play,
        [
            {
                "artist": f"Artist {n % 50}",
                "album": f"Album {n % 200}",
                "track": f"Track {n}",
                "position": n % 12,
                "seconds": 120 + n % 300,
                "rating": n % 10 / 2,
                "note": str(date(2024, 1, 1) + timedelta(days=n)),
            }
            for n in range(COUNT)
        ],
    )
