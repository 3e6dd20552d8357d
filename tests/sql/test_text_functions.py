"""Functions that cut, fill and search texts: one meaning on every engine."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qb import Executor, Expr, fn, literal, select
from qb.errors import UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist


@feature("Functions", "left(), right(), position(), octet_length()", sqlite="bridged")
async def test_parts_of_a_text(check: Check) -> None:
    name = Artist.name
    await check(
        select(fn.left(name, 2), fn.right(name, 2), fn.position(name, "i"), fn.octet_length(name + "é")).order_by(
            Artist.id
        ),
        sqlite=(
            'SELECT substr("artists"."name", 1, ?), '
            'substr("artists"."name", max(length("artists"."name") - ?, 0) + 1), instr("artists"."name", ?), '
            'length(CAST("artists"."name" || ? AS BLOB)) FROM "artists" ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT left("artists"."name", $1::integer), right("artists"."name", $2::integer), '
            'strpos("artists"."name", $3::text), octet_length("artists"."name" || $4) FROM "artists" '
            'ORDER BY "artists"."id"'
        ),
        parameters=[2, 2, "i", "é"],
        rows=[("Jo", "ni", 4, 6), ("Mi", "es", 2, 7), ("Ni", "na", 2, 6)],
    )


@feature("Functions", "lpad(), rpad(), repeat()", sqlite="bridged")
async def test_filling_up(check: Check) -> None:
    name = Artist.name
    await check(
        select(fn.lpad(name, 6, "ab"), fn.rpad(name, 3), fn.repeat(name, 2), fn.repeat(name, Artist.id - 3)).where(
            Artist.id == 3
        ),
        sqlite=(
            'SELECT CASE WHEN length("artists"."name") >= ? THEN substr("artists"."name", 1, ?) ELSE '
            'substr(replace(hex(zeroblob(?)), \'00\', ?), 1, ? - length("artists"."name")) || '
            '"artists"."name" END, '
            'CASE WHEN length("artists"."name") >= ? THEN substr("artists"."name", 1, ?) ELSE "artists"."name" || '
            'substr(replace(hex(zeroblob(?)), \'00\', ?), 1, ? - length("artists"."name")) END, '
            'replace(hex(zeroblob(?)), \'00\', "artists"."name"), '
            'CASE WHEN ("artists"."id" - ?) IS NOT NULL THEN '
            'replace(hex(zeroblob("artists"."id" - ?)), \'00\', "artists"."name") END '
            'FROM "artists" WHERE "artists"."id" = ?'
        ),
        postgres=(
            'SELECT lpad("artists"."name", $1::integer, $2::text), rpad("artists"."name", $3::integer, $4::text), '
            'repeat("artists"."name", $5::integer), repeat("artists"."name", "artists"."id" - $6) '
            'FROM "artists" WHERE "artists"."id" = $7'
        ),
        parameters=[6, 6, 6, "ab", 6, 3, 3, 3, " ", 3, 2, 3, 3, 3],
        postgres_parameters=[6, "ab", 3, " ", 2, 3, 3],
        rows=[("abNina", "Nin", "NinaNina", "")],
    )


TEXTS = ["", "a", "abc", "äöü", "00", "aXbXc", None]


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        (lambda x: fn.left(x, 0), ["", "", "", "", "", "", None]),
        (lambda x: fn.left(x, 2), ["", "a", "ab", "äö", "00", "aX", None]),
        (lambda x: fn.right(x, 0), ["", "", "", "", "", "", None]),
        (lambda x: fn.right(x, 2), ["", "a", "bc", "öü", "00", "Xc", None]),
        (lambda x: fn.right(x, literal(9)), ["", "a", "abc", "äöü", "00", "aXbXc", None]),
        (lambda x: fn.lpad(x, 4, "12"), ["1212", "121a", "1abc", "1äöü", "1200", "aXbX", None]),
        (lambda x: fn.rpad(x, 4, "00"), ["0000", "a000", "abc0", "äöü0", "0000", "aXbX", None]),
        (lambda x: fn.lpad(x, 0), ["", "", "", "", "", "", None]),
        (lambda x: fn.lpad(x, -1, "x"), ["", "", "", "", "", "", None]),
        (lambda x: fn.rpad(x, 3, ""), ["", "a", "abc", "äöü", "00", "aXb", None]),
        (lambda x: fn.repeat(x, 2), ["", "aa", "abcabc", "äöüäöü", "0000", "aXbXcaXbXc", None]),
        (lambda x: fn.repeat(x, -1), ["", "", "", "", "", "", None]),
        (lambda x: fn.repeat(x, fn.nullif(literal(1), 1)), [None] * 7),
        (lambda x: fn.position(x, "X"), [0, 0, 0, 0, 0, 2, None]),
        (lambda x: fn.position(x, ""), [1, 1, 1, 1, 1, 1, None]),
        (lambda x: fn.octet_length(x), [0, 1, 3, 6, 2, 5, None]),
        (lambda x: fn.trim(x, "ac"), ["", "", "b", "äöü", "00", "XbX", None]),
        (lambda x: fn.ltrim(x, "aX"), ["", "", "bc", "äöü", "00", "bXc", None]),
        (lambda x: fn.rtrim(x, "c"), ["", "a", "ab", "äöü", "00", "aXbX", None]),
        (lambda x: fn.trim(x, ""), TEXTS),
    ],
)
async def test_texts_of_all_kinds(
    filled: Executor, function: Callable[[Expr[Any]], Expr[Any]], expected: list[object]
) -> None:
    values = [fn.nullif(literal("?"), "?") if text is None else literal(text) for text in TEXTS]
    assert [await filled.fetch_value(select(function(value))) for value in values] == expected


@feature("Functions", "reverse(), initcap(), split_part()", sqlite="refused")
async def test_what_only_postgres_has(check: Check) -> None:
    await check(
        select(fn.reverse(Artist.name), fn.initcap(Album.title), fn.split_part(Album.title, " of ", 2))
        .from_(Album)
        .join(Artist, on=Artist.id == Album.artist_id)
        .where(Album.id == 3),
        postgres=(
            'SELECT reverse("artists"."name"), initcap("albums"."title"), '
            'split_part("albums"."title", $1::text, $2::integer) FROM "albums" INNER JOIN "artists" ON '
            '"artists"."id" = "albums"."artist_id" WHERE "albums"."id" = $3'
        ),
        parameters=[" of ", 2, 3],
        rows=[("seliM", "Kind Of Blue", "Blue")],
    )


@pytest.mark.parametrize("function", [fn.reverse, fn.initcap, lambda x: fn.split_part(x, ",", 1)])
def test_the_refusal_names_the_function(function: Callable[[Expr[Any]], Expr[Any]]) -> None:
    for dialect in ("sqlite", "d1"):
        with pytest.raises(UnsupportedError, match=r"no fn\.\w+\(\): do it in Python"):
            select(function(Artist.name)).compile(dialect)


def test_counts_that_engines_take_in_different_ways() -> None:
    for function in (fn.left, fn.right):
        with pytest.raises(ValueError, match="not negative"):
            function(Artist.name, -1)
    with pytest.raises(ValueError, match="from 1"):
        fn.split_part(Artist.name, ",", 0)
