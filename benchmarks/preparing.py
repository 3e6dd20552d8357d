"""Calling and compiling a prepared query, beside building and compiling it each time."""

from __future__ import annotations

from collections.abc import Callable
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.measure import ratio, take_turns
from benchmarks.with_qb import Album, Artist, Track
from qb import Query, Select, fn, query, select
from qb.dialect import find_dialect


def by_key(number: int) -> Select[Any]:
    return select(Album.id, Album.title, Album.plays).where(Album.id == number)


def joined(plays: int) -> Select[Any]:
    tracks = fn.count(Track.id)
    return (
        select(Artist.name, Album.title, tracks.as_("tracks"), fn.sum(Track.seconds).as_("seconds"))
        .from_(Album)
        .join(Artist, on=Album.artist_id == Artist.id)
        .left_join(Track, on=Track.album_id == Album.id)
        .where(Album.plays > plays)
        .group_by(Artist.name, Album.title)
        .order_by(tracks.desc())
        .limit(10)
    )


def joined_by_two(plays: int, artist: str) -> Select[Any]:
    return joined(plays).where(Artist.name == artist)


QUERIES: list[tuple[str, Callable[..., Query[Any]], tuple[object, ...]]] = [
    ("select by primary key, 1 argument", by_key, (7,)),
    ("2 joins, aggregates, 1 argument", joined, (100,)),
    ("2 joins, aggregates, 2 arguments", joined_by_two, (100, "AC/DC")),
]
EMPTY, BUILT, PREPARED = "an empty function", "built", "prepared"


def contestants(
    build: Callable[..., Query[Any]], arguments: tuple[Any, ...], name: str
) -> dict[str, Callable[[], object]]:
    """The two ways to compile one query, and a call that does nothing."""
    dialect, prepared = find_dialect(name), query(build)
    if len(arguments) == 1:
        first = arguments[0]
        return {
            EMPTY: lambda: None,
            BUILT: lambda: build(first).compile(dialect),
            PREPARED: lambda: prepared(first).compile(dialect),
        }
    first, second = arguments
    return {
        EMPTY: lambda: None,
        BUILT: lambda: build(first, second).compile(dialect),
        PREPARED: lambda: prepared(first, second).compile(dialect),
    }


def table() -> Table:
    """Microseconds, and how many calls of an empty function or of the prepared query fit in."""
    shown = Table(title="Call and compile a prepared query: microseconds", title_justify="left")
    for heading in ("", "dialect", EMPTY, PREPARED, "ratio to empty", "built each time", "ratio to prepared"):
        shown.add_column(heading, justify="right" if heading not in ("", "dialect") else "left")
    for title, build, arguments in QUERIES:
        for name in ("sqlite", "postgres"):
            times = take_turns(contestants(build, arguments, name))
            empty, built, prepared = [f"{median(found) * 1e6:,.2f}" for found in times.values()]
            to_empty, to_prepared = ratio(times, PREPARED, EMPTY), ratio(times, BUILT, PREPARED)
            shown.add_row(title, name, empty, prepared, f"{to_empty:.0f}", built, f"{to_prepared:.1f}")
    return shown
