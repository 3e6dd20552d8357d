"""many() and one(): rows inside of rows, by the foreign key or a condition."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qb import (
    Database,
    Executor,
    Table,
    alias,
    col,
    exists,
    fn,
    foreign_key,
    insert,
    literal,
    many,
    one,
    primary_key,
    select,
    sql,
    update,
)
from qb.errors import CompileError, MultipleRowsFound, NoRowFound, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Event, Genre, Note, Track

ALWAYS = literal(1) == 1
child = alias(Category, "child")
parent = alias(Category, "parent")


@feature("Nested results", "many()")
async def test_many(check: Check) -> None:
    albums = many(select(Album.title, Album.released).order_by(Album.released.desc()).where(Album.plays > 5))
    await check(
        select(Artist.name, albums.as_("albums")).order_by(Artist.id),
        sqlite=(
            'SELECT "artists"."name", (SELECT json_group_array(json_array("c0", "c1")) FROM ('
            'SELECT "albums"."title" AS "c0", "albums"."released" AS "c1" FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id" AND "albums"."plays" > ? ORDER BY "albums"."released" DESC'
            ') AS "nested") AS "albums" FROM "artists" ORDER BY "artists"."id"'
        ),
        postgres=(
            'SELECT "artists"."name", (SELECT coalesce(json_agg(json_build_array("c0", "c1")), \'[]\') FROM ('
            'SELECT "albums"."title" AS "c0", "albums"."released" AS "c1" FROM "albums" '
            'WHERE "albums"."artist_id" = "artists"."id" AND "albums"."plays" > $1 ORDER BY "albums"."released" DESC'
            ') AS "nested") AS "albums" FROM "artists" ORDER BY "artists"."id"'
        ),
        parameters=(5,),
        rows=[
            ("Joni", [("Hejira", date(1976, 11, 22)), ("Blue", date(1971, 6, 22))]),
            ("Miles", [("Kind of Blue", date(1959, 8, 17))]),
            ("Nina", []),
        ],
    )


@feature("Nested results", "one()")
async def test_one(check: Check) -> None:
    await check(
        select(Album.title, one(select(Artist.name, Artist.country)).as_("artist")).where(Album.id == 4),
        sqlite=(
            'SELECT "albums"."title", (SELECT json_group_array(json_array("c0", "c1")) FROM ('
            'SELECT "artists"."name" AS "c0", "artists"."country" AS "c1" FROM "artists" '
            'WHERE "artists"."id" = "albums"."artist_id" LIMIT 2) AS "nested") AS "artist" '
            'FROM "albums" WHERE "albums"."id" = ?'
        ),
        postgres=(
            'SELECT "albums"."title", (SELECT coalesce(json_agg(json_build_array("c0", "c1")), \'[]\') FROM ('
            'SELECT "artists"."name" AS "c0", "artists"."country" AS "c1" FROM "artists" '
            'WHERE "artists"."id" = "albums"."artist_id" LIMIT 2) AS "nested") AS "artist" '
            'FROM "albums" WHERE "albums"."id" = $1'
        ),
        parameters=(4,),
        rows=[("Agharta", ("Miles", "US"))],
    )


@feature("Nested results", "every kind of value")
async def test_encodings(check: Check) -> None:
    tracks = many(select(Track.seconds, Track.fee, Track.position).order_by(Track.position), on=Track.album_id == 1)
    await check(
        select(literal("x").as_("x"), tracks.as_("tracks")),
        sqlite=(
            'SELECT ? AS "x", (SELECT json_group_array(json_array(CASE WHEN "c0" IS NOT NULL THEN '
            'printf(\'%!.20g\', "c0") END, "c1", "c2")) FROM ('
            'SELECT "tracks"."seconds" AS "c0", "tracks"."fee" AS "c1", "tracks"."position" AS "c2" FROM "tracks" '
            'WHERE "tracks"."album_id" = ? ORDER BY "tracks"."position") AS "nested") AS "tracks"'
        ),
        postgres=(
            'SELECT $1::text AS "x", (SELECT coalesce(json_agg(json_build_array("c0"::text, "c1"::text, "c2")), '
            "'[]') FROM ("
            'SELECT "tracks"."seconds" AS "c0", "tracks"."fee" AS "c1", "tracks"."position" AS "c2" FROM "tracks" '
            'WHERE "tracks"."album_id" = $2 ORDER BY "tracks"."position") AS "nested") AS "tracks"'
        ),
        parameters=("x", 1),
        rows=[("x", [(214.5, Decimal("0.0525"), 1), (213.0, Decimal("10.5000"), 2)])],
    )


async def test_rows_are_those_of_a_plain_select(filled: Executor) -> None:
    """Names, types and classes: whole tables, several tables, expressions with and without a name."""
    queries: list[Any] = [
        select(Album),
        select(Album, Artist).join(Artist, on=Album.artist_id == Artist.id),
        select(Album.id, Track).left_join(Track, on=(Track.album_id == Album.id) & (Track.position == 1)),
        select(Album.title, Album.plays + 1, fn.upper(Album.title).as_("loud"), Album.price * 2, Album.live),
        select(Album.artist_id, fn.count().as_("n"), fn.avg(Album.plays).as_("mean")).group_by(Album.artist_id),
        select(Album.genre).distinct(),
        select(Event),
        select(Track.title, Track),
    ]
    for query in queries:
        plain = await filled.fetch_all(query)
        outer = await filled.fetch_one(select(literal(0), many(query, on=ALWAYS).as_("rows")))
        assert sorted(map(repr, outer.rows)) == sorted(map(repr, plain))
        assert {type(row) for row in outer.rows} == {type(row) for row in plain}
        assert [type(item) for row in outer.rows for item in row if item is not None] == [
            type(item) for row in plain for item in row if item is not None
        ]


async def test_three_levels(filled: Executor) -> None:
    tracks = many(select(Track.title, one(select(Album.live)).as_("on")).order_by(Track.position)).as_("tracks")
    albums = many(select(Album, tracks).order_by(Album.id)).as_("albums")
    rows = await filled.fetch_all(select(Artist, albums).order_by(Artist.id))
    assert [row.artist.name for row in rows] == ["Joni", "Miles", "Nina"]
    assert [[a.album.genre for a in row.albums] for row in rows] == [[Genre.POP, Genre.JAZZ], [Genre.JAZZ, None], []]
    assert rows[0].albums[0].tracks == [("All I Want", (False,)), ("My Old Man", (False,))]
    assert repr(rows[0].albums[0].tracks[1].on) == "Row(live=False)"
    assert rows[0].albums[1].tracks == []
    assert repr(rows[2]) == "Row(artist=Row(id=3, name='Nina', country=None), albums=[])"


async def test_the_inner_select_keeps_its_clauses(filled: Executor) -> None:
    cases: list[tuple[Any, list[list[Any]]]] = [
        (select(Album.title).order_by(Album.plays.desc()).limit(1), [["Blue"], ["Kind of Blue"], []]),
        (select(Album.title).order_by(Album.plays.desc()).offset(1), [["Hejira"], ["Agharta"], []]),
        (select(Album.title).order_by(Album.genre.desc()).where(Album.artist_id == 1), [["Blue", "Hejira"], [], []]),
        (select(Album.artist_id).distinct(), [[1], [2], []]),
        (select(fn.count()).from_(Album), [[2], [2], [0]]),
        (select(fn.sum(Album.price)), [[Decimal("19.50")], [Decimal("109.25")], [None]]),
        (
            select(Album.live).group_by(Album.live).having(fn.max(Album.plays) > 50).order_by(Album.live),
            [[False], [False], []],
        ),
        (
            select(Track.title).join(Album, on=Track.album_id == Album.id).order_by(Track.title).limit(1),
            [["All I Want"], ["Blue in Green"], []],
        ),
    ]
    for albums, expected in cases:
        rows = await filled.fetch_all(select(Artist.id, many(albums).as_("items")).order_by(Artist.id))
        assert [[item[0] for item in row.items] for row in rows] == expected, str(albums)


async def test_the_foreign_key_may_lead_either_way(filled: Executor) -> None:
    by_album = await filled.fetch_all(select(Album.id, many(select(Artist.name)).as_("artists")).order_by(Album.id))
    assert [row.artists for row in by_album] == [[("Joni",)], [("Joni",)], [("Miles",)], [("Miles",)]]
    one_live = one(select(Album.title).where(Album.live == True))  # noqa: E712  # SQL, not Python
    by_artist = await filled.fetch_all(select(Artist.id, one_live.as_("album")).order_by(Artist.id))
    assert [row.album for row in by_artist] == [None, ("Agharta",), None]


async def test_a_table_and_itself(filled: Executor) -> None:
    """many() goes down, one() goes up."""
    tree = select(
        Category.name,
        many(select(child.name).order_by(child.name)).as_("children"),
        one(select(parent.name)).as_("parent"),
    ).order_by(Category.id)
    assert await filled.fetch_all(tree) == [
        ("Music", [("Jazz",), ("Pop",)], None),
        ("Jazz", [], ("Music",)),
        ("Pop", [], ("Music",)),
    ]
    both = select(parent.name, many(select(child.name).order_by(child.id)).as_("below")).order_by(parent.id).limit(1)
    assert await filled.fetch_all(both) == [("Music", [("Jazz",), ("Pop",)])]


async def test_the_source_around_may_be_joined_or_named_only_in_from(filled: Executor) -> None:
    tracks = many(select(Track.title).order_by(Track.position)).as_("tracks")
    joined = select(Artist.name, tracks).join(Album, on=Album.artist_id == Artist.id).where(Album.id == 3)
    assert await filled.fetch_all(joined) == [("Miles", [("So What",), ("Blue in Green",)])]
    assert await filled.fetch_all(select(tracks).from_(Album).where(Album.id == 2)) == [([],)]
    first = select(tracks, fn.upper(Album.title).as_("title")).where(Album.id == 1)
    assert await filled.fetch_all(first) == [([("All I Want",), ("My Old Man",)], "BLUE")]
    assert await filled.fetch_value(select(tracks).from_(Album).where(Album.id == 2)) == []


async def test_a_missing_row_around(filled: Executor) -> None:
    """Without a match of the left join there is nothing that the inner rows could belong to."""
    q = (
        select(Artist.name, Album.id, many(select(Track.title).order_by(Track.position)).as_("tracks"))
        .left_join(Album, on=(Album.artist_id == Artist.id) & (Album.plays == 100))
        .order_by(Artist.id)
    )
    assert await filled.fetch_all(q) == [
        ("Joni", 1, [("All I Want",), ("My Old Man",)]),
        ("Miles", None, []),
        ("Nina", None, []),
    ]


async def test_one_of_several_and_of_none(filled: Executor) -> None:
    album = select(Album.title)
    with pytest.raises(MultipleRowsFound, match=r"one\(\) has found more than one row"):
        await filled.fetch_all(select(Artist.name, one(album).as_("album")))
    first = select(Artist.name, one(album.order_by(Album.title).limit(1)).as_("album")).order_by(Artist.id)
    assert [row.album for row in await filled.fetch_all(first)] == [("Blue",), ("Agharta",), None]
    required = select(Artist.name, one(album.where(Album.plays > 90), required=True).as_("album"))
    assert [row.album.title for row in await filled.fetch_all(required.where(Artist.id == 2))] == ["Kind of Blue"]
    with pytest.raises(NoRowFound, match="required=True"):
        await filled.fetch_all(required)


async def test_streams_and_pickles(filled: Executor) -> None:
    import pickle

    q = select(Artist.name, many(select(Album.title).order_by(Album.id)).as_("albums")).order_by(Artist.id)
    rows = [row async for row in filled.stream(q, size=2)]
    assert rows == await filled.fetch_all(q)
    assert pickle.loads(pickle.dumps(rows)) == rows
    assert rows[0].albums[0].title == "Blue"
    assert rows[0]._asdict() == {"name": "Joni", "albums": [("Blue",), ("Hejira",)]}


class Season(Table, name="seasons"):
    league = col.text()
    year = col.integer()
    key = primary_key(league, year)


class Team(Table, name='te"ams'):
    id = col.integer('i"d').primary_key()
    name = col.text()


class Match(Table, name="matches"):
    id = col.integer().primary_key()
    league = col.text()
    year = col.integer()
    home_id = col.integer().references(lambda: Team.id)
    away_id = col.integer().references(lambda: Team.id)
    season = foreign_key(league, year, references=lambda: (Season.league, Season.year))


async def test_keys_of_several_columns_and_several_keys(database: Database) -> None:
    await database.create_tables(Season, Team, Match)
    await database.execute(insert(Season).values_many([{"league": "A", "year": 1}, {"league": "A", "year": 2}]))
    await database.execute(insert(Team).values_many([{"name": "x"}, {"name": "y"}]))
    await database.execute(insert(Match).values(league="A", year=2, home_id=2, away_id=1))
    seasons = select(Season, many(select(Match.id)).as_("matches")).order_by(Season.year)
    assert [row.matches for row in await database.fetch_all(seasons)] == [[], [(1,)]]
    assert await database.fetch_all(select(Match.id, one(select(Season)).as_("season"))) == [(1, ("A", 2))]
    home = many(select(Match.id), on=Match.home_id == Team.id).as_("home")
    assert await database.fetch_all(select(Team, home).order_by(Team.id)) == [((1, "x"), []), ((2, "y"), [(1,)])]
    away = alias(Team, 'aw"ay')
    home_team = one(select(Team), on=Team.id == Match.home_id).as_("home")
    both = select(Match.id, home_team, one(select(away), on=away.id == Match.away_id).as_("away"))
    assert await database.fetch_all(both) == [(1, (2, "y"), (1, "x"))]
    found = r'several foreign keys join "matches" and "te"ams": \(home_id\) and \(away_id\); say which: many\('
    with pytest.raises(CompileError, match=found):
        select(Team, many(select(Match.id)).as_("m")).compile("sqlite")  # type: ignore[qb-scope]  # a mistake on purpose


class Wide(Table, name="wide"):
    """More columns than a function takes arguments (32 on D1, 100 on PostgreSQL)."""

    id = col.integer().primary_key(generated=False)
    for n in range(119):
        locals()[f"c{n}"] = col.numeric(6, 2).default(n)
    del n


async def test_wide_rows(database: Database) -> None:
    await database.create_tables(Wide)
    await database.execute(insert(Wide).values_many([{"id": 1}, {"id": 2}]))
    plain = await database.fetch_all(select(Wide).order_by(Wide.id))
    wide: Any = many(select(Wide).order_by(Wide.id), on=ALWAYS).as_("rows")  # mypy does not see what the loop declares
    deep = many(select(literal(1), wide), on=ALWAYS).as_("deep")
    rows = await database.fetch_all(select(literal(1), wide, deep))
    assert rows[0].rows == plain
    assert rows[0].deep[0].rows == plain
    assert rows[0].rows[1].c118 == Decimal("118.00")


def test_without_a_foreign_key() -> None:
    for q, tables in [
        (select(Artist, many(select(Note)).as_("n")), '"notes" with "artists"'),
        (select(Artist, many(select(Track)).as_("n")), '"tracks" with "artists"'),
        (select(literal(1), many(select(Note)).as_("n")), '"notes" with what is around it'),
        (select(Artist, many(select(literal(1))).as_("n")), 'the inner select with "artists"'),
        (select(Artist, many(select(Artist)).as_("n")), '"artists" with "artists"'),
    ]:
        found = rf"many\(\): no foreign key joins {tables}: say what does, many\(…, on=…\)"
        with pytest.raises(CompileError, match=found):
            q.compile("postgres")


def test_a_source_on_both_sides() -> None:
    q = select(Category, many(select(Category), on=Category.parent_id == Category.id).as_("c"))
    found = r'"categories" is in the inner select and around it: name one of them with alias\(\)'
    with pytest.raises(CompileError, match=found):
        q.compile("sqlite")


def test_nowhere_but_in_a_result() -> None:
    albums: Any = many(select(Album.title))
    misplaced: list[Any] = [
        select(Artist).order_by(albums),
        select(Artist).where(albums == albums),
        select(Artist).where(albums.is_null()),
        select(Artist).group_by(albums),
        select(fn.count(albums)).from_(Artist),
        select(fn.coalesce(albums, albums)).from_(Artist),
        update(Artist).set(name="x").all_rows().returning(Artist.id, albums.as_("albums")),
    ]
    for q in misplaced:
        with pytest.raises(CompileError, match=r"many\(\) is an item of a select's result"):
            q.compile("sqlite")
    with pytest.raises(CompileError, match=r"leave .distinct\(\) out"):
        select(Artist, albums.as_("albums")).distinct().compile("postgres")


def test_no_sub_query_has_rows_inside() -> None:
    q: Any = select(Artist.name, many(select(Album.title)).as_("albums"))
    alone: Any = select(one(select(Album.title)).as_("album")).from_(Artist)
    uses: list[Any] = [
        lambda: exists(q),
        lambda: alone.scalar_subquery(),
        lambda: Artist.name.in_(alone),
        lambda: insert(Artist).from_select(q),
        lambda: sql("{}", q),
        lambda: q.subquery("s"),
        lambda: q.cte("c"),
        lambda: q.union_all(q),
    ]
    for use in uses:
        with pytest.raises(CompileError, match=r"many\(\) and one\(\) give rows to the program"):
            use()


def test_what_is_given() -> None:
    with pytest.raises(CompileError, match="those of a select, not of Returning"):
        many(insert(Artist).values(name="x").returning(Artist.id))  # type: ignore[qb-type]  # the mistake
    with pytest.raises(CompileError, match=r"those of a select, not of Compound: select from its .subquery\(…\)"):
        many(select(Album.id).union(select(Artist.id)))  # type: ignore[qb-type]  # the mistake
    with pytest.raises(TypeError, match="a condition is a SQL expression, not bool"):
        many(select(Album), on=True)  # type: ignore[arg-type]  # the mistake
    with pytest.raises(UnsupportedError, match=r"a value of any cannot be inside of many\(\) .* sql\(…, returns=…\)"):
        select(Artist, many(select(Album.id, sql("x"))).as_("a")).compile("sqlite")


async def test_two_columns_of_one_name(filled: Executor) -> None:
    ids: list[Any] = [Album.id, Artist.id]
    rows = many(select(*ids).join(Artist, on=Album.artist_id == Artist.id), on=ALWAYS)
    with pytest.raises(CompileError, match='two columns of this query are named "id"'):
        await filled.fetch_all(select(literal(1), rows.as_("rows")))


def test_scope() -> None:
    q: Any = select(Artist, many(select(Album.title).where(Track.position == 1)).as_("a"))
    with pytest.raises(CompileError, match='"tracks" is not in this query'):
        q.compile("sqlite")


async def test_rows_read_what_is_two_levels_around(filled: Executor) -> None:
    tracks = many(select(Track.title).order_by(Track.position), on=(Track.album_id == Album.id) & (Artist.id == 1))
    albums = many(select(Album.title, tracks.as_("tracks")).order_by(Album.id)).as_("albums")
    rows = await filled.fetch_all(select(Artist.name, albums).order_by(Artist.id).limit(2))
    assert [[album.tracks for album in row.albums] for row in rows] == [
        [[("All I Want",), ("My Old Man",)], []],
        [[], []],
    ]


async def test_rows_of_sub_queries_and_set_operations(filled: Executor) -> None:
    liked = select(Album.artist_id, Album.title, (Album.plays * 2).as_("twice")).where(Album.plays > 5)
    names = select(Album.artist_id.as_("key"), Album.title).union_all(select(Artist.id, Artist.name)).subquery("names")
    for source in (liked.subquery("s"), liked.cte("c")):
        titles = many(select(source.title).order_by(source.twice), on=source.artist_id == Artist.id)
        found = await filled.fetch_all(select(Artist.name, titles.as_("titles")).order_by(Artist.id))
        assert found == [("Joni", [("Hejira",), ("Blue",)]), ("Miles", [("Kind of Blue",)]), ("Nina", [])]
    every = many(select(names.title).order_by(names.title), on=names.key == Artist.id).as_("names")
    assert await filled.fetch_all(select(every).from_(Artist).where(Artist.id == 1)) == [
        ([("Blue",), ("Hejira",), ("Joni",)],)
    ]
    plays = select(Album.artist_id, fn.sum(Album.plays).as_("n")).group_by(Album.artist_id).cte("plays")
    artists = one(select(Artist.name), on=Artist.id == plays.artist_id, required=True).as_("artist")
    assert await filled.fetch_all(select(plays.n, artists).order_by(plays.n)) == [(120, ("Joni",)), (300, ("Miles",))]


async def test_rows_beside_groups_and_parameters(filled: Executor) -> None:
    """PostgreSQL's shared parameters reach into the rows, and come back out."""
    album = many(select(literal("q").as_("q"), Album.plays + 7).where(Album.plays > 5).order_by(Album.id)).as_("albums")
    country = fn.coalesce(Artist.country, "-")
    q = (
        select(Artist.id, country.as_("country"), album, (fn.count() + 5).as_("n"))
        .join(Album, on=Album.artist_id == Artist.id)
        .where(Album.plays > 5)
        .group_by(Artist.id, country)
        .order_by(Artist.id)
    )
    assert await filled.fetch_all(q) == [(1, "CA", [("q", 107), ("q", 27)], 7), (2, "US", [("q", 307)], 6)]


def test_it_is_shown() -> None:
    q = select(Artist.id, many(select(Album.price)).as_("albums"))
    assert str(q) == (
        'SELECT "artists"."id", (SELECT json_arrayagg(json_array("c0")) FROM (SELECT "albums"."price" AS "c0" '
        'FROM "albums" WHERE "albums"."artist_id" = "artists"."id") AS "nested") AS "albums" FROM "artists"'
    )
