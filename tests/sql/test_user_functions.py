"""Functions of the database by name, with declared types."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

import pytest

from qb import Database, col, function, literal, select, sql
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.conftest import Undo
from tests.sql.schema import Album, Artist, Track

instr = function("strpos", col.text(), col.text(), returns=col.integer())


@feature("Expressions", "functions by name")
async def test_a_function_by_name(check: Check) -> None:
    # Names that both engines have; the result is text, whatever the case.
    lower = function("lower", col.text(), returns=col.text())
    await check(
        select(lower(Artist.name), lower("ABC"), lower(None)).where(lower(Artist.name) == "joni"),
        sqlite=(
            'SELECT "lower"("artists"."name"), "lower"(?), "lower"(NULL) FROM "artists" WHERE '
            '"lower"("artists"."name") = ?'
        ),
        postgres=(
            'SELECT "lower"("artists"."name"), "lower"($1::text), "lower"(NULL) FROM "artists" WHERE '
            '"lower"("artists"."name") = $2'
        ),
        parameters=["ABC", "joni"],
        rows=[("joni", "abc", None)],
    )


@feature("Expressions", "aggregate functions by name")
async def test_an_aggregate_by_name(check: Check) -> None:
    largest = function("max", col.integer(), returns=col.integer().nullable(), aggregate=True)
    await check(
        select(largest(Album.plays), largest(Album.plays).filter(Album.id < 3), largest(Album.id).distinct()),
        sqlite=(
            'SELECT "max"("albums"."plays"), "max"("albums"."plays") FILTER (WHERE "albums"."id" < ?), '
            '"max"(DISTINCT "albums"."id") FROM "albums"'
        ),
        parameters=[3],
        rows=[(300, 100, 4)],
    )


async def test_decimals_go_in_and_come_out_in_the_form_of_their_kind(check: Check) -> None:
    same = function("abs", col.numeric(10, 3), returns=col.numeric(10, 3))
    await check(
        select(same(Track.fee), same(Decimal("1.5")), same(2)).where(Track.fee > 1),
        sqlite=(
            'SELECT "abs"((("tracks"."fee" + CASE WHEN "tracks"."fee" < 0 THEN -5 ELSE 5 END) / 10)), "abs"(?), '
            '"abs"(?) FROM "tracks" WHERE "tracks"."fee" > ?'
        ),
        postgres=(
            'SELECT "abs"(CAST("tracks"."fee" AS numeric(10, 3))), "abs"(CAST($1::numeric AS numeric(10, 3))), '
            '"abs"(CAST($2::numeric AS numeric(10, 3))) FROM "tracks" WHERE "tracks"."fee" > $3'
        ),
        parameters=[1500, 2000, 10000],
        postgres_parameters=[Decimal("1.5"), Decimal(2), Decimal(1)],
        rows=[(Decimal("10.5"), Decimal("1.5"), Decimal(2))],
    )


@feature("Expressions", "functions of a schema", sqlite="refused")
async def test_a_function_of_a_schema(check: Check) -> None:
    length = function("pg_catalog.length", col.text(), returns=col.integer())
    await check(
        select(length(Artist.name)).where(Artist.id == 1),
        postgres='SELECT "pg_catalog"."length"("artists"."name") FROM "artists" WHERE "artists"."id" = $1',
        parameters=[1],
        rows=[(4,)],
    )


async def test_a_function_that_somebody_made(filled_postgres: Database) -> None:
    twice = function('Twice "it"', col.integer(), returns=col.integer())
    with suppress(Undo):
        async with filled_postgres.transaction() as tx:
            await tx.execute(
                sql('CREATE FUNCTION "Twice ""it"""(integer) RETURNS integer LANGUAGE sql AS $$ SELECT $1 * 2 $$')
            )
            assert await tx.fetch_value(select(twice(Album.plays)).where(Album.id == 1)) == 200
            raise Undo


@pytest.mark.parametrize("name", ["", ".", "a.", ".b", "a.b.c"])
def test_what_is_no_name(name: str) -> None:
    with pytest.raises(CompileError, match="no name of a function"):
        function(name, returns=col.integer())


def test_nul_in_a_name() -> None:
    with pytest.raises(CompileError, match="identifier"):
        function("a\0b", returns=col.integer())


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("x",), r"strpos\(\) takes 2 arguments and was given 1"),
        (("x", 5), r"argument 2 of strpos\(\) is text, not integer"),
        ((Album.released, "x"), r"argument 1 of strpos\(\) is text, not date"),
    ],
)
def test_arguments_that_it_does_not_take(arguments: tuple[Any, ...], words: str) -> None:
    with pytest.raises(CompileError, match=words):
        instr(*arguments)


def test_declarations_that_are_wrong() -> None:
    with pytest.raises(TypeError, match="kinds of columns"):
        function("f", int, returns=col.integer())  # type: ignore[call-overload]  # a mistake on purpose
    with pytest.raises(TypeError, match="kinds of columns"):
        function("f", returns=int)  # type: ignore[call-overload]  # a mistake on purpose
    with pytest.raises(CompileError, match="what does f"):
        function("f", returns=col.integer(), aggregate=True)
    assert repr(instr) == "<UserFunction strpos(text, text) -> integer>"


def test_schemas_of_aggregates_on_sqlite() -> None:
    median = function("public.median", col.real(), returns=col.real(), aggregate=True)
    with pytest.raises(UnsupportedError, match="no functions in schemas"):
        select(median(Track.seconds)).compile("sqlite")
    assert select(median(literal(1.5))).compile("postgres").sql == 'SELECT "public"."median"($1::double precision)'
