"""What a dialect does not have, where the dialect of a database is known."""

from typing import Literal

from schema import Album, Artist, Genre, Track, anything
from schema import Category as Tagged

from dialects.d1 import D1 as D1Binding
from dialects.d1 import D1Driver
from qb import Database, Executor, Query, Rows, Table, Transaction, alias, all_of, case, cast, col, cube, delete, exists, expect, fn, fts, grouping_sets, inferred, insert, keyset, literal, many, merge, query, require, rollup, select, sql, tuple_, update, when, window
from qb.expressions.quantifiers import all_, any_

Sqlite = Database[Literal["sqlite"]]
D1 = Database[Literal["d1"]]
Postgres = Database[Literal["postgres"]]


class Post(Table, name="posts"):
    id = col.integer().primary_key()
    title = col.text()
    tags = col.array(col.text())
    settings = col.json(dict[str, int])


# Databases know their dialects

reveal_type(Database.connect("sqlite://"))  # R: Database[Literal['sqlite']]
reveal_type(Database.connect("sqlite:///music.db"))  # R: Database[Literal['sqlite']]
reveal_type(Database.connect("postgresql://user@host/name"))  # R: Database[Literal['postgres']]
reveal_type(Database.connect("postgres://host/name", timeout=3))  # R: Database[Literal['postgres']]
reveal_type(Database.connect("d1://database"))  # R: Database[Literal['d1']]
reveal_type(Database.connect(str(anything()), dialect="postgresql"))  # R: Database[Literal['postgres']]
reveal_type(Database.connect("postgresql://host/name", dialect="sqlite"))  # R: Database[Literal['sqlite']]
reveal_type(Database(D1Binding(anything())))  # R: Database[Literal['d1']]
reveal_type(Database(D1Binding(anything()).session()))  # R: Database[Literal['d1']]
reveal_type(Database(D1Binding(anything())).driver)  # R: Driver[str]
reveal_type(D1Driver.of(Database(D1Binding(anything()))))  # R: dialects.d1.driver.D1Driver
reveal_type(Database.connect("mysql://host/name"))  # R: Database[str]
reveal_type(Database.connect(str(anything())))  # R: Database[str]
reveal_type(Database.connect("sqlite://", dialect=str(anything())))  # R: Database[str]


async def in_a_worker() -> None:
    db = Database(D1Binding(anything()))
    async with db.transaction():  # E[qb-dialect]: A transaction is not in D1: send the statements together, with db.batch(…)
        await db.fetch_all(select(Album.id).with_for_update())  # E[qb-dialect]: FOR UPDATE is not in D1
    reveal_type(await db.batch(select(Album.id), insert(Artist).values(name="x"), require(exists(select(Album.id)), "none")))  # R: tuple[list[tuple[int, fallback=Row[TypedDict({'id': int})]]], Affected, Affected]
    reveal_type(await db.execute(expect(update(Album).set(plays=1).where(Album.id == 1), rows=1)))  # R: Affected
    expect(select(Album.id))  # E[arg-type]: Argument 1 to "expect" has incompatible type
    require(Album.title, "x")  # E[arg-type]: Argument 1 to "require" has incompatible type
    D1Binding()  # E[call-arg]: Missing positional argument "binding" in call to "D1"


async def opened() -> None:
    reveal_type(await Database.connect("sqlite://"))  # R: Database[Literal['sqlite']]
    async with Database.connect("postgresql://host/name") as db:
        reveal_type(db)  # R: Database[Literal['postgres']]
        async with db.transaction() as tx:
            reveal_type(tx)  # R: Transaction[Literal['postgres']]
            async with tx.transaction() as nested:
                reveal_type(nested)  # R: Transaction[Literal['postgres']]


def any_database(db: Database) -> None: ...
def any_executor(db: Executor) -> None: ...
def only_postgres(db: Postgres) -> None: ...
def executor_of_sqlite(db: Executor[Literal["sqlite"]]) -> None: ...


def handed_on(sqlite: Sqlite, postgres: Postgres, tx: Transaction[Literal["sqlite"]], db: Database) -> None:
    any_database(sqlite)
    any_executor(sqlite)
    any_executor(tx)
    only_postgres(postgres)
    only_postgres(sqlite)  # E[arg-type]: incompatible type "Database[Literal['sqlite']]"; expected "Database[Literal['postgres']]"
    only_postgres(db)  # E[arg-type]: incompatible type "Database[str]"
    executor_of_sqlite(tx)
    executor_of_sqlite(postgres)  # E[arg-type]: expected "Executor[Literal['sqlite']]"


# What they have

first = select(Album.id, Album.title).distinct_on(Album.artist_id).order_by(Album.artist_id)
titles = select(Album.title)


async def runs(db: Database, sqlite: Sqlite, postgres: Postgres, d1: D1, either: Database[Literal["sqlite", "postgres"]]) -> None:
    await db.fetch_all(first)
    await postgres.fetch_all(first)
    await sqlite.fetch_all(titles)
    await sqlite.fetch_all(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite: number the rows with fn.row_number() in a sub-query
    await sqlite.fetch_one(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
    await sqlite.fetch_one_or_none(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
    await sqlite.execute(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
    await sqlite.explain(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
    await d1.fetch_all(first)  # E[qb-dialect]: DISTINCT ON is not in D1
    await either.fetch_all(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
    async for _ in sqlite.stream(first):  # E[qb-dialect]: DISTINCT ON is not in SQLite
        pass
    async with sqlite.transaction() as tx:
        await tx.fetch_all(first)  # E[qb-dialect]: DISTINCT ON is not in SQLite
        await tx.fetch_all(titles)
    await postgres.explain(titles, analyze=True)
    await sqlite.explain(titles)
    await sqlite.explain(titles, analyze=False)
    await sqlite.explain(titles, analyze=True)  # E[qb-dialect]: EXPLAIN ANALYZE is not in SQLite
    await sqlite.fetch_value(select(fn.stddev(Album.plays)))  # E[qb-dialect]: fn.stddev() is not in SQLite


first.compile("postgres")
first.compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
first.compile("d1")  # E[qb-dialect]: DISTINCT ON is not in D1
first.compile(str(anything()))
first.distinct().compile("sqlite")
first.clear("distinct").compile("sqlite")
first.clear("order_by").compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite

# Clauses

select(Album.title).order_by(Album.plays).fetch(3).compile("sqlite")
select(Album.title).order_by(Album.plays).fetch(3, with_ties=True).compile("postgres")
ties = select(Album.title).order_by(Album.plays).fetch(3, with_ties=True)
ties.compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite: number the rows with fn.rank()
ties.limit(3).compile("sqlite")
ties.fetch(3).compile("sqlite")
ties.clear("limit").compile("sqlite")
locked = select(Album).with_for_update(skip_locked=True)
locked.compile("postgres")
locked.compile("sqlite")  # E[qb-dialect]: FOR UPDATE is not in SQLite: leave .with_for_update() out
locked.clear("with_for_update").compile("sqlite")
locked.where(Album.plays > 1).limit(2).compile("d1")  # E[qb-dialect]: FOR UPDATE is not in D1

totals = select(Album.live, fn.count().as_("n"))
totals.group_by(Album.live).compile("sqlite")
totals.group_by(rollup(Album.live)).compile("postgres")
totals.group_by(rollup(Album.live)).compile("sqlite")  # E[qb-dialect]: ROLLUP is not in SQLite: write a select for each grouping
totals.group_by(cube(Album.live)).compile("sqlite")  # E[qb-dialect]: CUBE is not in SQLite
totals.group_by(grouping_sets(Album.live, ())).compile("sqlite")  # E[qb-dialect]: GROUPING SETS is not in SQLite
select(fn.grouping(Album.live)).group_by(Album.live).compile("sqlite")  # E[qb-dialect]: fn.grouping() is not in SQLite

# Sources

latest = select(Track.title).where(Track.album_id == Album.id).limit(1).lateral("latest")
beside = select(Album.title.as_("album"), latest.title).from_(Album).cross_join(latest)
beside.compile("postgres")
beside.compile("sqlite")  # E[qb-dialect]: LATERAL is not in SQLite
plain = select(Track.title).subquery("plain")
select(plain.title).compile("sqlite")
inner = first.subquery("inner")
select(inner.title).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
reveal_type(inner.title)  # R: SourceColumn[str, Literal['inner.title'] | Literal['@needs DISTINCT ON']]
reveal_type(select(inner.title))  # R: Select[tuple[str, fallback=Row[TypedDict({'title': str})]], tuple[SourceColumn[str, Literal['inner.title'] | Literal['@needs DISTINCT ON']]], Literal['@needs select DISTINCT ON']]
inner.title == 1  # E[qb-type]: inner.title is str, but the value is int
inner.titel  # E[qb-name]: "inner" has no column "titel"; did you mean "title"?
select(Album.title).join(inner, on=inner.id == Album.id).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(Album.title).join(first.cte("c"), on=Album.live).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(alias(inner, "other").title).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(Album.title).from_(Album).where(exists(first)).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(Album.title).where(Album.title.in_(ties)).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
select(Album.title).where(Album.title.in_(ties.limit(3))).compile("sqlite")
select(Album.title, ties.scalar_subquery().as_("t")).from_(Album).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
titles.union(ties).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
ties.union_all(titles).order_by(Album.title).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
ties.union_all(titles).compile("postgres")
ties.union(titles).except_(titles).limit(3).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
titles.union(ties).union(ties).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
titles.union(titles).intersect(titles).compile("sqlite")
nested = select(select(inner.title).cte("c").title).subquery("u")
select(nested.title).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(nested).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
tracks = many(select(Track.title).distinct_on(Track.position), on=Track.album_id == Album.id).as_("tracks")
select(Album.title, tracks).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(Album.title, tracks).compile("postgres")
gone = delete(Track).where(Track.count == 0).returning(Track.id).cte("gone")
select(gone.id).compile("postgres")
select(gone.id).compile("sqlite")  # E[qb-dialect]: A write inside of WITH is not in SQLite: run it by itself before
select(Album.title).with_(gone).compile("sqlite")  # E[qb-dialect]: A write inside of WITH is not in SQLite
tree = select(Tagged.id, Tagged.name).recursive_cte("tree", lambda t: select(Tagged.id, fn.reverse(t.name).as_("name")).join(t, on=Tagged.parent_id == t.id))
select(tree.id).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite

# Expressions

select(fn.upper(Album.title)).compile("sqlite")
select(fn.reverse(Album.title)).compile("postgres")
select(fn.reverse(Album.title)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite: select the values, and compute it in Python
select(fn.coalesce(fn.upper(fn.initcap(Album.title)), "x").as_("x")).compile("d1")  # E[qb-dialect]: fn.initcap() is not in D1
select(Album.id).where(fn.split_part(Album.title, " ", 1) == "The").compile("sqlite")  # E[qb-dialect]: fn.split_part() is not in SQLite
select(Album.id).order_by(fn.reverse(Album.title).desc()).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(Album.id).order_by(fn.reverse(Album.title)).clear("order_by").compile("sqlite")
select(case((fn.reverse(Album.title) == "x", 1), else_=0).as_("c")).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(cast(fn.reverse(Album.title), col.integer()).as_("c")).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(sql("{}", fn.reverse(Album.title)).as_("c")).from_(Album).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
reversed_ = fn.reverse(Album.title) == "x"
select(Album.id).where((Album.live & ~reversed_) | (Album.plays > 1)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(Album.id).where(all_of(Album.live, reversed_)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(Album.id).where(when(True, lambda flag: reversed_)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(fn.count().filter(reversed_)).from_(Album).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
over_reversed = fn.row_number().over(partition_by=[Album.id, fn.reverse(Album.title)])
select(over_reversed).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(fn.json_object(a=fn.reverse(Album.title)).as_("x")).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(Album.id).where(tuple_(Album.id, fn.reverse(Album.title)) == (1, "x")).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
select(Album.id).where(Album.title.in_(["x", fn.reverse(Album.title)])).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
keyset(select(Album.id), by=(fn.reverse(Album.title),), after=None, size=3).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
keyset(select(Album.id), by=(Album.title,), after=None, size=3).compile("sqlite")
named = window("w", order_by=fn.reverse(Album.title))
select(fn.rank().over(named)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite

select(Album.id).where(Album.title.matches("^a")).compile("postgres")
select(Album.id).where(Album.title.matches("^a")).compile("sqlite")
select(Album.id).where(Album.title.matches("^a")).compile("d1")  # E[qb-dialect]: A regular expression is not in D1: write .like(…), .startswith(…) or .contains(…)
select(Album.id).where(fn.lower(Album.title).not_matches("^a")).compile("d1")  # E[qb-dialect]: A regular expression is not in D1

select(fn.string_agg(Album.title, ", ")).compile("sqlite")
select(fn.string_agg(Album.title, ", ", order_by=None)).compile("sqlite")
select(fn.string_agg(Album.title, ", ", order_by=Album.id)).compile("postgres")
select(fn.string_agg(Album.title, ", ", order_by=Album.id)).compile("sqlite")  # E[qb-dialect]: ORDER BY in an aggregate is not in SQLite
select(fn.array_agg(Album.title)).compile("sqlite")  # E[qb-dialect]: fn.array_agg() is not in SQLite
select(fn.var_pop(Album.plays)).compile("sqlite")  # E[qb-dialect]: fn.var_pop() is not in SQLite
select(Album.live, fn.avg(Album.plays)).group_by(Album.live).having(fn.variance(Album.plays) > 1).compile("d1")  # E[qb-dialect]: fn.variance() is not in D1
select(fn.percentile_cont(0.5).within_group(Album.plays)).compile("sqlite")  # E[qb-dialect]: fn.percentile_cont() is not in SQLite
select(fn.percentile_disc(0.5).within_group(Album.plays)).compile("sqlite")  # E[qb-dialect]: fn.percentile_disc() or fn.mode() is not in SQLite
select(fn.mode().within_group(Album.plays.desc())).compile("sqlite")  # E[qb-dialect]: fn.percentile_disc() or fn.mode() is not in SQLite
select(fn.mode().within_group(Album.plays)).compile("postgres")

select(fn.max(Album.title), fn.min(Album.plays)).compile("sqlite")
select(fn.max(Album.genre)).compile("postgres")
select(fn.max(Album.genre)).compile("sqlite")  # E[qb-dialect]: The order of an enum in fn.min() or fn.max() is not in SQLite
select(fn.greatest(Album.plays, 3)).compile("sqlite")
select(fn.least(Album.genre, Genre.rock)).compile("sqlite")  # E[qb-dialect]: The order of an enum in fn.greatest() or fn.least() is not in SQLite
select(cast(Album.title, col.integer()), cast(Album.created_at, col.date())).compile("sqlite")
select(cast(Album.title, col.date())).compile("sqlite")  # E[qb-dialect]: A cast of text to a date, time, UUID or enum is not in SQLite
select(cast(Album.title, col.enum(Genre))).compile("sqlite")  # E[qb-dialect]: A cast of text to a date, time, UUID or enum is not in SQLite
select(cast(Album.title, col.uuid())).compile("postgres")

select(Post.tags).compile("sqlite")
select(Post.id).where(Post.tags.has("x")).compile("postgres")
select(Post.id).where(Post.tags.has("x")).compile("sqlite")  # E[qb-dialect]: .has() of an array is not in SQLite: declare a list as col.json(list[…])
select(Post.id).where(Post.tags.overlaps(["x"])).compile("sqlite")  # E[qb-dialect]: .overlaps() of an array is not in SQLite
select(fn.array_length(Post.tags)).compile("sqlite")  # E[qb-dialect]: fn.array_length() is not in SQLite
select((Post.tags + ["x"]).as_("more")).compile("sqlite")  # E[qb-dialect]: + of arrays is not in SQLite
select((Post.title + "x").as_("more")).compile("sqlite")
select(Post.id).where(Post.title == any_(Post.tags)).compile("postgres")
select(Post.id).where(Post.title == any_(Post.tags)).compile("sqlite")  # E[qb-dialect]: any_() of an array is not in SQLite
select(Post.id).where(Post.title != all_(select(Artist.name))).compile("sqlite")
select(Post.id).where(Post.settings.has_key("a")).compile("sqlite")
select(Post.id).where(Post.settings.json_contains({"a": 1})).compile("sqlite")  # E[qb-dialect]: .json_contains() is not in SQLite: compare parts of the document
select(Post.id).where(fts.match(Post.title, "x")).compile("postgres")
select(Post.id).where(fts.match(Post.title, "x")).compile("sqlite")  # E[qb-dialect]: fts.match() or fts.rank() of columns is not in SQLite: declare an FTS5 table
select(Post.id).where(fts.match((Post.title,), "x")).compile("d1")  # E[qb-dialect]: fts.match() or fts.rank() of columns is not in D1
select(Post.id).where(fts.match(Post, "x")).compile("sqlite")
select(Post.id).where(fts.match(Post, "x", raw=True)).compile("postgres")  # E[qb-dialect]: fts.match() or fts.rank() of an FTS5 table is not in PostgreSQL: name the columns
select(Post.id).order_by(fts.rank(Post, "x").desc()).compile("postgres")  # E[qb-dialect]: fts.match() or fts.rank() of an FTS5 table is not in PostgreSQL
select(fts.headline(Post.title, "x")).compile("postgres")
select(fts.headline(Post.title, "x")).compile("sqlite")  # E[qb-dialect]: fts.headline() is not in SQLite: fts.highlight() and fts.snippet()
select(fts.snippet(Post.title)).where(fts.match(Post, "x")).compile("sqlite")
select(fts.snippet(Post.title)).compile("postgres")  # E[qb-dialect]: fts.snippet() is not in PostgreSQL: fts.headline() does it

# Writes

new = insert(Artist).values(name="x")
new.on_conflict(Artist.id).do_nothing().compile("postgres")
new.on_conflict(Artist.id).do_nothing().on_conflict(Artist.name).do_update(country="x").compile("sqlite")
new.on_conflict(Artist.id).do_nothing().on_conflict(Artist.name).do_nothing().compile("postgres")  # E[qb-dialect]: A second ON CONFLICT is not in PostgreSQL: merge() has clauses with conditions
new.on_conflict(Artist.id).do_update(name=fn.reverse(Artist.name)).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
insert(Artist).values(name=fn.reverse(literal("x"))).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
insert(Artist).from_select(select(fn.reverse(Album.title).as_("name"))).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
update(Album).set(title=fn.reverse(Album.title)).all_rows().compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
update(Album).set(plays=0).where(Album.title.in_(ties)).compile("sqlite")  # E[qb-dialect]: WITH TIES is not in SQLite
delete(Album).where(reversed_).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
delete(Album).where(reversed_).returning(Album.id).compile("sqlite")  # E[qb-dialect]: fn.reverse() is not in SQLite
delete(Album).where(reversed_).returning(Album.id).compile("postgres")
of_artist = update(Album).set(plays=0).from_(Artist).where(Album.artist_id == Artist.id)
of_artist.returning(Album.id).compile("sqlite")
of_artist.returning(Album.id, Artist.name).compile("postgres")
of_artist.returning(Album.id, Artist.name).compile("sqlite")  # E[qb-dialect]: RETURNING of another table is not in SQLite: return columns of the table that is written
merged = merge(Album).using(inner, on=inner.id == Album.id).when_matched().do_nothing()
merged.compile("postgres")
merged.compile("sqlite")  # E[qb-dialect]: MERGE is not in SQLite # E[qb-dialect]: DISTINCT ON is not in SQLite

# Functions


@query
def firsts(artist: int) -> Query:
    return select(Album.id).distinct_on(Album.artist_id).where(Album.artist_id == artist)


@inferred
def played(least: int) -> Query:
    q = select(Album.id, Album.title).where(Album.plays > least)
    q = q.where(Album.title.matches("^a"))
    return q.limit(3)


@inferred
async def all_firsts(db: Sqlite) -> Rows:
    return await db.fetch_all(firsts(1))  # E[qb-dialect]: DISTINCT ON is not in SQLite


async def of_functions(sqlite: Sqlite, postgres: Postgres, d1: D1) -> None:
    await postgres.fetch_all(firsts(1))
    await sqlite.fetch_all(firsts(1))  # E[qb-dialect]: DISTINCT ON is not in SQLite
    await sqlite.fetch_all(played(1))
    await d1.fetch_all(played(1))  # E[qb-dialect]: A regular expression is not in D1
    await d1.fetch_all(played(1).clear("where"))


# What is not known is not reported


async def unknown(sqlite: Sqlite, q: Query[int], some: list[Query[int]]) -> None:
    await sqlite.fetch_all(q)
    await sqlite.fetch_all(some[0])
    await sqlite.fetch_all(anything())


def in_a_branch(flag: bool) -> None:
    q = select(Album.id)
    if flag:
        q = q.with_for_update()
        q.compile("sqlite")  # E[qb-dialect]: FOR UPDATE is not in SQLite
    q.compile("sqlite")
