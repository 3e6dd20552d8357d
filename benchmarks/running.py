"""Running queries on SQLite (a file), beside the driver alone and SQLAlchemy."""

from __future__ import annotations

import asyncio
from collections import namedtuple
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiosqlite
import sqlalchemy
from rich.table import Table as Shown
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from benchmarks.measure import ratio, take_turns_async
from qb import Database, Query, Table, col, insert, query, select

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
ONE = f"SELECT {COLUMNS} FROM plays WHERE id = ?"
ALL = f"SELECT {COLUMNS} FROM plays"
ADD = 'INSERT INTO logs (artist, album, track, seconds, "on") VALUES (?, ?, ?, ?, ?)'

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


class Bench:
    """The contestants, on one file."""

    def __init__(self, db: Database, raw: aiosqlite.Connection, engine: AsyncEngine) -> None:
        self.db = db
        self.raw = raw
        self.engine = engine

    # The driver's best way

    async def raw_one(self) -> Any:
        [row] = map(PlayRow._make, await self.raw.execute_fetchall(ONE, (500,)))
        return row

    async def raw_all(self) -> Any:
        return list(map(PlayRow._make, await self.raw.execute_fetchall(ALL)))

    async def raw_add(self) -> None:
        await self.raw.execute_insert(ADD, (*ROW[:4], ROW[4].isoformat()))
        await self.raw.commit()

    async def raw_bulk(self) -> None:
        rows = [(row["artist"], row["album"], row["track"], row["seconds"], row["on"].isoformat()) for row in ROWS]
        await self.raw.executemany(ADD, rows)
        await self.raw.commit()

    # qb

    async def qb_add(self) -> None:
        async with self.db.transaction():
            await self.db.execute(prepared_log(*ROW))

    # SQLAlchemy

    async def core_one(self) -> Any:
        async with self.engine.connect() as connection:
            return (await connection.execute(sqlalchemy.select(PLAYS).where(PLAYS.c.id == 500))).one()

    async def core_all(self) -> Any:
        async with self.engine.connect() as connection:
            return (await connection.execute(sqlalchemy.select(PLAYS))).all()

    async def core_add(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sqlalchemy.insert(LOGS).values(dict(zip(KEYS, ROW, strict=True))))

    async def core_bulk(self) -> None:
        async with self.engine.begin() as connection:
            await connection.execute(sqlalchemy.insert(LOGS), ROWS)

    def jobs(self) -> list[tuple[str, Contestants]]:
        """Everyone's way to do each job; the driver comes first."""
        db = self.db
        return [
            (
                "a row by its primary key",
                {
                    "aiosqlite": self.raw_one,
                    "qb": lambda: db.fetch_one(one(500)),
                    "qb, prepared": lambda: db.fetch_one(prepared_one(500)),
                    "SQLAlchemy": self.core_one,
                },
            ),
            (
                f"{COUNT:,} rows of 8 columns",
                {
                    "aiosqlite": self.raw_all,
                    "qb": lambda: db.fetch_all(whole(COUNT)),
                    "qb, prepared": lambda: db.fetch_all(prepared_whole(COUNT)),
                    "SQLAlchemy": self.core_all,
                },
            ),
            (
                "an insert in a transaction",
                {
                    "aiosqlite": self.raw_add,
                    "qb": lambda: db.batch(log(*ROW)),
                    "qb, prepared": self.qb_add,
                    "SQLAlchemy": self.core_add,
                },
            ),
            (
                f"{BULK:,} rows inserted",
                {
                    "aiosqlite": self.raw_bulk,
                    "qb": lambda: db.insert_many(Log, ROWS),
                    "SQLAlchemy": self.core_bulk,
                },
            ),
            (
                f"{TASKS} tasks, each 10 rows by key",
                {
                    "aiosqlite": lambda: at_once(self.raw_one),
                    "qb": lambda: at_once(lambda: db.fetch_one(one(500))),
                    "qb, prepared": lambda: at_once(lambda: db.fetch_one(prepared_one(500))),
                    "SQLAlchemy": lambda: at_once(self.core_one),
                },
            ),
        ]


async def at_once(job: Callable[[], Awaitable[object]]) -> None:
    """Do a job ten times in each of many tasks."""

    async def work() -> None:
        for _ in range(10):
            await job()

    await asyncio.gather(*[work() for _ in range(TASKS)])


async def table() -> Shown:
    """Microseconds, and how many times as long as the driver."""
    shown = Shown(title="Run on SQLite (a file): microseconds of the processor, and ratios", title_justify="left")
    for heading in ("", "aiosqlite", "qb", "qb, prepared", "SQLAlchemy"):
        shown.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        path = Path(folder, "plays.db")
        engine = create_async_engine(f"sqlite+aiosqlite:///{path}", pool_size=TASKS)
        sqlalchemy.event.listen(engine.sync_engine, "connect", settings)
        async with Database.connect(f"sqlite:///{path}") as db, aiosqlite.connect(path) as raw:
            for pragma in PRAGMAS:
                await raw.execute(pragma)
            await fill(db)
            for title, contestants in Bench(db, raw, engine).jobs():
                times = await take_turns_async(contestants, ROUNDS)
                cells = []
                for name in ("aiosqlite", "qb", "qb, prepared", "SQLAlchemy"):
                    if name not in times:
                        cells.append("")
                        continue
                    cell = f"{median(times[name]) * 1e6:,.0f}"
                    cells.append(cell if name == "aiosqlite" else f"{cell}  {ratio(times, name, 'aiosqlite'):.2f}")
                shown.add_row(title, *cells)
        await engine.dispose()
    shown.caption = (
        "aiosqlite in its best way (execute_fetchall, executemany), its rows made into named tuples.\n"
        "qb's time includes building and compiling, or the call of the prepared query; its insert in a\n"
        "transaction is a batch, and a block when it is prepared."
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
