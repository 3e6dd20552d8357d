"""PostgreSQL's arrays."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import suppress
from enum import Enum
from typing import Any

import pytest

from qb import Database, Executor, Table, col, fn, insert, literal, select, update
from qb.errors import CompileError, UnsupportedError
from tests.features import Feature, feature, feature_of
from tests.sql.checking import Check
from tests.sql.conftest import Undo


class Mood(Enum):
    CALM = "calm"
    LOUD = "loud"


class Disc(Table, name="discs"):
    id = col.integer().primary_key(generated=False)
    title = col.text()
    tags = col.array(col.text())
    years = col.array(col.bigint()).nullable()
    names = col.array(col.varchar(9)).nullable()
    moods = col.array(col.enum(Mood)).nullable()
    notes = col.json(list[str]).nullable()


@pytest.fixture(scope="session")
async def disc_database(filled_postgres: Database) -> Database:
    await filled_postgres.create_tables(Disc)
    moods = [Mood.LOUD, Mood.CALM]
    first = insert(Disc).values(id=1, title="a", tags=["x", "y", "x"], years=[2001, 2002], names=["n"], moods=moods)
    await filled_postgres.execute(first)
    await filled_postgres.execute(insert(Disc).values(id=2, title="y", tags=[], years=None))
    return filled_postgres


@pytest.fixture
async def discs(disc_database: Database) -> AsyncIterator[Executor]:
    with suppress(Undo):
        async with disc_database.transaction() as transaction:
            yield transaction
            raise Undo


@pytest.fixture
def checked(discs: Executor, request: pytest.FixtureRequest) -> Check:
    made: Feature | None = feature_of(request.node)
    return Check(discs, made)


@feature("Arrays", "has(), contains_all(), contained_by(), overlaps()", sqlite="refused")
async def test_what_is_asked_of_arrays(checked: Check) -> None:
    await checked(
        select(Disc.id)
        .where(Disc.tags.has("x"), Disc.tags.contains_all(["y", "x"]), Disc.tags.contained_by(["x", "y", "z"]))
        .where(Disc.years.overlaps([2001, 1]), Disc.moods.has(Mood.CALM), Disc.tags.has(fn.lower(literal("Y")))),
        postgres=(
            'SELECT "discs"."id" FROM "discs" WHERE ($1 = ANY ("discs"."tags")) AND ("discs"."tags" @> $2) '
            'AND ("discs"."tags" <@ $3) AND ("discs"."years" && $4) AND '
            '($5 = ANY ("discs"."moods")) AND (lower($6::text) = ANY ("discs"."tags"))'
        ),
        parameters=["x", ["y", "x"], ["x", "y", "z"], [2001, 1], "calm", "Y"],
        rows=[(1,)],
    )
    for dialect in ("sqlite", "d1"):
        for test in (Disc.tags.has("x"), Disc.tags.contains_all([]), Disc.tags.overlaps(Disc.tags)):
            with pytest.raises(UnsupportedError, match="declare a list as col"):
                select(Disc.id).where(test).compile(dialect)  # type: ignore[qb-dialect]  # the mistake


async def test_empty_arrays_and_null(discs: Executor) -> None:
    tags, years = Disc.tags, Disc.years
    query = select(tags.has("x"), tags.contains_all([]), tags.contained_by([]), tags.overlaps([]), years.has(1))
    assert await discs.fetch_all(query.order_by(Disc.id)) == [
        (True, True, False, False, False),
        (False, True, True, False, None),
    ]
    assert await discs.fetch_all(select(Disc.id).where(tags.has(Disc.title) | Disc.names.overlaps(tags))) == []
    assert await discs.fetch_all(select(Disc.id).where(~tags.has("x") & (tags == []))) == [(2,)]


@feature("Arrays", "array_get(), array_length(), array_position(), array_append(), array_remove(), +", sqlite="refused")
async def test_functions_of_arrays(checked: Check) -> None:
    tags, items = Disc.tags, ["z"]
    await checked(
        select(
            fn.array_get(tags, 1),
            fn.array_get(tags, Disc.id + 8),
            fn.array_length(tags),
            fn.array_append(tags, "z"),
            fn.array_remove(tags, "x"),
            fn.array_position(tags, "y"),
            tags + items,
            items + tags,
            tags + tags,
        ).order_by(Disc.id),
        postgres=(
            'SELECT ("discs"."tags")[$1::integer], ("discs"."tags")["discs"."id" + $2], cardinality("discs"."tags"), '
            'array_append("discs"."tags", $3::text), array_remove("discs"."tags", $4::text), '
            'array_position("discs"."tags", $5::text), array_cat("discs"."tags", $6::text[]), '
            'array_cat($7::text[], "discs"."tags"), array_cat("discs"."tags", "discs"."tags") FROM "discs" '
            'ORDER BY "discs"."id"'
        ),
        parameters=[1, 8, "z", "x", "y", ["z"], ["z"]],
        rows=[
            ("x", None, 3, ["x", "y", "x", "z"], ["y"], 2, ["x", "y", "x", "z"], ["z", "x", "y", "x"],
             ["x", "y", "x", "x", "y", "x"]),
            (None, None, 0, ["z"], [], None, ["z"], ["z"], []),
        ],
    )  # fmt: skip


async def test_arrays_of_every_kind(discs: Executor) -> None:
    more = ["p"]
    query = select(
        fn.array_append(Disc.moods, Mood.LOUD), fn.array_get(Disc.moods, 2), fn.array_append(Disc.names, "o"),
        fn.array_append(Disc.years, 1), fn.array_position(Disc.moods, Mood.CALM), Disc.names + more,
    ).where(Disc.id == 1)  # fmt: skip
    assert await discs.fetch_all(query) == [
        ([Mood.LOUD, Mood.CALM, Mood.LOUD], Mood.CALM, ["n", "o"], [2001, 2002, 1], 2, ["n", "p"])
    ]
    await discs.execute(update(Disc).set(tags=fn.array_append(Disc.tags, "new")).where(Disc.id == 2))
    assert await discs.fetch_all(select(Disc.tags).where(Disc.id == 2)) == [(["new"],)]


title: Any = Disc.title  # whose mistakes mypy does not see
tags: Any = Disc.tags


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: title.has("x"), "text is no array"),
        (lambda: title.overlaps(["x"]), "text is no array"),
        (lambda: fn.array_length(title), "text is no array"),
        (lambda: Disc.notes.has("x"), "json.* is no array: a list in JSON has json_contains"),
        (lambda: fn.array_get(Disc.notes, 1), "json.* is no array: a list in JSON"),
        (lambda: tags.has(1), "cannot be compared with"),
        (lambda: tags.has(None), "nothing is true of NULL"),
        (lambda: tags.overlaps(None), "nothing is true of NULL"),
        (lambda: tags.contains_all(Disc.years), "different kinds of arrays"),
        (lambda: tags + Disc.years, "different kinds of arrays"),
        (lambda: fn.array_append(tags, 5), "cannot be compared with"),
        (lambda: tags.contains_all(title), "text is no array"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        make()


def test_sqlite_says_what_there_is_instead() -> None:
    calls: list[Any] = [fn.array_get(tags, 1), fn.array_length(tags), tags + tags, fn.array_append(tags, "x")]
    for query in calls:
        with pytest.raises(UnsupportedError, match="declare a list as col"):
            select(query).compile("sqlite")
