"""Parts of JSON documents."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal, Optional, TypedDict

import pytest

from qb import Executor, Table, col, fn, index, insert, literal, select, sql, update
from qb.dialect import find_dialect
from qb.errors import CheckViolated, CompileError, UnsupportedError
from qb.nodes import JsonPath
from qb.types import BIGINT, BOOLEAN, REAL, TEXT, Json
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Profile, Settings

settings = Profile.settings


@feature("JSON", "parts of documents")
async def test_scalars_are_of_their_declared_types(check: Check) -> None:
    await check(
        select(settings["theme"], settings["level"], settings["volume"], settings["loud"]).order_by(Profile.id),
        sqlite=(
            'SELECT json_extract("profiles"."settings", ?), json_extract("profiles"."settings", ?), '
            'CAST(json_extract("profiles"."settings", ?) AS REAL), json_extract("profiles"."settings", ?) '
            'FROM "profiles" ORDER BY "profiles"."id"'
        ),
        postgres=(
            'SELECT ("profiles"."settings" ->> $1::text), ("profiles"."settings" ->> $2::text)::bigint, '
            '("profiles"."settings" ->> $3::text)::double precision, '
            '("profiles"."settings" ->> $4::text)::boolean FROM "profiles" ORDER BY "profiles"."id"'
        ),
        parameters=['$."theme"', '$."level"', '$."volume"', '$."loud"'],
        postgres_parameters=["theme", "level", "volume", "loud"],
        rows=[("dark", 3, 0.5, True), ("light", 2**53 + 1, 2.0, False), ('it\'s "é"', -1, 0.0, False)],
    )


async def test_a_float_is_a_float_where_json_has_a_whole_number(check: Check) -> None:
    rows = await check.executor.fetch_all(select(settings["volume"] / 4, settings["volume"]).order_by(Profile.id))
    assert [[type(value) for value in row] for row in rows] == [[float, float]] * 3


async def test_paths_go_on_through_objects_and_lists(check: Check) -> None:
    await check(
        select(settings["look"], settings["look"]["colors"], settings["look"]["colors"][0]).order_by(Profile.id),
        sqlite=(
            'SELECT json_extract("profiles"."settings", ?), json_extract("profiles"."settings", ?), '
            'json_extract("profiles"."settings", ?) FROM "profiles" ORDER BY "profiles"."id"'
        ),
        postgres=(
            'SELECT ("profiles"."settings" -> $1::text), ("profiles"."settings" -> $2::text -> $3::text), '
            '("profiles"."settings" -> $4::text -> $5::text ->> $6::integer) FROM "profiles" '
            'ORDER BY "profiles"."id"'
        ),
        parameters=['$."look"', '$."look"."colors"', '$."look"."colors"[0]'],
        postgres_parameters=["look", "look", "colors", "look", "colors", 0],
        rows=[
            ({"colors": ["red", "blue"], "font": "Serif"}, ["red", "blue"], "red"),
            ({"font": None}, None, None),
            ({}, None, None),
        ],
    )


async def test_negative_indexes_count_from_the_end(check: Check) -> None:
    colors = settings["look"]["colors"]
    await check(
        select(colors[-1], colors[-2], colors[-3], colors[2]).where(Profile.id == 1),
        sqlite=(
            'SELECT json_extract("profiles"."settings", ?), json_extract("profiles"."settings", ?), '
            'json_extract("profiles"."settings", ?), json_extract("profiles"."settings", ?) FROM "profiles" '
            'WHERE "profiles"."id" = ?'
        ),
        postgres=(
            'SELECT ("profiles"."settings" -> $1::text -> $2::text ->> $3::integer), '
            '("profiles"."settings" -> $4::text -> $5::text ->> $6::integer), '
            '("profiles"."settings" -> $7::text -> $8::text ->> $9::integer), '
            '("profiles"."settings" -> $10::text -> $11::text ->> $12::integer) FROM "profiles" '
            'WHERE "profiles"."id" = $13'
        ),
        parameters=[*[f'$."look"."colors"[{index}]' for index in ("#-1", "#-2", "#-3", "2")], 1],
        postgres_parameters=["look", "colors", -1, "look", "colors", -2, "look", "colors", -3, "look", "colors", 2, 1],
        rows=[("blue", "red", None, None)],
    )


async def test_null_and_what_is_not_there_are_null(check: Check) -> None:
    font = settings["look"]["font"]
    await check(
        select(Profile.id).where(font == None, settings["seen"]["home"].is_null()).order_by(Profile.id),  # noqa: E711  # SQL, not Python
        sqlite=(
            'SELECT "profiles"."id" FROM "profiles" WHERE json_extract("profiles"."settings", ?) IS NULL AND '
            'json_extract("profiles"."settings", ?) IS NULL ORDER BY "profiles"."id"'
        ),
        postgres=(
            'SELECT "profiles"."id" FROM "profiles" WHERE ("profiles"."settings" -> $1::text ->> $2::text) IS NULL '
            'AND ("profiles"."settings" -> $3::text ->> $4::text)::bigint IS NULL ORDER BY "profiles"."id"'
        ),
        parameters=['$."look"."font"', '$."seen"."home"'],
        postgres_parameters=["look", "font", "seen", "home"],
        rows=[(2,), (3,)],
    )


@feature("JSON", "parts of documents of which nothing is declared")
async def test_parts_of_documents_of_which_nothing_is_declared(check: Check) -> None:
    extra = Profile.extra
    await check(
        select(extra["a"][1], extra["t"], extra["n"], extra["s"], extra["f"], extra[2][0]).order_by(Profile.id),
        sqlite=(
            f"SELECT {', '.join([EXTRA] * 6)}" ' FROM "profiles" ORDER BY "profiles"."id"'
        ),
        postgres=(
            "SELECT nullif(\"profiles\".\"extra\" -> $1::text -> $2::integer, 'null'), "
            "nullif(\"profiles\".\"extra\" -> $3::text, 'null'), nullif(\"profiles\".\"extra\" -> $4::text, 'null'), "
            "nullif(\"profiles\".\"extra\" -> $5::text, 'null'), nullif(\"profiles\".\"extra\" -> $6::text, 'null'), "
            "nullif(\"profiles\".\"extra\" -> $7::integer -> $8::integer, 'null') "
            'FROM "profiles" ORDER BY "profiles"."id"'
        ),
        parameters=['$."a"[1]', '$."t"', '$."n"', '$."s"', '$."f"', "$[2][0]"],
        postgres_parameters=["a", 1, "t", "n", "s", "f", 2, 0],
        rows=[({"b": "x"}, True, None, "text", 1.5, None), (None,) * 5 + (30,), (None,) * 6],
    )  # fmt: skip


EXTRA = 'nullif("profiles"."extra" -> ?, \'null\')'


@pytest.mark.parametrize(("part", "value"), [("t", True), ("s", "text"), ("f", 1.5), ("a", [1, {"b": "x"}])])
async def test_such_parts_are_equal_to_values_of_any_kind(filled: Executor, part: str, value: object) -> None:
    ids = select(Profile.id).where(Profile.extra[part] == value)
    assert await filled.fetch_all(ids) == [(1,)]
    assert await filled.fetch_all(select(Profile.id).where(Profile.extra[part].in_([value, "other"]))) == [(1,)]
    assert await filled.fetch_all(select(Profile.id).where(Profile.extra[part] == [value])) == []


@feature("JSON", "comparing, sorting and grouping by parts")
async def test_parts_in_every_clause(check: Check) -> None:
    part = settings["loud"]
    await check(
        select(part.as_("loud"), fn.max(settings["level"]).as_("most"), fn.count().as_("n"))
        .where(settings["theme"] != "blue", settings["level"] >= -1, settings["level"].in_([3, -1, 2**53 + 1]))
        .group_by(part)
        .having(fn.max(settings["level"]) > 0)
        .order_by(part.desc()),
        sqlite=(
            'SELECT json_extract("profiles"."settings", ?) AS "loud", '
            'max(json_extract("profiles"."settings", ?)) AS "most", count(*) AS "n" FROM "profiles" '
            'WHERE json_extract("profiles"."settings", ?) <> ? AND json_extract("profiles"."settings", ?) >= ? '
            'AND json_extract("profiles"."settings", ?) IN (?, ?, ?) '
            'GROUP BY json_extract("profiles"."settings", ?) '
            'HAVING max(json_extract("profiles"."settings", ?)) > ? '
            'ORDER BY json_extract("profiles"."settings", ?) DESC'
        ),
        postgres=(
            'SELECT ("profiles"."settings" ->> $1::text)::boolean AS "loud", '
            'max(("profiles"."settings" ->> $2::text)::bigint) AS "most", count(*) AS "n" FROM "profiles" '
            'WHERE ("profiles"."settings" ->> $3::text) <> $4 AND ("profiles"."settings" ->> $5::text)::bigint >= $6 '
            'AND ("profiles"."settings" ->> $7::text)::bigint IN ($8, $9, $10) '
            'GROUP BY ("profiles"."settings" ->> $1::text)::boolean '
            'HAVING max(("profiles"."settings" ->> $11::text)::bigint) > $12 '
            'ORDER BY ("profiles"."settings" ->> $1::text)::boolean DESC'
        ),
        parameters=[
            '$."loud"', '$."level"', '$."theme"', "blue", '$."level"', -1, '$."level"', 3, -1, 2**53 + 1,
            '$."loud"', '$."level"', 0, '$."loud"',
        ],
        postgres_parameters=["loud", "level", "theme", "blue", "level", -1, "level", 3, -1, 2**53 + 1, "level", 0],
        rows=[(True, 3, 1), (False, 2**53 + 1, 2)],
    )  # fmt: skip


async def test_parts_beside_operators(filled: Executor) -> None:
    theme, level = settings["theme"], settings["level"]
    query = select(theme + "!", "<" + theme + theme, level * 2 - 1, -level, ~settings["loud"], fn.upper(theme))
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [("dark!", "<darkdark", 5, -3, False, "DARK")]
    found = select(Profile.id).where(theme.startswith("da") & settings["loud"] | level.between(-5, 0))
    assert await filled.fetch_all(found.order_by(Profile.id)) == [(1,), (3,)]


async def test_lists_and_objects_are_compared_as_a_whole(filled: Executor) -> None:
    colors = settings["look"]["colors"]
    assert await filled.fetch_all(select(Profile.id).where(colors == ["red", "blue"])) == [(1,)]
    assert await filled.fetch_all(select(Profile.id).where(settings["seen"] == {"home": 2})) == [(1,)]
    assert await filled.fetch_all(select(Profile.id).where(colors == ["blue", "red"])) == []


async def test_a_part_written_into_a_column(filled: Executor) -> None:
    await filled.execute(update(Profile).set(extra=settings["look"]).where(Profile.id == 1))
    query = select(Profile.extra, Profile.extra["font"]).where(Profile.id == 1)
    assert await filled.fetch_all(query) == [({"colors": ["red", "blue"], "font": "Serif"}, "Serif")]


KEYS = [
    "", " ", ".", "a.b", "$", "$.a", "[0]", "0", "-1", "#-1", "[", "]", '"', 'a"b', '"a"', "'", "a'b", "\\", "\\\\",
    'a\\"b', "\\u0041", "é", "日本", "\U0001f600", "\t", "\n", "\x01", "\x7f", "{a}", "{", ",", "a,b", "*", "?", "$1",
    "null", "value", "%", "@", "'; DROP TABLE profiles; --", '") --',
]  # fmt: skip


@pytest.mark.parametrize("key", KEYS)
async def test_no_key_changes_the_path(filled: Executor, key: str) -> None:
    document = {"a": "other", "A": "other", "b": "other", key: {"in": ["found", {key: "deep"}], key: True}}
    await filled.execute(update(Profile).set(extra={"a": {}, key: document}).where(Profile.id == 1))
    part = Profile.extra[key][key]
    query = select(part, part["in"], part["in"][0], part["in"][1][key], part[key], part[key][key], part["none"])
    expected = (document[key], ["found", {key: "deep"}], "found", "deep", True, None, None)
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [expected]
    assert await filled.fetch_all(select(Profile.extra[key]["no" + key]).where(Profile.id == 1)) == [(None,)]
    typed = select(Profile.id).where(fn.json_value(Profile.extra, key, key, "in", 0, returns=col.text()) == "found")
    assert await filled.fetch_all(typed) == [(1,)]


@pytest.mark.parametrize("key", ["0", "-1", '"0"', 'a"b'])
async def test_a_key_is_no_index_and_an_index_no_key(filled: Executor, key: str) -> None:
    await filled.execute(update(Profile).set(extra={"list": [1, 2], "object": {"0": 1, "-1": 2}}).all_rows())
    query = select(Profile.extra["list"][key], Profile.extra["object"][0], Profile.extra["object"][-1])
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [(None, None, None)]


async def test_a_path_through_what_is_no_object(filled: Executor) -> None:
    await filled.execute(update(Profile).set(extra={'"': "text", "n": 5, "t": "text"}).where(Profile.id == 1))
    extra = Profile.extra
    query = select(extra['"']["x"], extra['"']["x"][0], extra['"']['"'], extra["n"]["x"], extra["t"]["x"])
    assert await filled.fetch_all(query.where(Profile.id == 1)) == [(None,) * 5]


async def test_several_difficult_keys(check: Check) -> None:
    await check.executor.execute(update(Profile).set(extra={"a": {'"': {"b": [0, {"\\": 7}]}}}).where(Profile.id == 1))
    await check(
        select(fn.json_value(Profile.extra, "a", '"', "b", 1, "\\", returns=col.integer())).where(Profile.id == 1),
        sqlite=(
            "SELECT (SELECT (SELECT qb_each_2.value FROM json_each(qb_each_1.value, ?) AS qb_each_2 "
            'WHERE qb_each_2.key = ?) FROM json_each("profiles"."extra", ?) AS qb_each_1 WHERE qb_each_1.key = ? '
            'AND qb_each_1.type IN (\'object\', \'array\')) FROM "profiles" WHERE "profiles"."id" = ?'
        ),
        postgres=(
            'SELECT ("profiles"."extra" -> $1::text -> $2::text -> $3::text -> $4::integer ->> $5::text)::integer '
            'FROM "profiles" WHERE "profiles"."id" = $6'
        ),
        parameters=['$."b"[1]', "\\", '$."a"', '"', 1],
        postgres_parameters=["a", '"', "b", 1, "\\", 1],
        rows=[(7,)],
    )


@feature("JSON", "json_value()")
async def test_json_value(check: Check) -> None:
    extra = Profile.extra
    await check(
        select(
            fn.json_value(extra, "a", 0, returns=col.integer()),
            fn.json_value(extra, "f", returns=col.real()),
            fn.json_value(extra, "t", returns=col.boolean()),
            fn.json_value(extra, "s", returns=col.varchar(9)),
            fn.json_value(extra, "a", 1, returns=col.json(dict[str, str]))["b"],
        ).where(Profile.id == 1),
        sqlite=(
            'SELECT json_extract("profiles"."extra", ?), CAST(json_extract("profiles"."extra", ?) AS REAL), '
            'json_extract("profiles"."extra", ?), json_extract("profiles"."extra", ?), '
            'json_extract("profiles"."extra", ?) FROM "profiles" WHERE "profiles"."id" = ?'
        ),
        postgres=(
            'SELECT ("profiles"."extra" -> $1::text ->> $2::integer)::integer, '
            '("profiles"."extra" ->> $3::text)::double precision, ("profiles"."extra" ->> $4::text)::boolean, '
            '("profiles"."extra" ->> $5::text), ("profiles"."extra" -> $6::text -> $7::integer ->> $8::text) '
            'FROM "profiles" WHERE "profiles"."id" = $9'
        ),
        parameters=['$."a"[0]', '$."f"', '$."t"', '$."s"', '$."a"[1]."b"', 1],
        postgres_parameters=["a", 0, "f", "t", "s", "a", 1, "b", 1],
        rows=[(1, 1.5, True, "text", "x")],
    )


@pytest.mark.parametrize("kind", [col.numeric(5, 2), col.date(), col.timestamp(), col.uuid(), col.array(col.text())])
def test_what_json_has_no_form_for_is_no_part(kind: Any) -> None:
    with pytest.raises(CompileError, match="JSON has no"):
        fn.json_value(Profile.extra, "a", returns=kind)


def test_json_value_needs_a_path_and_a_document() -> None:
    with pytest.raises(TypeError, match="path"):
        fn.json_value(Profile.extra, returns=col.text())
    with pytest.raises(CompileError, match="only a JSON document has parts"):
        fn.json_value(Profile.id, "a", returns=col.text())  # type: ignore[qb-type]  # a mistake on purpose


async def test_parts_of_what_sql_returns(filled: Executor) -> None:
    document = sql("{}", Profile.settings, returns=object)
    query = select(fn.json_value(document, "theme", returns=col.text())).from_(Profile).where(Profile.id == 1)
    assert await filled.fetch_value(query) == "dark"
    with pytest.raises(CompileError, match=r"fn\.json_value"):
        document["theme"]


# Types


class Inner(TypedDict):
    a: Optional[int]  # noqa: UP045  # another way to write the same
    b: int | float
    c: Literal["x", "y", None]
    d: int | str
    e: Any
    f: list[Inner]
    g: list[Any]
    h: dict[str, bool]
    i: tuple[int, str]
    j: Inner | None
    k: list  # type: ignore[type-arg]  # as people write it
    l: None  # noqa: E741  # a key of a document


@dataclass
class Point:
    x: int


class Things(Table, name="things"):
    inner = col.json(Inner)
    point = col.json(Point, dump=lambda point: {"x": point.x}, load=lambda value: Point(value["x"]))
    names = col.array(col.text())


def path(expression: Any) -> JsonPath:
    assert isinstance(expression.node, JsonPath)
    return expression.node


@pytest.mark.parametrize(
    ("part", "type"),
    [
        (lambda: Things.inner["a"], BIGINT),
        (lambda: Things.inner["b"], REAL),
        (lambda: Things.inner["c"], TEXT),
        (lambda: Things.inner["d"], Json(object)),
        (lambda: Things.inner["e"], Json(object)),
        (lambda: Things.inner["e"]["x"][0], Json(object)),
        (lambda: Things.inner["f"], Json(list[Inner])),
        (lambda: Things.inner["f"][0]["f"][1]["a"], BIGINT),
        (lambda: Things.inner["g"][0], Json(object)),
        (lambda: Things.inner["h"]["x"], BOOLEAN),
        (lambda: Things.inner["i"][1], TEXT),
        (lambda: Things.inner["i"][-2], BIGINT),
        (lambda: Things.inner["j"], Json(Inner)),
        (lambda: Things.inner["j"]["b"], REAL),
        (lambda: Things.inner["k"][0], Json(object)),
        (lambda: Things.inner["l"], Json(object)),
        (lambda: Things.point["x"], Json(object)),
    ],
)
def test_the_type_of_a_part(part: Any, type: Any) -> None:
    assert path(part()).type == type


untyped: Any = Profile.settings  # whose mistakes mypy does not see
inner: Any = Things.inner
number: Any = Profile.id
text: Any = literal("x")


@pytest.mark.parametrize(
    ("part", "message"),
    [
        (lambda: untyped["thme"], r"Settings has no key 'thme', did you mean \"theme\"\?"),
        (lambda: untyped[0], "Settings has no key 0"),
        (lambda: untyped["look"]["colour"], "Look has no key 'colour', did you mean \"colors\""),
        (lambda: untyped["theme"]["x"], r"profiles\.settings\['theme'\] is text: only a JSON document"),
        (lambda: untyped["look"]["colors"]["red"], "is a list there, whose indexes are whole numbers"),
        (lambda: untyped["seen"][0], "is a dict there, whose keys are texts"),
        (lambda: inner["i"][2], r"has 2 items there: there is no \[2\]"),
        (lambda: Things.names[1], r"array\(text\), which counts from 1: write fn\.array_get"),
        (lambda: number["x"], r"profiles\.id is integer: only a JSON document has parts"),
        (lambda: Profile.extra["a\0b"], "holds NUL"),
        (lambda: text[0], "the expression is text: only a JSON document has parts"),
    ],
)
def test_parts_that_are_not_there(part: Any, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        part()


@pytest.mark.parametrize("key", [None, True, 1.5, Profile.id, slice(1, 2)])
def test_what_is_no_key(key: Any) -> None:
    with pytest.raises(TypeError, match="has a text for its key or a whole number for its index"):
        Profile.extra[key]


def test_an_expression_is_no_sequence() -> None:
    with pytest.raises(TypeError, match="not iterable"):
        iter(Profile.extra)
    with pytest.raises(TypeError, match="not iterable"):
        list(Profile.extra)  # type: ignore[call-overload]  # a mistake on purpose


def test_annotations_that_cannot_be_read() -> None:
    class Local(TypedDict):
        a: Missing  # type: ignore[name-defined]  # noqa: F821  # a mistake on purpose

    class Locals(Table, name="locals"):
        data = col.json(Local)

    with pytest.raises(CompileError, match=r"annotations of .*Local cannot be read .* fn\.json_value"):
        Locals.data["a"]


async def test_documents_with_a_load_give_what_is_stored(filled: Executor) -> None:
    await filled.execute(update(Profile).set(extra={"x": 5}).where(Profile.id == 1))

    class Points(Table, name="profiles"):
        id = col.integer().primary_key(generated=False)
        point = col.json(Point, "extra", dump=lambda point: {"x": point.x}, load=lambda value: Point(value["x"]))

    query = select(Points.point, Points.point["x"], fn.json_value(Points.point, "x", returns=col.integer()) + 1)
    assert await filled.fetch_all(query.where(Points.id == 1)) == [(Point(5), 5, 6)]


async def test_the_ends_of_numbers(filled: Executor) -> None:
    least, most = -(2**63), 2**63 - 1
    for number in (least, most):
        changed: Settings = {
            "theme": "", "level": number, "volume": 1e300, "loud": True, "look": {}, "seen": {},
        }  # fmt: skip
        await filled.execute(update(Profile).set(settings=changed).where(Profile.id == 1))
        query = select(settings["level"], settings["volume"]).where(settings["level"] == number)
        assert await filled.fetch_all(query) == [(number, 1e300)]


async def test_parts_in_indexes_and_checks(filled: Executor) -> None:
    class Shops(Table, name="shops"):
        id = col.integer().primary_key(generated=False)
        data = col.json(Inner).check(lambda data: data["b"] > 0)
        kind = col.text().generated(data["c"])

        by_part = index(data["a"], data["h"]["it's"].desc())

    await filled.create_tables(Shops)
    empty: Any = {"b": 1, "c": "x"}
    negative: Any = {**empty, "b": -1}
    await filled.execute(insert(Shops).values(id=1, data=empty))
    assert await filled.fetch_all(select(Shops.data["b"], Shops.kind)) == [(1.0, "x")]
    with pytest.raises(CheckViolated):
        await filled.execute(insert(Shops).values(id=2, data=negative))


def test_a_key_that_sqlite_looks_for_is_nothing_for_an_index() -> None:
    class Shops(Table, name="shops"):
        data = col.json(dict[str, str])
        by_part = index(data['"'])

    assert find_dialect("postgres").ddl().create([Shops])[1].endswith('((("data" ->> \'"\')))')
    with pytest.raises(UnsupportedError, match="by a sub-query"):
        find_dialect("sqlite").ddl().create([Shops])
