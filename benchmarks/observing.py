"""What observers and caches cost, and what a cached result saves: a select by primary key from SQLite."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from rich.table import Table as Shown

from benchmarks.measure import ratio, take_turns_async
from qb import Database, Query, Table, col, query, select
from qb.observers import Event, Metrics


class Song(Table, name="songs"):
    id = col.integer().primary_key()
    title = col.text()
    plays = col.integer()


@query
def song(number: int) -> Query:
    return select(Song.id, Song.title, Song.plays).where(Song.id == number)


async def table() -> Shown:
    """Microseconds, and how many times as long as a database that nobody observes."""
    shown = Shown(title="Observers and caches: 1 row by primary key from SQLite, microseconds", title_justify="left")
    for heading in ("", "median", "ratio"):
        shown.add_column(heading, justify="right" if heading else "left")
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'plays.db')}"
        async with (
            Database.connect(url) as plain,
            Database.connect(url, observers=[ignore]) as observed,
            Database.connect(url, observers=[Metrics()]) as measured,
            Database.connect(url) as tracked,
        ):
            await plain.create_tables(Song)
            await plain.insert_many(Song, ({"title": f"Song {n}", "plays": n} for n in range(1000)))
            with plain.observe(ignore):
                pass  # whoever has stopped observing costs as little as who never did
            cached = tracked.cached(ttl=None)
            contestants: dict[str, Callable[[], Awaitable[object]]] = {
                "nobody observes": lambda: plain.fetch_all(song(500)),
                "an observer that does nothing": lambda: observed.fetch_all(song(500)),
                "metrics": lambda: measured.fetch_all(song(500)),
                "beside a strong cache": lambda: tracked.fetch_all(song(500)),
                "from the cache": lambda: cached.fetch_all(song(500)),
            }
            times = await take_turns_async(contestants)
    for name, seconds in times.items():
        shown.add_row(name, f"{median(seconds) * 1e6:,.1f}", f"{ratio(times, name, 'nobody observes'):.2f}")
    return shown


def ignore(event: Event) -> None:
    """Take an event, and do nothing."""
