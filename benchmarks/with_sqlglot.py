"""The queries of the building benchmark in sqlglot's builder, from its expressions rather than from texts to parse."""

from __future__ import annotations

from typing import Any

from sqlglot import exp, select

from benchmarks.with_qb import ROWS


def column(table: str, name: str) -> Any:
    return exp.column(name, table=table)


def primary_key() -> Any:
    return (
        select(column("albums", "id"), column("albums", "title"), column("albums", "plays"))
        .from_("albums")
        .where(column("albums", "id").eq(7))
    )


def joins() -> Any:
    count = exp.Count(this=column("tracks", "id"))
    return (
        select(
            column("artists", "name"),
            column("albums", "title"),
            count.as_("tracks"),
            exp.Sum(this=column("tracks", "seconds")).as_("seconds"),
        )
        .from_("albums")
        .join("artists", on=column("albums", "artist_id").eq(column("artists", "id")))
        .join("tracks", on=column("tracks", "album_id").eq(column("albums", "id")), join_type="left")
        .where(column("albums", "plays") > 100, column("artists", "name").like("A%"))
        .group_by(column("artists", "name"), column("albums", "title"))
        .having(count >= 3)
        .order_by(count.desc(nulls_first=True))
        .limit(10)
    )


def insert_many() -> Any:
    return exp.insert(exp.values([tuple(row.values()) for row in ROWS]), "albums", columns=list(ROWS[0]))


def ranking() -> Any:
    plays = column("busy", "plays")
    busy = (
        select(
            column("albums", "artist_id"),
            exp.Count(this=exp.Star()).as_("albums"),
            exp.Sum(this=column("albums", "plays")).as_("plays"),
        )
        .from_("albums")
        .group_by(column("albums", "artist_id"))
    )
    good = select(column("albums", "artist_id")).from_("albums").where(column("albums", "rating") > 4.5)
    rank = exp.Window(
        this=exp.Anonymous(this="rank"),
        order=exp.Order(expressions=[plays.desc(nulls_first=True)]),
    )
    return (
        select(column("artists", "name"), plays, rank.as_("place"))
        .with_("busy", as_=busy)
        .from_("busy")
        .join("artists", on=column("artists", "id").eq(column("busy", "artist_id")))
        .where(column("busy", "albums") >= 3, column("busy", "artist_id").isin(query=good))
        .order_by(plays.desc(nulls_first=True))
        .limit(10)
    )
