"""Documents with other parts, and documents made of values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from qb import Executor, Table, col, fn, literal, select, update
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Profile, Track

settings = Profile.settings
extra = Profile.extra
ORIGINAL = {"a": [1, {"b": "x"}], "t": True, "n": None, "s": "text", "f": 1.5}


@feature("JSON", "json_set()")
async def test_set_a_part(check: Check) -> None:
    await check(
        update(Profile).set(settings=fn.json_set(settings["theme"], "o'live")).where(Profile.id == 2),
        sqlite='UPDATE "profiles" SET "settings" = json_set("settings", ?, ?) WHERE "profiles"."id" = ?'.replace(
            'json_set("settings"', 'json_set("profiles"."settings"'
        ),
        postgres=(
            'UPDATE "profiles" SET "settings" = jsonb_set("profiles"."settings", $1::text[], to_jsonb($2::text)) '
            'WHERE "profiles"."id" = $3'
        ),
        parameters=['$."theme"', "o'live", 2],
        postgres_parameters=[["theme"], "o'live", 2],
        then=select(settings["theme"], settings["level"]).where(Profile.id == 2),
        rows=[("o'live", 2**53 + 1)],
    )


async def test_set_a_part_inside_of_another(check: Check) -> None:
    await check(
        update(Profile).set(settings=fn.json_set(settings["look"]["font"], "Mono")).where(Profile.id == 1),
        sqlite=(
            'UPDATE "profiles" SET "settings" = CASE json_type("profiles"."settings", ?) WHEN \'object\' THEN '
            'json_set("profiles"."settings", ?, ?) ELSE "profiles"."settings" END WHERE "profiles"."id" = ?'
        ),
        postgres=(
            'UPDATE "profiles" SET "settings" = jsonb_set("profiles"."settings", $1::text[], to_jsonb($2::text)) '
            'WHERE "profiles"."id" = $3'
        ),
        parameters=['$."look"', '$."look"."font"', "Mono", 1],
        postgres_parameters=[["look", "font"], "Mono", 1],
        then=select(settings["look"]).where(Profile.id == 1),
        rows=[({"colors": ["red", "blue"], "font": "Mono"},)],
    )


def with_part(*path: str | int, value: object, document: Any = None) -> Any:
    """What json_set gives of a document, which is that of the first profile."""
    part: Any = extra
    for key in path:
        part = part[key]
    return select(fn.json_set(part, value)).where(Profile.id == 1)


@pytest.mark.parametrize(
    ("path", "value", "changed"),
    [
        (["new"], 1, {"new": 1}),
        (["new"], {"x": [None, True]}, {"new": {"x": [None, True]}}),
        (["s"], None, {"s": None}),
        (["s"], True, {"s": True}),
        (["s"], "true", {"s": "true"}),
        (["s"], '{"a": 1}', {"s": '{"a": 1}'}),
        (["s"], 1.5, {"s": 1.5}),
        (["s"], [], {"s": []}),
        (["a", 0], "first", {"a": ["first", {"b": "x"}]}),
        (["a", -1], "last", {"a": [1, "last"]}),
        (["a", 1, "b"], "y", {"a": [1, {"b": "y"}]}),
        (["a", 1, "c"], "y", {"a": [1, {"b": "x", "c": "y"}]}),
        (["a", 2], "none", {}),
        (["a", -3], "none", {}),
        (["none", "b"], "none", {}),
        (["none", 0], "none", {}),
        (["n", "b"], "none", {}),
        (["s", "b"], "none", {}),
        (["a.b"], 1, {"a.b": 1}),
        (["$[0]"], 1, {"$[0]": 1}),
        ([""], 1, {"": 1}),
        (["it's"], 1, {"it's": 1}),
    ],
)  # fmt: skip
async def test_what_is_set(filled: Executor, path: list[str | int], value: object, changed: dict[str, object]) -> None:
    assert await filled.fetch_all(with_part(*path, value=value)) == [({**ORIGINAL, **changed},)]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Profile.id, 1),
        (fn.nullif(Profile.id, 1), None),
        (settings["theme"], "dark"),
        (settings["loud"], True),
        (settings["look"]["colors"], ["red", "blue"]),
        (settings["seen"]["none"], None),
        (extra["a"], [1, {"b": "x"}]),
        (extra["t"], True),
        (extra["s"], "text"),
        (settings["volume"], 0.5),
        (literal("null"), "null"),
        (Profile.id == 1, True),
        (fn.json_object(a=Profile.id), {"a": 1}),
    ],
)
async def test_a_part_set_to_an_expression(filled: Executor, value: object, expected: object) -> None:
    assert await filled.fetch_all(with_part("new", value=value)) == [({**ORIGINAL, "new": expected},)]


async def test_several_parts_at_once(filled: Executor) -> None:
    document = fn.json_remove(fn.json_set(fn.json_set(settings["theme"], "x")["level"], settings["level"] + 1)["seen"])
    await filled.execute(update(Profile).set(settings=document).where(Profile.id == 1))
    look = {"colors": ["red", "blue"], "font": "Serif"}
    expected = {"theme": "x", "level": 4, "volume": 0.5, "loud": True, "look": look}
    assert await filled.fetch_all(select(settings).where(Profile.id == 1)) == [(expected,)]


async def test_a_document_that_is_null_stays_null(filled: Executor) -> None:
    query = select(
        fn.json_set(extra["a"], 1), fn.json_set(extra["a"]["b"], 1), fn.json_remove(extra["a"]),
        fn.json_merge(extra, {"a": 1}), extra.has_key("a"), fn.json_array_length(extra),
    )  # fmt: skip
    assert list(await filled.fetch_one(query.where(Profile.id == 3))) == [None] * 6


@feature("JSON", "json_remove()")
async def test_remove_a_part(check: Check) -> None:
    await check(
        select(fn.json_remove(extra["a"][1]["b"])).where(Profile.id == 1),
        sqlite='SELECT json_remove("profiles"."extra", ?) FROM "profiles" WHERE "profiles"."id" = ?',
        postgres='SELECT ("profiles"."extra" #- $1::text[]) FROM "profiles" WHERE "profiles"."id" = $2',
        parameters=['$."a"[1]."b"', 1],
        postgres_parameters=[["a", "1", "b"], 1],
        rows=[({**ORIGINAL, "a": [1, {}]},)],
    )


async def test_removing_what_is_not_there(filled: Executor) -> None:
    query = select(fn.json_remove(extra["none"]), fn.json_remove(extra["a"][-1]), fn.json_remove(extra["a"][7]))
    expected = (ORIGINAL, {**ORIGINAL, "a": [1]}, ORIGINAL)
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [expected]


@pytest.mark.parametrize("key", ['"', "a\\", "\n"])
def test_keys_that_sqlite_has_no_path_to(key: str) -> None:
    for change in (fn.json_set(extra[key], 1), fn.json_remove(extra[key]["x"]), fn.json_set(extra[key]["x"], 1)):
        select(change).compile("postgres")
        for dialect in ("sqlite", "d1"):
            with pytest.raises(UnsupportedError, match="write the whole document"):
                select(change).compile(dialect)


@feature("JSON", "json_merge()", sqlite="bridged")
async def test_merge(check: Check) -> None:
    await check(
        select(fn.json_merge(extra, {"a": {"c": 1}, "n": 5, "s": None})).where(Profile.id == 1),
        sqlite=(
            'SELECT CASE WHEN "profiles"."extra" IS NOT NULL AND ? IS NOT NULL THEN '
            "(SELECT json_group_object(qb_each.key, CASE qb_each.type WHEN 'true' THEN json('true') "
            "WHEN 'false' THEN json('false') WHEN 'object' THEN json(qb_each.value) "
            "WHEN 'array' THEN json(qb_each.value) ELSE qb_each.value END) "
            'FROM (SELECT * FROM json_each("profiles"."extra") WHERE key NOT IN (SELECT key FROM json_each(?)) '
            'UNION ALL SELECT * FROM json_each(?)) AS qb_each) END FROM "profiles" WHERE "profiles"."id" = ?'
        ),
        postgres='SELECT ("profiles"."extra" || $1::jsonb) FROM "profiles" WHERE "profiles"."id" = $2',
        parameters=['{"a":{"c":1},"n":5,"s":null}'] * 3 + [1],
        postgres_parameters=['{"a":{"c":1},"n":5,"s":null}', 1],
        rows=[({"a": {"c": 1}, "t": True, "n": 5, "s": None, "f": 1.5},)],
    )


async def test_merge_of_two_columns(filled: Executor) -> None:
    query = select(fn.json_merge(settings["look"], fn.json_object(font=settings["theme"], big=settings["loud"])))
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [
        ({"colors": ["red", "blue"], "font": "dark", "big": True},)
    ]
    strange = {'"': [False, 1], "\\": {"a": True}, "\n": "x"}
    await filled.execute(update(Profile).set(extra=fn.json_merge(extra, strange)).where(Profile.id == 1))
    assert await filled.fetch_all(select(extra).where(Profile.id == 1)) == [({**ORIGINAL, **strange},)]


@feature("JSON", "json_array_length()")
async def test_length_of_a_list(check: Check) -> None:
    await check(
        select(fn.json_array_length(settings["look"]["colors"])).order_by(Profile.id),
        sqlite=(
            'SELECT json_array_length(json_extract("profiles"."settings", ?)) FROM "profiles" '
            'ORDER BY "profiles"."id"'
        ),
        postgres=(
            'SELECT jsonb_array_length(("profiles"."settings" -> $1::text -> $2::text)) FROM "profiles" '
            'ORDER BY "profiles"."id"'
        ),
        parameters=['$."look"."colors"'],
        postgres_parameters=["look", "colors"],
        rows=[(2,), (None,), (None,)],
    )  # fmt: skip


@feature("JSON", "has_key()", sqlite="bridged")
async def test_has_key(check: Check) -> None:
    await check(
        select(Profile.id).where(settings["look"].has_key("font")).order_by(Profile.id),
        sqlite=(
            'SELECT "profiles"."id" FROM "profiles" WHERE (CASE WHEN json_extract("profiles"."settings", ?) '
            'IS NOT NULL THEN EXISTS (SELECT 1 FROM json_each(json_extract("profiles"."settings", ?)) AS qb_each '
            'WHERE qb_each.key = ?) END) ORDER BY "profiles"."id"'
        ),
        postgres=(
            'SELECT "profiles"."id" FROM "profiles" WHERE (("profiles"."settings" -> $1::text) ? $2::text) '
            'ORDER BY "profiles"."id"'
        ),
        parameters=['$."look"', '$."look"', "font"],
        postgres_parameters=["look", "font"],
        rows=[(1,), (2,)],
    )


async def test_difficult_keys_are_there_or_not(filled: Executor) -> None:
    keys = ['"', "a.b", "\\", "", "it's", "\t"]
    await filled.execute(update(Profile).set(extra=dict.fromkeys(keys)).where(Profile.id == 1))
    query = select(*[extra.has_key(key) for key in keys], extra.has_key("a"), extra.has_key("0"))
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [(True,) * 6 + (False,) * 2]


@feature("JSON", "json_contains()", sqlite="refused")
async def test_contains(check: Check) -> None:
    await check(
        select(Profile.id).where(
            settings.json_contains({"look": {"colors": ["blue"]}}), settings["look"].json_contains(settings["look"])
        ),
        postgres=(
            'SELECT "profiles"."id" FROM "profiles" WHERE ("profiles"."settings" @> $1::jsonb) AND '
            '(("profiles"."settings" -> $2::text) @> ("profiles"."settings" -> $3::text))'
        ),
        parameters=['{"look":{"colors":["blue"]}}', "look", "look"],
        rows=[(1,)],
    )


@feature("JSON", "json_object(), json_array()")
async def test_documents_made_of_values(check: Check) -> None:
    made = fn.json_object(id=Album.id, live=Album.live, of=fn.json_array(Album.title, "x", 1, None, True, [1.5]))
    await check(
        select(made, made["of"][0]).where(Album.id == 4),
        sqlite=(
            'SELECT json_object(?, "albums"."id", ?, json(CASE "albums"."live" WHEN 1 THEN \'true\' WHEN 0 THEN '
            '\'false\' END), ?, json(json_array("albums"."title", json(?), json(?), NULL, json(?), json(?)))), '
            'nullif(json_object(?, "albums"."id", ?, json(CASE "albums"."live" WHEN 1 THEN \'true\' WHEN 0 THEN '
            '\'false\' END), ?, json(json_array("albums"."title", json(?), json(?), NULL, json(?), json(?)))) -> ?, '
            '\'null\') FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT jsonb_build_object($1::text, to_jsonb("albums"."id"), $2::text, to_jsonb("albums"."live"), '
            '$3::text, jsonb_build_array(to_jsonb("albums"."title"), $4::jsonb, $5::jsonb, \'null\'::jsonb, '
            '$6::jsonb, $7::jsonb)), nullif(jsonb_build_object($8::text, to_jsonb("albums"."id"), $9::text, '
            'to_jsonb("albums"."live"), $10::text, jsonb_build_array(to_jsonb("albums"."title"), $11::jsonb, '
            "$12::jsonb, 'null'::jsonb, $13::jsonb, $14::jsonb)) -> $15::text -> $16::integer, 'null') "
            'FROM "albums" WHERE "albums"."id" = $17'
        ),
        parameters=["id", "live", "of", '"x"', "1", "true", "[1.5]"] * 2 + ['$."of"[0]', 4],
        postgres_parameters=["id", "live", "of", '"x"', "1", "true", "[1.5]"] * 2 + ["of", 0, 4],
        rows=[({"id": 4, "live": True, "of": ["Agharta", "x", 1, None, True, [1.5]]}, "Agharta")],
    )


async def test_empty_documents(filled: Executor) -> None:
    query = select(fn.json_object(), fn.json_array(), Profile.id).where(Profile.id == 1)
    assert await filled.fetch_all(query) == [({}, [], 1)]


@feature("JSON", "json_agg()")
async def test_values_of_a_group(check: Check) -> None:
    await check(
        select(
            Album.artist_id,
            fn.json_agg(Album.live).filter(Album.id < 4).as_("live"),
            fn.json_agg(Album.artist_id).distinct().as_("ids"),
        )
        .group_by(Album.artist_id)
        .order_by(Album.artist_id),
        sqlite=(
            'SELECT "albums"."artist_id", json_group_array(json(CASE "albums"."live" WHEN 1 THEN \'true\' WHEN 0 '
            'THEN \'false\' END)) FILTER (WHERE "albums"."id" < ?) AS "live", '
            'json_group_array(DISTINCT "albums"."artist_id") AS "ids" FROM "albums" '
            'GROUP BY "albums"."artist_id" ORDER BY "albums"."artist_id"'
        ),
        postgres=(
            'SELECT "albums"."artist_id", coalesce(jsonb_agg("albums"."live") FILTER '
            '(WHERE "albums"."id" < $1), \'[]\') AS "live", '
            'coalesce(jsonb_agg(DISTINCT "albums"."artist_id"), \'[]\') AS "ids" FROM "albums" '
            'GROUP BY "albums"."artist_id" ORDER BY "albums"."artist_id"'
        ),
        parameters=[4],
        rows=[(1, [False, False], [1]), (2, [False], [2])],
    )


@feature("JSON", "json_agg() of sorted values", sqlite="refused")
async def test_sorted_values_of_a_group(check: Check) -> None:
    await check(
        select(
            fn.json_agg(Album.title, order_by=Album.plays.desc()).filter(Album.id < 4).as_("titles"),
            fn.json_agg(Album.artist_id, order_by=(Album.artist_id.desc(),)).distinct().as_("artists"),
        ),
        postgres=(
            'SELECT coalesce(jsonb_agg("albums"."title" ORDER BY "albums"."plays" DESC) FILTER (WHERE "albums"."id" '
            '< $1), \'[]\') AS "titles", coalesce(jsonb_agg(DISTINCT "albums"."artist_id" ORDER BY '
            '"albums"."artist_id" DESC), \'[]\') AS "artists" FROM "albums"'
        ),
        parameters=[4],
        rows=[(["Kind of Blue", "Blue", "Hejira"], [2, 1])],
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Artist.name, ["Joni", "Miles", "Nina"]),
        (Artist.country, ["CA", "US", None]),
        (fn.json_array(Artist.id, Artist.name), [[1, "Joni"], [2, "Miles"], [3, "Nina"]]),
        (fn.json_object(n=Artist.id), [{"n": 1}, {"n": 2}, {"n": 3}]),
    ],
)
async def test_lists_of_every_kind(filled: Executor, value: Any, expected: list[object]) -> None:
    query = select(fn.json_agg(value).as_("all"), fn.json_agg(value).filter(Artist.id > 9).as_("none")).from_(Artist)
    row = await filled.fetch_one(query)
    assert sorted(row[0], key=str) == sorted(expected, key=str)
    assert row[1] == []


async def test_lists_of_reals_and_of_parts(filled: Executor) -> None:
    seconds = await filled.fetch_value(select(fn.json_agg(Track.seconds)))
    assert sorted(seconds, key=str) == [213.0, 214.5, 562.25, None]
    extras = await filled.fetch_value(select(fn.json_agg(extra)))
    assert sorted(extras, key=str) == sorted([ORIGINAL, [10, 20, [30]], None], key=str)
    first = await filled.fetch_value(select(fn.json_agg(settings["level"])[0] + 1))
    assert first in (4, 2**53 + 2, 0)


@dataclass
class Point:
    x: int


async def test_a_list_of_what_is_loaded(filled: Executor) -> None:
    class Points(Table, name="profiles"):
        id = col.integer().primary_key(generated=False)
        point = col.json(Point, "extra", dump=lambda point: {"x": point.x}, load=lambda value: Point(value["x"]))

    await filled.execute(update(Points).set(point=Point(5)).where(Points.id < 3))
    assert await filled.fetch_value(select(fn.json_agg(Points.point))) in (
        [Point(5), Point(5), None],
        [None, Point(5), Point(5)],
    )


@pytest.mark.parametrize("value", [Album.price, Album.released, Album.genre, literal(b"x"), fn.now()])
def test_kinds_that_json_does_not_have(value: Any) -> None:
    makers: list[Any] = [
        fn.json_agg,
        fn.json_array,
        lambda v: fn.json_object(a=v),
        lambda v: fn.json_set(extra["a"], v),
    ]
    for make in makers:
        with pytest.raises(CompileError, match="JSON has no"):
            make(value)


untyped: Any = Profile.settings  # whose mistakes mypy does not see
title: Any = Album.title
number: Any = Profile.id
items: Any = [1]
listed: Any = fn.json_array(1)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fn.json_set(untyped, {}), "is not a part of a JSON document"),
        (lambda: fn.json_remove(untyped), "is not a part of a JSON document"),
        (lambda: fn.json_set(untyped["theme"], 5), "is text, but the new value is integer"),
        (lambda: fn.json_set(untyped["level"], title), "is bigint, but the new value is text"),
        (lambda: fn.json_merge(untyped["look"]["colors"], {}), "for two objects"),
        (lambda: fn.json_merge(Profile.extra, items), "for two objects"),
        (lambda: fn.json_merge(Profile.extra, listed), "for two objects"),
        (lambda: fn.json_merge(Profile.extra, number), "for two objects"),
        (lambda: fn.json_array_length(title), "albums.title is text, not a JSON document"),
        (lambda: title.has_key("x"), "albums.title is text, not a JSON document"),
        (lambda: title.json_contains({}), "albums.title is text, not a JSON document"),
        (lambda: untyped["look"]["colors"].has_key("x"), "is a list, which has no keys"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        make()
    with pytest.raises(TypeError, match="a key is a text"):
        Profile.extra.has_key(1)  # type: ignore[arg-type]  # a mistake on purpose
