"""Comparisons beyond those of test_where: NULL as a value, regular expressions, collations."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, Expr, Table, col, select
from qb.errors import CompileError, DatabaseError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Event, Genre


@feature("Expressions", "IS DISTINCT FROM", sqlite="bridged")
async def test_null_is_a_value_like_any_other(check: Check) -> None:
    await check(
        select(
            Album.genre.is_distinct_from(Genre.POP),
            Album.genre.is_not_distinct_from(None),
            Album.price.is_not_distinct_from(Decimal("9.2500")),
            ~Album.released.is_distinct_from(Album.released),
        ).order_by(Album.id),
        sqlite=(
            'SELECT "albums"."genre" IS NOT ?, "albums"."genre" IS NULL, ("albums"."price" * 100) IS ?, '
            'NOT "albums"."released" IS NOT "albums"."released" FROM "albums" ORDER BY "albums"."id"'
        ),
        postgres=(
            'SELECT "albums"."genre" IS DISTINCT FROM $1, "albums"."genre" IS NOT DISTINCT FROM NULL, '
            '"albums"."price" IS NOT DISTINCT FROM $2, '
            'NOT "albums"."released" IS DISTINCT FROM "albums"."released" FROM "albums" ORDER BY "albums"."id"'
        ),
        parameters=["pop", 92500],
        postgres_parameters=["pop", Decimal("9.2500")],
        rows=[
            (False, False, False, True),
            (True, False, False, True),
            (True, False, True, True),
            (True, True, False, True),
        ],
    )


async def test_distinction_inside_of_other_predicates(filled: Executor) -> None:
    query = select(Album.id).where(Album.genre.is_distinct_from(Genre.JAZZ) == Album.live).order_by(Album.id)
    assert await filled.fetch_all(query) == [(2,), (3,), (4,)]


@feature("Expressions", "ILIKE, NOT ILIKE", sqlite="bridged")
async def test_not_ilike(check: Check) -> None:
    await check(
        select(Artist.name).where(Artist.name.not_ilike("%I%")),
        sqlite='SELECT "artists"."name" FROM "artists" WHERE "artists"."name" NOT LIKE ? ESCAPE \'\\\'',
        postgres='SELECT "artists"."name" FROM "artists" WHERE "artists"."name" NOT ILIKE $1',
        parameters=["%I%"],
        rows=[],
    )


@feature("Expressions", "regular expressions", sqlite="bridged", d1="refused")
async def test_regular_expressions(check: Check) -> None:
    await check(
        select(
            Artist.name.matches("i.?$"),
            Artist.name.matches("^[jn]", ignore_case=True),
            Artist.country.not_matches("A"),
            Artist.country.not_matches("a", ignore_case=True),
            Artist.name.matches("^" + Artist.name + "$"),
        ).order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name" REGEXP ?, "artists"."name" REGEXP (\'(?i)\' || ?), '
            '"artists"."country" NOT REGEXP ?, "artists"."country" NOT REGEXP (\'(?i)\' || ?), '
            '"artists"."name" REGEXP (? || "artists"."name" || ?) FROM "artists" ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT "artists"."name" ~ $1, "artists"."name" ~* $2, "artists"."country" !~ $3, '
            '"artists"."country" !~* $4, "artists"."name" ~ ($5::text || "artists"."name" || $6) '
            'FROM "artists" ORDER BY "artists"."id"'
        ),
        parameters=["i.?$", "^[jn]", "A", "a", "^", "$"],
        rows=[(True, True, False, False, True), (False, False, True, True, True), (False, True, None, None, True)],
    )


def test_d1_says_what_would_do() -> None:
    with pytest.raises(UnsupportedError, match=r"\.like"):
        select(Artist.id).where(Artist.name.matches("x")).compile("d1")  # type: ignore[qb-dialect]  # the mistake


async def test_a_bad_pattern_is_an_error_of_the_database(filled: Executor) -> None:
    with pytest.raises(UnsupportedError if filled.dialect.name == "d1" else DatabaseError):
        await filled.fetch_all(select(Artist.name.matches("(")))


class Word(Table, name="words"):
    text = col.text()


@feature("Expressions", "COLLATE")
async def test_the_name_of_a_collation_is_quoted(check: Check) -> None:
    name = "C" if check.dialect == "postgres" else "nocase"
    await check(
        select(Artist.name).where(Artist.name.collate(name) == "Nina").order_by(Artist.name.collate(name).desc()),
        sqlite=(
            f'SELECT "artists"."name" FROM "artists" WHERE "artists"."name" COLLATE "{name}" = ? '
            f'ORDER BY "artists"."name" COLLATE "{name}" DESC'
        ),
        parameters=["Nina"],
        rows=[("Nina",)],
    )
    await check(
        select((Artist.name + "x").collate(name) < "a").where(Artist.id == 1),
        sqlite=(
            f'SELECT ("artists"."name" || ?) COLLATE "{name}" < ? FROM "artists" WHERE "artists"."id" = ?'
        ),
        parameters=["x", "a", 1],
        rows=[(name == "C",)],
    )  # fmt: skip


@pytest.mark.parametrize("column", [Album.id, Album.genre, Album.price, Event.happened])
def test_only_texts_match_and_have_collations(column: Expr[Any]) -> None:
    with pytest.raises(CompileError, match=r"matches\(\) is for text"):
        column.matches("x")
    with pytest.raises(CompileError, match=r"collate\(\) is for text"):
        column.collate("x")


@pytest.mark.parametrize("name", ["", "a\0b"])
def test_what_cannot_be_a_name(name: str) -> None:
    with pytest.raises(CompileError, match="identifier"):
        select(Word.text.collate(name)).compile("sqlite")
