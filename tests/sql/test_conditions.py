"""Conditions that may be left out, and many conditions at once."""

from __future__ import annotations

from datetime import date

import pytest

from qb import Expr, Query, all_of, any_of, delete, excluded, fn, insert, literal, select, update, when
from qb.errors import CompileError
from qb.expressions.conditions import is_given
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist

NOT_GIVEN = when(None, Album.live)
SELECT = 'SELECT "albums"."id" FROM "albums"'


def search(
    title: str | None = None, since: date | None = None, plays: int | None = None, live: bool = False
) -> Query[tuple[int]]:
    return (
        select(Album.id)
        .where(
            when(title, lambda title: Album.title.contains(title)),
            when(since, lambda since: Album.released >= since),
            when(plays, lambda plays: Album.plays == plays),
            when(live, Album.live),
        )
        .order_by(Album.id)
    )


@feature("Composition", "conditions that may be left out: when()")
async def test_what_is_given(check: Check) -> None:
    await check(
        search(since=date(1971, 1, 1), plays=20),
        sqlite=f'{SELECT} WHERE "albums"."released" >= ? AND "albums"."plays" = ? ORDER BY "albums"."id"',
        parameters=["1971-01-01", 20],
        postgres_parameters=[date(1971, 1, 1), 20],
        rows=[(2,)],
    )


@feature("Composition", "conditions that may be left out: when()")
async def test_nothing_is_given(check: Check) -> None:
    await check(search(), sqlite=f'{SELECT} ORDER BY "albums"."id"', rows=[(1,), (2,), (3,), (4,)])


@feature("Composition", "conditions that may be left out: when()")
async def test_a_flag(check: Check) -> None:
    await check(search(live=True), sqlite=f'{SELECT} WHERE "albums"."live" ORDER BY "albums"."id"', rows=[(4,)])


@feature("Composition", "conditions that may be left out: when()")
async def test_values_that_are_false_to_python_are_values(check: Check) -> None:
    await check(
        search(title="", plays=0),
        sqlite=f'{SELECT} WHERE instr("albums"."title", ?) > 0 AND "albums"."plays" = ? ORDER BY "albums"."id"',
        postgres=f'{SELECT} WHERE "albums"."title" LIKE $1 AND "albums"."plays" = $2 ORDER BY "albums"."id"',
        parameters=["", 0],
        postgres_parameters=["%%", 0],
        rows=[(4,)],
    )
    await check(
        select(Album.id).where(when(False, lambda live: Album.live == live)).order_by(Album.id),
        sqlite=f'{SELECT} WHERE "albums"."live" = ? ORDER BY "albums"."id"',
        parameters=[0],
        postgres_parameters=[False],
        rows=[(1,), (2,), (3,)],
    )


@feature("Composition", "all_of(), any_of()")
@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (NOT_GIVEN, ""),
        (NOT_GIVEN & NOT_GIVEN, ""),
        (NOT_GIVEN | NOT_GIVEN, ""),
        (~NOT_GIVEN, ""),
        (all_of(), ""),
        (all_of(NOT_GIVEN, ~NOT_GIVEN), ""),
        (any_of(NOT_GIVEN), ""),
        (NOT_GIVEN & (Album.id == 1), ' WHERE "albums"."id" = ?'),
        ((Album.id == 1) & ~NOT_GIVEN, ' WHERE "albums"."id" = ?'),
        (NOT_GIVEN | (Album.id == 1), ' WHERE "albums"."id" = ?'),
        ((Album.id == 1) | NOT_GIVEN, ' WHERE "albums"."id" = ?'),
        (~((Album.id == 1) | NOT_GIVEN), ' WHERE NOT "albums"."id" = ?'),
        (any_of(Album.id == 1), ' WHERE "albums"."id" = ?'),
        (any_of(NOT_GIVEN, Album.id == 1, Album.plays == 2), ' WHERE "albums"."id" = ? OR "albums"."plays" = ?'),
        (
            all_of(any_of(Album.id == 1, Album.id == 2), all_of(Album.live, NOT_GIVEN)),
            ' WHERE ("albums"."id" = ? OR "albums"."id" = ?) AND "albums"."live"',
        ),
        (any_of(), " WHERE 1 = 0"),
        (~any_of(), " WHERE NOT 1 = 0"),
        (any_of() & Album.live, ' WHERE 1 = 0 AND "albums"."live"'),
    ],
)
def test_logic(condition: Expr[bool], text: str) -> None:
    assert str(select(Album.id).where(condition)) == SELECT + text


@feature("Composition", "all_of(), any_of()")
async def test_any_of_nothing_finds_nothing(check: Check) -> None:
    await check(select(Album.id).where(any_of()), sqlite=f"{SELECT} WHERE 1 = 0", rows=[])


def test_having_filter_and_upserts_leave_it_out() -> None:
    assert "HAVING" not in str(select(Album.id).group_by(Album.id).having(NOT_GIVEN))
    assert str(fn.count().filter(NOT_GIVEN)) == "count(*)"
    upsert = insert(Artist).values(name="x").on_conflict(Artist.name)
    assert "WHERE" not in str(upsert.do_update(when(False, Artist.id > 5), name=excluded(Artist.name)))


@pytest.mark.parametrize("condition", [NOT_GIVEN, NOT_GIVEN & ~NOT_GIVEN, all_of(), any_of(NOT_GIVEN)])
def test_a_write_of_no_conditions_is_refused(condition: Expr[bool]) -> None:
    for write in (delete(Album).where(condition), update(Album).set(plays=1).where(condition, condition)):
        for dialect in ("sqlite", "postgres", "d1"):
            with pytest.raises(CompileError, match="has no WHERE and would touch every row"):
                write.compile(dialect)
    assert str(delete(Album).where(condition).all_rows()) == 'DELETE FROM "albums"'


def test_elsewhere_it_is_an_error() -> None:
    for query in (
        select(NOT_GIVEN.as_("x")).from_(Album),
        select(Album.id).join(Artist, on=NOT_GIVEN),
        select(Album.id).order_by(NOT_GIVEN),
        select(Album.id).where(literal(True) == NOT_GIVEN),
    ):
        with pytest.raises(CompileError, match="a condition that was not given stands where one is needed"):
            query.compile("sqlite")
    assert "that does not compile" in repr(NOT_GIVEN)


def test_mistakes() -> None:
    with pytest.raises(TypeError, match=r"when\(\) takes a condition, or a function .*, not 5"):
        when("x", 5)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(TypeError, match="a condition is a SQL expression, not bool"):
        when("x", lambda value: value == "x")  # type: ignore[arg-type,return-value]  # the mistake
    with pytest.raises(TypeError, match="a condition is a SQL expression, not list"):
        any_of([Album.live])  # type: ignore[arg-type]  # the mistake


def test_the_function_is_not_called_without_a_value() -> None:
    when(None, lambda value: pytest.fail("called"))


def test_is_given() -> None:
    assert [is_given(value, True) for value in (None, False, True)] == [False, False, True]
    assert [is_given(value, False) for value in (None, False, True, 0, "")] == [False, True, True, True, True]
