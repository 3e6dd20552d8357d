"""Functions of numbers: one meaning on every engine."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import Executor, Expr, fn, literal, select
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Genre, Track


@feature("Functions", "ceil(), floor(), trunc()", sqlite="bridged")
async def test_whole_numbers_of_decimals_and_floats(check: Check) -> None:
    await check(
        select(
            fn.ceil(Album.price),
            fn.floor(-Album.price),
            fn.trunc(-Album.price),
            fn.floor(Track.seconds),
            fn.ceil(Album.plays),
        )
        .from_(Album)
        .join(Track, on=Track.album_id == Album.id)
        .where(Album.id == 1, Track.position == 1),
        sqlite=(
            'SELECT ("albums"."price" / 100 + ("albums"."price" % 100 > 0)), '
            '((-"albums"."price") / 100 - ((-"albums"."price") % 100 < 0)), ((-"albums"."price") / 100), '
            'floor("tracks"."seconds"), "albums"."plays" FROM "albums" INNER JOIN "tracks" ON '
            '"tracks"."album_id" = "albums"."id" WHERE "albums"."id" = ? AND "tracks"."position" = ?'
        ),
        postgres=(
            'SELECT ceil("albums"."price"), floor(-"albums"."price"), trunc(-"albums"."price"), '
            'floor("tracks"."seconds"), "albums"."plays" FROM "albums" INNER JOIN "tracks" ON '
            '"tracks"."album_id" = "albums"."id" WHERE "albums"."id" = $1 AND "tracks"."position" = $2'
        ),
        parameters=[1, 1],
        rows=[(Decimal(11), Decimal(-11), Decimal(-10), 214.0, 100)],
    )


@feature("Functions", "sign()", sqlite="bridged")
@pytest.mark.parametrize("text", ["0", "1.00", "-1.00", "1.01", "-1.01", "0.99", "-0.99", "-0.01", "99.5"])
async def test_each_side_of_zero(filled: Executor, text: str) -> None:
    for value in (Decimal(text), float(text)):
        number: Expr[Any] = literal(value)
        found = await filled.fetch_one(select(fn.ceil(number), fn.floor(number), fn.trunc(number), fn.sign(number)))
        assert tuple(found) == (math.ceil(value), math.floor(value), math.trunc(value), (value > 0) - (value < 0))
        assert type(found[0]) is type(value)
        assert type(found[3]) is int


@feature("Functions", "power(), sqrt(), exp(), ln(), log10()")
async def test_floats(check: Check) -> None:
    await check(
        select(
            fn.power(Album.plays, 2),
            fn.sqrt(Album.plays),
            fn.log10(Album.plays),
            fn.ln(fn.exp(literal(1.0))),
            fn.sqrt(Album.price * 10 - 5),
        ).where(Album.id == 1),
        sqlite=(
            'SELECT power(CAST("albums"."plays" AS REAL), ?), sqrt(CAST("albums"."plays" AS REAL)), '
            'log10(CAST("albums"."plays" AS REAL)), ln(exp(?)), '
            'sqrt(((("albums"."price" * ?) - ?) / 10000.0)) FROM "albums" WHERE "albums"."id" = ?'
        ),
        d1=(
            'SELECT pow(CAST("albums"."plays" AS REAL), ?), sqrt(CAST("albums"."plays" AS REAL)), '
            'log(CAST("albums"."plays" AS REAL)), ln(exp(?)), '
            'sqrt(((("albums"."price" * CAST(? AS INTEGER)) - CAST(? AS INTEGER)) / 10000.0)) FROM "albums" '
            'WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT power("albums"."plays"::double precision, $1::double precision), '
            'sqrt("albums"."plays"::double precision), log10("albums"."plays"::double precision), '
            'ln(exp($2::double precision)), sqrt(("albums"."price" * $3 - $4)::double precision) '
            'FROM "albums" WHERE "albums"."id" = $5'
        ),
        parameters=[2.0, 1.0, 1000, 50000, 1],
        postgres_parameters=[2.0, 1.0, Decimal(10), Decimal(5), 1],
        rows=[(10000.0, 10.0, 2.0, 1.0, 10.0)],
    )


@feature("Functions", "greatest(), least()", sqlite="bridged")
async def test_nulls_are_left_out(check: Check) -> None:
    await check(
        select(
            fn.greatest(Track.fee, 1),
            fn.least(Track.fee, Album.price),
            fn.greatest(Track.seconds, Track.position),
            fn.least(Album.released, date(1965, 1, 1), Album.released),
        )
        .from_(Track)
        .join(Album, on=Album.id == Track.album_id)
        .order_by(Track.album_id, Track.position),
        sqlite=(
            'SELECT max(coalesce("tracks"."fee", ?), ?), '
            'min(coalesce("tracks"."fee", ("albums"."price" * 100)), '
            'coalesce(("albums"."price" * 100), "tracks"."fee")), '
            'max(coalesce("tracks"."seconds", CAST("tracks"."position" AS REAL)), '
            'coalesce(CAST("tracks"."position" AS REAL), "tracks"."seconds")), '
            'min(coalesce("albums"."released", ?), ?, coalesce("albums"."released", ?)) FROM "tracks" '
            'INNER JOIN "albums" ON "albums"."id" = "tracks"."album_id" '
            'ORDER BY "tracks"."album_id", "tracks"."position"'
        ),
        postgres=(
            'SELECT greatest("tracks"."fee", $1::numeric), least("tracks"."fee", "albums"."price"), '
            'greatest("tracks"."seconds", "tracks"."position"), '
            'least("albums"."released", $2::date, "albums"."released") FROM "tracks" '
            'INNER JOIN "albums" ON "albums"."id" = "tracks"."album_id" '
            'ORDER BY "tracks"."album_id", "tracks"."position"'
        ),
        parameters=[10000, 10000, "1965-01-01", "1965-01-01", "1965-01-01"],
        postgres_parameters=[Decimal(1), date(1965, 1, 1)],
        rows=[
            (Decimal(1), Decimal("0.0525"), 214.5, date(1965, 1, 1)),
            (Decimal("10.5"), Decimal("10.5"), 213.0, date(1965, 1, 1)),
            (Decimal(1), Decimal("9.25"), 562.25, date(1959, 8, 17)),
            (Decimal(1), Decimal("0.1"), 2.0, date(1959, 8, 17)),
        ],
    )


async def test_all_of_them_null(filled: Executor) -> None:
    nothing = fn.nullif(literal(1), 1)
    query = select(
        fn.greatest(nothing, nothing),
        fn.least(nothing, 5),
        fn.least(nothing, None, nothing),
        fn.greatest(fn.sum(Album.plays), 0),
    )
    assert await filled.fetch_all(query.from_(Album)) == [(None, 5, None, 420)]


def test_what_cannot_be_compared() -> None:
    with pytest.raises(CompileError, match="do not fit together"):
        fn.greatest(Album.plays, "x")  # type: ignore[qb-type]  # a mistake on purpose
    with pytest.raises(TypeError, match="two values"):
        fn.least(Album.plays)
    with pytest.raises(TypeError, match="float beside a decimal"):
        fn.greatest(Album.price, 1.5)
    with pytest.raises(TypeError, match="not for boolean"):
        fn.greatest(Album.live, True)
    with pytest.raises(UnsupportedError, match="members' order"):
        select(fn.greatest(Album.genre, Genre.POP)).compile("sqlite")  # type: ignore[qb-dialect]  # the mistake
    assert select(fn.greatest(Album.genre, Genre.POP)).compile("postgres").parameters == ("pop",)


@feature("Functions", "random()", sqlite="bridged")
async def test_random(check: Check) -> None:
    await check(
        select((fn.random() >= 0) & (fn.random() < 1)).from_(Album).limit(1),
        sqlite=(
            "SELECT (abs(random() % 9007199254740992) / 9007199254740992.0) >= ? AND "
            '(abs(random() % 9007199254740992) / 9007199254740992.0) < ? FROM "albums" LIMIT ?'
        ),
        postgres='SELECT random() >= $1 AND random() < $2 FROM "albums" LIMIT $3',
        parameters=[0, 1, 1],
        rows=[(True,)],
    )


async def test_random_floats_differ(filled: Executor) -> None:
    rows: list[Any] = await filled.fetch_all(select(fn.random().as_("x")).from_(Album).order_by(fn.random()))
    assert len({row.x for row in rows}) == 4
