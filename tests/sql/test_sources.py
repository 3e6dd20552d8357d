"""Sub-queries in FROM, common table expressions and VALUES."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from qb import alias, col, columns, delete, fn, insert, literal, select, update, values
from qb.errors import CompileError, SchemaError, UnsupportedError
from tests.features import feature
from tests.sql.checking import Check
from tests.sql.schema import Album, Artist, Category, Genre, Note, Track

TOP = select(Album.artist_id, fn.max(Album.plays).as_("most")).group_by(Album.artist_id).subquery("top")


@feature("Sources", "sub-query in FROM")
async def test_a_sub_query_is_joined(check: Check) -> None:
    await check(
        select(Artist.name, TOP.most).join(TOP, on=TOP.artist_id == Artist.id).where(TOP.most > 50).order_by(TOP.most),
        sqlite='SELECT "artists"."name", "top"."most" FROM "artists" INNER JOIN (SELECT "albums"."artist_id", '
        'max("albums"."plays") AS "most" FROM "albums" GROUP BY "albums"."artist_id") AS "top" '
        'ON "top"."artist_id" = "artists"."id" WHERE "top"."most" > ? ORDER BY "top"."most"',
        parameters=[50],
        rows=[("Joni", 100), ("Miles", 300)],
    )


async def test_a_sub_query_alone_is_the_from(check: Check) -> None:
    await check(
        select(TOP).order_by(TOP.artist_id),
        sqlite='SELECT "top"."artist_id", "top"."most" FROM (SELECT "albums"."artist_id", max("albums"."plays") AS '
        '"most" FROM "albums" GROUP BY "albums"."artist_id") AS "top" ORDER BY "top"."artist_id"',
        rows=[(1, 100), (2, 300)],
    )


async def test_a_whole_sub_query_is_a_row_in_a_row(check: Check) -> None:
    await check(
        select(Artist.name, TOP).from_(Artist).left_join(TOP, on=TOP.artist_id == Artist.id).order_by(Artist.id),
        sqlite='SELECT "artists"."name", "top"."artist_id", "top"."most" FROM "artists" LEFT JOIN (SELECT '
        '"albums"."artist_id", max("albums"."plays") AS "most" FROM "albums" GROUP BY "albums"."artist_id") AS "top" '
        'ON "top"."artist_id" = "artists"."id" ORDER BY "artists"."id"',
        rows=[("Joni", (1, 100)), ("Miles", (2, 300)), ("Nina", None)],
    )


async def test_values_keep_their_kinds_on_the_way_out(check: Check) -> None:
    inner = select(Album.id, Album.price, Album.released, Album.genre, Album.live, fn.sum(Album.price).as_("total"))
    sub = inner.group_by(Album.id).subquery("s")
    await check(
        select(sub.price, sub.released, sub.genre, sub.live, sub.total).where(sub.price < Decimal("9.2501")),
        sqlite='SELECT "s"."price", "s"."released", "s"."genre", "s"."live", "s"."total" FROM (SELECT "albums"."id", '
        '"albums"."price", "albums"."released", "albums"."genre", "albums"."live", sum("albums"."price") AS "total" '
        'FROM "albums" GROUP BY "albums"."id") AS "s" WHERE ("s"."price" * 100) < ?',
        postgres='SELECT "s"."price", "s"."released", "s"."genre", "s"."live", "s"."total" FROM (SELECT "albums"."id", '
        '"albums"."price", "albums"."released", "albums"."genre", "albums"."live", sum("albums"."price") AS "total" '
        'FROM "albums" GROUP BY "albums"."id") AS "s" WHERE "s"."price" < $1',
        parameters=[92501],
        postgres_parameters=[Decimal("9.2501")],
        rows=[
            (Decimal("9.00"), date(1976, 11, 22), Genre.JAZZ, False, Decimal("9.00")),
            (Decimal("9.25"), date(1959, 8, 17), Genre.JAZZ, False, Decimal("9.25")),
        ],
    )


async def test_columns_go_by_their_attributes(check: Check) -> None:
    tracks = select(Track).where(Track.album_id == 1).subquery("t")
    assert list(columns(tracks)) == ["album_id", "position", "title", "seconds", "fee"]
    await check(
        select(tracks.title).order_by(tracks.position.desc()),
        sqlite='SELECT "t"."title" FROM (SELECT "tracks"."album_id", "tracks"."position", "tracks"."name" AS "title", '
        '"tracks"."seconds", "tracks"."fee" FROM "tracks" WHERE "tracks"."album_id" = ?) AS "t" '
        'ORDER BY "t"."position" DESC',
        parameters=[1],
        rows=[("My Old Man",), ("All I Want",)],
    )


async def test_a_sub_query_in_a_sub_query(check: Check) -> None:
    inner = select(Album.id, Album.plays).where(Album.plays > 10).subquery("inner one")
    middle = select(fn.count().as_("n"), fn.sum(inner.plays).as_("s")).from_(inner).subquery("middle")
    await check(
        select(middle.n, middle.s),
        sqlite='SELECT "middle"."n", "middle"."s" FROM (SELECT count(*) AS "n", sum("inner one"."plays") AS "s" FROM '
        '(SELECT "albums"."id", "albums"."plays" FROM "albums" WHERE "albums"."plays" > ?) AS "inner one") AS "middle"',
        postgres='SELECT "middle"."n", "middle"."s" FROM (SELECT count(*) AS "n", sum("inner one"."plays") AS "s" '
        'FROM (SELECT "albums"."id", "albums"."plays" FROM "albums" WHERE "albums"."plays" > $1) AS "inner one") '
        'AS "middle"',
        parameters=[10],
        rows=[(3, 420)],
    )


@feature("Sources", "lateral join", sqlite="refused")
async def test_a_lateral_sub_query_reads_what_is_before_it(check: Check) -> None:
    best = select(Album.title).where(Album.artist_id == Artist.id).order_by(Album.plays.desc()).limit(1).lateral("best")
    await check(
        select(Artist.name, best.title).from_(Artist).left_join(best, on=literal(True)).order_by(Artist.id),
        postgres='SELECT "artists"."name", "best"."title" FROM "artists" LEFT JOIN LATERAL (SELECT "albums"."title" '
        'FROM "albums" WHERE "albums"."artist_id" = "artists"."id" ORDER BY "albums"."plays" DESC LIMIT $1) AS "best" '
        'ON $2::boolean ORDER BY "artists"."id"',
        postgres_parameters=[1, True],
        rows=[("Joni", "Blue"), ("Miles", "Kind of Blue"), ("Nina", None)],
    )


def test_a_sub_query_that_is_not_lateral_reads_nothing_beside_it() -> None:
    best = select(Album.title).where(Album.artist_id == Artist.id).subquery("best")
    query = select(Artist.name, best.title).from_(Artist).join(best, on=literal(True))  # type: ignore[qb-scope]  # what is tried
    with pytest.raises(CompileError, match='"best" reads "artists", which stands beside it in FROM'):
        query.compile("postgres")


async def test_a_sub_query_within_a_correlated_one_may_read_the_outermost(check: Check) -> None:
    inner = select(Album.plays).where(Album.artist_id == Artist.id).subquery("own")
    await check(
        select(Artist.name, select(fn.sum(inner.plays)).from_(inner).scalar_subquery().as_("sum")).order_by(Artist.id),
        sqlite='SELECT "artists"."name", (SELECT sum("own"."plays") FROM (SELECT "albums"."plays" FROM "albums" WHERE '
        '"albums"."artist_id" = "artists"."id") AS "own") AS "sum" FROM "artists" ORDER BY "artists"."id"',
        rows=[("Joni", 120), ("Miles", 300), ("Nina", None)],
    )


# Common table expressions

POPULAR = select(Album.id, Album.artist_id, Album.title).where(Album.plays >= 100).cte("popular")


@feature("Sources", "CTE")
async def test_a_cte_comes_first_with_its_parameters(check: Check) -> None:
    await check(
        select(Artist.name, POPULAR.title)
        .join(POPULAR, on=POPULAR.artist_id == Artist.id)
        .where(Artist.id > 0)
        .order_by(Artist.id),
        sqlite='WITH "popular" AS (SELECT "albums"."id", "albums"."artist_id", "albums"."title" FROM "albums" WHERE '
        '"albums"."plays" >= ?) SELECT "artists"."name", "popular"."title" FROM "artists" INNER JOIN "popular" '
        'ON "popular"."artist_id" = "artists"."id" WHERE "artists"."id" > ? ORDER BY "artists"."id"',
        parameters=[100, 0],
        rows=[("Joni", "Blue"), ("Miles", "Kind of Blue")],
    )


async def test_a_cte_twice(check: Check) -> None:
    other = alias(POPULAR, "other")
    await check(
        select(POPULAR.title, other.title.as_("next")).join(other, on=other.id > POPULAR.id),
        sqlite='WITH "popular" AS (SELECT "albums"."id", "albums"."artist_id", "albums"."title" FROM "albums" WHERE '
        '"albums"."plays" >= ?) SELECT "popular"."title", "other"."title" AS "next" FROM "popular" '
        'INNER JOIN "popular" AS "other" ON "other"."id" > "popular"."id"',
        parameters=[100],
        rows=[("Blue", "Kind of Blue")],
    )


async def test_ctes_stand_in_the_order_in_which_they_need_each_other(check: Check) -> None:
    first = select(Album.id, Album.plays).where(Album.plays > 1).cte("first")
    second = select(first.id).where(first.plays > 50).cte("second")
    await check(
        select(fn.count().as_("n")).from_(second).where(second.id.in_(select(first.id).where(first.plays < 200))),
        sqlite='WITH "first" AS (SELECT "albums"."id", "albums"."plays" FROM "albums" WHERE "albums"."plays" > ?), '
        '"second" AS (SELECT "first"."id" FROM "first" WHERE "first"."plays" > ?) SELECT count(*) AS "n" FROM "second" '
        'WHERE "second"."id" IN (SELECT "first"."id" FROM "first" WHERE "first"."plays" < ?)',
        parameters=[1, 50, 200],
        rows=[(1,)],
    )


@feature("Sources", "CTE: materialized or not")
async def test_materialized(check: Check) -> None:
    kept = select(Album.id).cte("kept", materialized=True)
    inlined = select(Album.id).cte("inlined", materialized=False)
    await check(
        select(kept.id).join(inlined, on=inlined.id == kept.id).where(kept.id == 1),
        sqlite='WITH "kept" AS MATERIALIZED (SELECT "albums"."id" FROM "albums"), "inlined" AS NOT MATERIALIZED '
        '(SELECT "albums"."id" FROM "albums") SELECT "kept"."id" FROM "kept" INNER JOIN "inlined" '
        'ON "inlined"."id" = "kept"."id" WHERE "kept"."id" = ?',
        parameters=[1],
        rows=[(1,)],
    )


@feature("Sources", "CTE: column list")
async def test_a_column_list(check: Check) -> None:
    listed = select(Album.id, Album.plays + 1).cte("listed", columns=("key", "more"))
    await check(
        select(listed.more).where(listed.key == 2),
        sqlite='WITH "listed" ("key", "more") AS (SELECT "albums"."id", "albums"."plays" + ? FROM "albums") '
        'SELECT "listed"."more" FROM "listed" WHERE "listed"."key" = ?',
        parameters=[1, 2],
        rows=[(21,)],
    )


@feature("Sources", "recursive CTE")
async def test_a_recursive_cte(check: Check) -> None:
    tree = (
        select(Category.id, Category.name, literal(0).as_("depth"))
        .where(Category.parent_id.is_null())
        .recursive_cte(
            "tree",
            lambda tree: select(Category.id, Category.name, tree.depth + 1).join(
                tree, on=Category.parent_id == tree.id
            ),
        )
    )
    await check(
        select(tree.name, tree.depth).order_by(tree.depth, tree.name),
        sqlite='WITH RECURSIVE "tree" AS (SELECT "categories"."id", "categories"."name", ? AS "depth" FROM '
        '"categories" WHERE "categories"."parent_id" IS NULL UNION ALL SELECT "categories"."id", "categories"."name", '
        '"tree"."depth" + ? FROM "categories" INNER JOIN "tree" ON "categories"."parent_id" = "tree"."id") '
        'SELECT "tree"."name", "tree"."depth" FROM "tree" ORDER BY "tree"."depth", "tree"."name"',
        postgres='WITH RECURSIVE "tree" AS (SELECT "categories"."id", "categories"."name", $1::integer AS "depth" FROM '
        '"categories" WHERE "categories"."parent_id" IS NULL UNION ALL SELECT "categories"."id", "categories"."name", '
        '"tree"."depth" + $2 FROM "categories" INNER JOIN "tree" ON "categories"."parent_id" = "tree"."id") '
        'SELECT "tree"."name", "tree"."depth" FROM "tree" ORDER BY "tree"."depth", "tree"."name"',
        parameters=[0, 1],
        rows=[("Music", 0), ("Jazz", 1), ("Pop", 1)],
    )


async def test_a_recursion_that_comes_back_ends_with_distinct(check: Check) -> None:
    numbers = select(literal(0).as_("n")).recursive_cte(
        "numbers", lambda numbers: select((numbers.n + 1) % 3), distinct=True
    )
    await check(
        select(numbers.n).order_by(numbers.n),
        sqlite='WITH RECURSIVE "numbers" AS (SELECT ? AS "n" UNION SELECT ("numbers"."n" + ?) % ? FROM "numbers") '
        'SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n"',
        postgres='WITH RECURSIVE "numbers" AS (SELECT $1::integer AS "n" UNION SELECT ("numbers"."n" + $2) % $3 '
        'FROM "numbers") SELECT "numbers"."n" FROM "numbers" ORDER BY "numbers"."n"',
        parameters=[0, 1, 3],
        rows=[(0,), (1,), (2,)],
    )


@feature("Sources", "CTE before INSERT, UPDATE, DELETE")
async def test_a_cte_before_an_insert(check: Check) -> None:
    await check(
        insert(Category).from_select(select(POPULAR.id + 100, POPULAR.title), Category.id, Category.name),
        sqlite='WITH "popular" AS (SELECT "albums"."id", "albums"."artist_id", "albums"."title" FROM "albums" WHERE '
        '"albums"."plays" >= ?) INSERT INTO "categories" ("id", "name") SELECT "popular"."id" + ?, "popular"."title" '
        'FROM "popular"',
        parameters=[100, 100],
        affected=2,
        then=select(Category.id).where(Category.id > 100).order_by(Category.id),
        rows=[(101,), (103,)],
    )


async def test_a_cte_before_an_update_and_a_delete(check: Check) -> None:
    await check(
        update(Album).set(plays=0).where(Album.id.in_(select(POPULAR.id))),
        sqlite='WITH "popular" AS (SELECT "albums"."id", "albums"."artist_id", "albums"."title" FROM "albums" WHERE '
        '"albums"."plays" >= ?) UPDATE "albums" SET "plays" = ? WHERE "albums"."id" IN (SELECT "popular"."id" FROM '
        '"popular")',
        parameters=[100, 0],
        affected=2,
        then=select(Album.plays).where(Album.id == 1),
        rows=[(0,)],
    )
    few = select(Track.album_id).where(Track.position == 2).cte("few")
    await check(
        delete(Track).where(Track.album_id.in_(select(few.album_id))),
        sqlite='WITH "few" AS (SELECT "tracks"."album_id" FROM "tracks" WHERE "tracks"."position" = ?) DELETE FROM '
        '"tracks" WHERE "tracks"."album_id" IN (SELECT "few"."album_id" FROM "few")',
        parameters=[2],
        affected=4,
        then=select(fn.count()).from_(Track),
        rows=[(0,)],
    )


@feature("Sources", "data-modifying CTE", sqlite="refused")
async def test_a_write_in_a_cte(check: Check) -> None:
    gone = delete(Track).where(Track.album_id == 1).returning(Track.position, Track.title).cte("gone")
    await check(
        insert(Category).from_select(select(gone.position + 200, gone.title), Category.id, Category.name),
        postgres='WITH "gone" AS (DELETE FROM "tracks" WHERE "tracks"."album_id" = $1 RETURNING "tracks"."position", '
        '"tracks"."name" AS "title") INSERT INTO "categories" ("id", "name") SELECT "gone"."position" + $2, '
        '"gone"."title" FROM "gone"',
        postgres_parameters=[1, 200],
        affected=2,
        then=select(Category.name).where(Category.id > 200).order_by(Category.id),
        rows=[("All I Want",), ("My Old Man",)],
    )


@feature("Sources", "CTE that nothing reads", sqlite="refused")
async def test_a_write_that_nothing_reads(check: Check) -> None:
    made = insert(Note).values(text="made").returning(Note.id).cte("made")
    await check(
        select(Artist.id).where(Artist.id == 1).with_(made),
        postgres='WITH "made" AS (INSERT INTO "notes" ("text") VALUES ($1) RETURNING "notes"."id") '
        'SELECT "artists"."id" FROM "artists" WHERE "artists"."id" = $2',
        postgres_parameters=["made", 1],
        rows=[(1,)],
    )


# VALUES


@feature("Sources", "VALUES")
async def test_values_are_a_source(check: Check) -> None:
    wanted = values("wanted", [(1, "a"), (3, None)], id=col.integer(), note=col.text().nullable())
    await check(
        select(Album.title, wanted.note).from_(Album).join(wanted, on=wanted.id == Album.id).order_by(Album.id),
        sqlite='SELECT "albums"."title", "wanted"."note" FROM "albums" INNER JOIN (SELECT column1 AS "id", column2 AS '
        '"note" FROM (VALUES (?, ?), (?, NULL))) AS "wanted" ON "wanted"."id" = "albums"."id" ORDER BY "albums"."id"',
        postgres='SELECT "albums"."title", "wanted"."note" FROM "albums" INNER JOIN (VALUES ($1::integer, $2::text), '
        '($3::integer, NULL::text)) AS "wanted" ("id", "note") ON "wanted"."id" = "albums"."id" ORDER BY "albums"."id"',
        parameters=[1, "a", 3],
        rows=[("Blue", "a"), ("Kind of Blue", None)],
    )


async def test_values_of_every_form(check: Check) -> None:
    rows = [
        (Decimal("1.50"), date(2000, 1, 2), Genre.POP, True),
        (Decimal("0.25"), date(1999, 1, 2), Genre.ROCK, False),
    ]
    kinds = values("v", rows, n=col.numeric(10, 2), d=col.date(), g=col.enum(Genre), b=col.boolean())
    await check(
        select(kinds).order_by(kinds.g),
        sqlite='SELECT "v"."n", "v"."d", "v"."g", "v"."b" FROM (SELECT column1 AS "n", column2 AS "d", column3 AS "g", '
        'column4 AS "b" FROM (VALUES (?, ?, ?, ?), (?, ?, ?, ?))) AS "v" ORDER BY CASE "v"."g" '
        "WHEN 'rock' THEN 0 WHEN 'jazz' THEN 1 WHEN 'pop' THEN 2 END",
        postgres='SELECT "v"."n", "v"."d", "v"."g", "v"."b" FROM (VALUES ($1::numeric, $2::date, $3::"genre", '
        '$4::boolean), ($5::numeric, $6::date, $7::"genre", $8::boolean)) AS "v" ("n", "d", "g", "b") ORDER BY "v"."g"',
        parameters=[150, "2000-01-02", "pop", 1, 25, "1999-01-02", "rock", 0],
        postgres_parameters=[rows[0][0], rows[0][1], "pop", True, rows[1][0], rows[1][1], "rock", False],
        rows=[rows[1], rows[0]],
    )


# Mistakes


def test_mistakes() -> None:
    with pytest.raises(CompileError, match=r"name each selected expression with \.as_"):
        select(Album.plays + 1).subquery("s")  # type: ignore[qb-name]  # what is tried
    with pytest.raises(CompileError, match='two of its columns are named "id"'):
        select(Album.id, Artist.id).from_(Album).join(Artist, on=literal(True)).subquery("s")  # type: ignore[qb-name]  # what is tried
    with pytest.raises(CompileError, match='selects "albums" as a whole beside others'):
        select(Album, Artist).join(Artist, on=literal(True)).cte("c")  # type: ignore[qb-type]  # what is tried
    with pytest.raises(CompileError, match="has 1 columns, and its column list 2"):
        select(Album.id).cte("c", columns=("a", "b"))  # type: ignore[qb-name]  # what is tried
    with pytest.raises(SchemaError, match="NUL"):
        select(Album.id).subquery("a\0b")
    with pytest.raises(AttributeError, match=r"has no column .mots., did you mean"):
        TOP.mots  # type: ignore[qb-name]  # noqa: B018  # what is tried
    with pytest.raises(CompileError, match=r"values\('v'\) needs a row"):
        values("v", [], id=col.integer())
    counted = values("v", [(fn.count(),)], id=col.integer())  # type: ignore[qb-group]  # what is tried
    with pytest.raises(CompileError, match="an aggregate, and cannot stand in VALUES"):
        select(counted.id).compile("sqlite")
    with pytest.raises(CompileError, match="a row has 1 values for 2 columns"):
        values("v", [(1,)], a=col.integer(), b=col.integer())
    with pytest.raises(TypeError, match=r"with_\(\) takes what \.cte"):
        select(Album.id).with_(TOP)
    with pytest.raises(CompileError, match="puts 1 columns together with 2"):
        select(Album.id).recursive_cte("t", lambda t: select(t.id, t.id.as_("x")))  # type: ignore[qb-type]  # what is tried


def test_a_recursive_decimal_keeps_its_scale() -> None:
    with pytest.raises(CompileError, match='"price" of the recursive "t" starts as numeric\\(10, 2\\)'):
        select(Album.price).recursive_cte("t", lambda t: select(t.price * Decimal("1.5")))


def test_two_ctes_of_one_name_and_the_name_of_a_table() -> None:
    one, two = select(Album.id).cte("c"), select(Artist.id).cte("c")
    with pytest.raises(CompileError, match='two common table expressions of this statement are named "c"'):
        select(one.id).where(one.id.in_(select(two.id))).compile("sqlite")
    albums = select(Artist.id).cte("albums")
    with pytest.raises(CompileError, match='"albums" is a table and a common table expression here'):
        select(albums.id).where(albums.id.in_(select(Album.id))).compile("postgres")


def test_a_cte_sees_nothing_of_the_statement() -> None:
    own = select(Album.id).where(Album.artist_id == Artist.id).cte("own")
    with pytest.raises(CompileError, match=r'the common table expression "own" reads "artists"\."id"'):
        select(Artist.name, own.id).from_(Artist).join(own, on=literal(True)).compile("sqlite")  # type: ignore[qb-scope]  # what is tried


def test_sqlite_does_not_write_in_a_cte() -> None:
    gone = delete(Track).where(Track.album_id == 1).returning(Track.position).cte("gone")
    with pytest.raises(UnsupportedError, match='SQLite cannot write inside of WITH \\("gone"\\)'):
        select(gone.position).compile("sqlite")  # type: ignore[qb-dialect]  # the mistake
