"""FETCH … WITH TIES, and clauses taken away again."""

from __future__ import annotations

import re

import pytest

from qb import fn, select
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist


@feature("Select", "FETCH WITH TIES", sqlite="refused")
async def test_ties(check: Check) -> None:
    await check(
        select(Album.artist_id).order_by(Album.artist_id).offset(1).fetch(2, with_ties=True),
        postgres='SELECT "albums"."artist_id" FROM "albums" ORDER BY "albums"."artist_id" '
        "OFFSET $1 FETCH FIRST $2 ROWS WITH TIES",
        parameters=[1, 2],
        rows=[(1,), (2,), (2,)],
    )


async def test_fetch_without_ties_is_a_limit(check: Check) -> None:
    await check(
        select(Album.id).order_by(Album.id).fetch(1),
        sqlite='SELECT "albums"."id" FROM "albums" ORDER BY "albums"."id" LIMIT ?',
        parameters=[1],
        rows=[(1,)],
    )


def test_a_limit_takes_the_ties_back() -> None:
    query = select(Album.id).order_by(Album.id).fetch(2, with_ties=True)
    assert query.limit(1).compile("sqlite") == select(Album.id).order_by(Album.id).limit(1).compile("sqlite")
    assert query.clear("limit").compile("sqlite") == select(Album.id).order_by(Album.id).compile("sqlite")


def test_ties_need_an_order() -> None:
    with pytest.raises(CompileError, match=r"needs an \.order_by"):
        select(Album.id).fetch(2, with_ties=True).compile("postgres")
    with pytest.raises(CompileError, match="skip_locked"):
        query = select(Album.id).order_by(Album.id).with_for_update(skip_locked=True)
        query.fetch(2, with_ties=True).compile("postgres")
    with pytest.raises(UnsupportedError, match="rank"):
        select(Album.id).order_by(Album.id).fetch(2, with_ties=True).compile("d1")  # type: ignore[qb-dialect]  # the mistake


page = (
    select(Album.live)
    .distinct()
    .join(Artist, on=Album.artist_id == Artist.id)
    .where(Album.plays > 5)
    .group_by(Album.live)
    .having(fn.count() > 1)
    .order_by(Album.live)
    .limit(5)
    .offset(6)
)
WHOLE = (
    'SELECT DISTINCT "albums"."live" FROM "albums" INNER JOIN "artists" ON "albums"."artist_id" = "artists"."id" '
    'WHERE "albums"."plays" > ? GROUP BY "albums"."live" HAVING count(*) > ? ORDER BY "albums"."live" LIMIT ? OFFSET ?'
)


@pytest.mark.parametrize(
    ("clauses", "gone"),
    [
        (["order_by"], ' ORDER BY "albums"."live"'),
        (["limit", "offset"], " LIMIT ? OFFSET ?"),
        (["limit"], " LIMIT ?"),
        (["where"], ' WHERE "albums"."plays" > ?'),
        (["group_by", "having"], ' GROUP BY "albums"."live" HAVING count(*) > ?'),
        (["distinct"], " DISTINCT"),
        (["with_for_update"], ""),
        ([], ""),
    ],
    ids=str,
)
def test_cleared(clauses: list[str], gone: str) -> None:
    cleared = page.clear(*clauses)  # type: ignore[arg-type]  # names from a list
    assert str(cleared) == WHOLE.replace(gone, "")
    assert str(page) == WHOLE


@feature("Composition", "a query without some of its clauses: clear()")
async def test_a_page_and_the_number_of_all(check: Check) -> None:
    query = select(Album.title).where(Album.plays > 5).order_by(Album.plays.desc()).limit(1)
    await check(
        query.clear("order_by", "limit", "offset"),
        sqlite='SELECT "albums"."title" FROM "albums" WHERE "albums"."plays" > ?',
        parameters=[5],
        rows=[("Blue",), ("Hejira",), ("Kind of Blue",)],
    )


def test_an_unknown_clause() -> None:
    with pytest.raises(CompileError, match=re.escape("no clause 'orderby' to clear, did you mean \"order_by\"?")):
        page.clear("orderby")  # type: ignore[arg-type]  # the mistake
