"""Fetching rows from SQLite, beside the driver alone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiosqlite
from rich.table import Table as Shown

from benchmarks.measure import ratio, take_turns_async
from qb import Database, Query, Table, col, insert, query, select

COUNT = 1000


class Play(Table, name="plays"):
    id = col.integer().primary_key()
    artist = col.text()
    album = col.text()
    track = col.text()
    position = col.integer()
    seconds = col.integer()
    rating = col.real()
    on = col.date()


def whole() -> Query[Any]:
    return select(Play)


def plain() -> Query[Any]:
    return select(Play.id, Play.artist, Play.album, Play.track, Play.position, Play.seconds, Play.rating)


def one(number: int) -> Query[Any]:
    return select(Play.id, Play.artist, Play.album, Play.track, Play.position, Play.seconds, Play.rating).where(
        Play.id == number
    )


async def table() -> Shown:
    """Microseconds, and how many times as long as the driver."""
    shown = Shown(title="Fetch from SQLite (a file): microseconds", title_justify="left")
    for heading in ("", "aiosqlite", "qb", "ratio", "qb, prepared", "ratio"):
        shown.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        path = Path(folder, "plays.db")
        async with Database.connect(f"sqlite:///{path}") as db, aiosqlite.connect(path) as raw:
            await fill(db)
            reads: list[tuple[str, Callable[..., Query[Any]], tuple[int, ...]]] = [
                ("1 row by primary key, 7 columns", one, (500,)),
                (f"{COUNT} rows, 7 columns", plain, ()),
                (f"{COUNT} rows, 8 columns, one of them a date", whole, ()),
            ]
            for title, build, arguments in reads:
                times = await take_turns_async(contestants(db, raw, build, arguments))
                found = {name: median(seconds) * 1e6 for name, seconds in times.items()}
                cells = [f"{found.pop('aiosqlite'):,.0f}"]
                for name, microseconds in found.items():
                    cells += [f"{microseconds:,.0f}", f"{ratio(times, name, 'aiosqlite'):.2f}"]
                shown.add_row(title, *cells)
    shown.caption = (
        "aiosqlite gives bare tuples and leaves the date a text; qb's time includes building and compiling,\n"
        "or the call of the prepared query"
    )
    shown.caption_justify = "left"
    return shown


def contestants(
    db: Database, raw: aiosqlite.Connection, build: Callable[..., Query[Any]], arguments: tuple[int, ...]
) -> dict[str, Callable[[], Awaitable[object]]]:
    """Everyone's way to fetch the rows of one query."""
    sql, parameters = build(*arguments).compile("sqlite")
    prepared = query(build)
    return {
        "aiosqlite": lambda: raw.execute_fetchall(sql, parameters),
        "qb": lambda: db.fetch_all(build(*arguments)),
        "qb, prepared": lambda: db.fetch_all(prepared(*arguments)),
    }


async def fill(db: Database) -> None:
    """Create the table and its rows."""
    await db.create_tables(Play)
    first = date(2024, 1, 1)
    await db.execute(
        insert(Play).values_many(
            {
                "artist": f"Artist {n % 50}",
                "album": f"Album {n % 200}",
                "track": f"Track {n}",
                "position": n % 12,
                "seconds": 120 + n % 300,
                "rating": n % 10 / 2,
                "on": first + timedelta(days=n),
            }
            for n in range(COUNT)
        )
    )
