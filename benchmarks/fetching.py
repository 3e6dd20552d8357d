"""Fetching rows from SQLite, beside the driver alone."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import aiosqlite
from rich.table import Table as Shown

from benchmarks.measure import ratio, take_turns_async
from qb import Database, Query, Table, col, insert, select

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


WHOLE = select(Play)
PLAIN = select(Play.id, Play.artist, Play.album, Play.track, Play.position, Play.seconds, Play.rating)
ONE = PLAIN.where(Play.id == 500)


async def table() -> Shown:
    """Microseconds, and how many times as long as the driver."""
    shown = Shown(title="Fetch from SQLite (a file): microseconds", title_justify="left")
    for heading in ("", "aiosqlite", "qb", "ratio"):
        shown.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        path = Path(folder, "plays.db")
        async with Database.connect(f"sqlite:///{path}") as db, aiosqlite.connect(path) as raw:
            await fill(db)
            queries: list[tuple[str, Query[Any]]] = [
                ("1 row by primary key, 7 columns", ONE),
                (f"{COUNT} rows, 7 columns", PLAIN),
                (f"{COUNT} rows, 8 columns, one of them a date", WHOLE),
            ]
            for title, query in queries:
                sql, parameters = query.compile("sqlite")
                times = await take_turns_async(
                    {
                        "aiosqlite": partial(raw.execute_fetchall, sql, parameters),
                        "qb": partial(db.fetch_all, query),
                    }
                )
                middles = [f"{median(found) * 1e6:,.0f}" for found in times.values()]
                shown.add_row(title, *middles, f"{ratio(times, 'qb', 'aiosqlite'):.2f}")
    shown.caption = "aiosqlite gives bare tuples and leaves the date a text; qb's time includes building and compiling"
    shown.caption_justify = "left"
    return shown


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
