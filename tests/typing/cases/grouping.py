"""GROUP BY: what a query reads of its groups is a group key, or inside of an aggregate."""

from collections.abc import Sequence
from typing import Any

from schema import Album, Artist, Category, Play, Track, row

from qb import (
    Database,
    Expr,
    Query,
    Table,
    alias,
    case,
    col,
    column_named,
    cube,
    delete,
    exists,
    fn,
    grouping_sets,
    inferred,
    insert,
    literal,
    many,
    merge,
    rollup,
    select,
    sort_keys,
    sql,
    tuple_,
    unique,
    update,
    values,
)
from qb.statements.select import Select

# A column is a key, or aggregated

select(Album.artist_id, fn.count()).group_by(Album.artist_id).compile("sqlite")
select(Album.artist_id, fn.count(), fn.max(Album.title)).group_by(Album.artist_id, Album.live).compile("sqlite")
select(Album.artist_id, Album.title).group_by(Album.artist_id, Album.title).compile("sqlite")
select(Album.artist_id, fn.count()).group_by(Album.artist_id, Album.live).compile("sqlite")
select(Album.artist_id, Album.live).group_by(Album.artist_id).group_by(Album.live).compile("sqlite")
select(fn.count(), fn.sum(Album.plays), literal(1).as_("one")).compile("sqlite")
select((fn.sum(Album.plays) / fn.count()).as_("mean"), fn.coalesce(fn.max(Album.title), "").as_("last")).compile("sqlite")
select(Artist.name, fn.count(Album.id)).left_join(Album, on=Album.artist_id == Artist.id).group_by(Artist.name).compile("sqlite")

select(Album.title, fn.count()).compile("sqlite")  # E[qb-group]: Album.title is neither grouped nor aggregated: add .group_by(Album.title), or an aggregate such as fn.max(Album.title)
select(Album.artist_id, Album.title).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Album.title is neither grouped nor aggregated
select(Album.title, Album.live, fn.sum(Album.plays)).compile("sqlite")  # E[qb-group]: Album.title and Album.live are neither grouped nor aggregated: add .group_by(Album.title, Album.live), or aggregates such as fn.max(Album.title)
select((Album.plays + fn.sum(Album.plays)).as_("x")).compile("sqlite")  # E[qb-group]: Album.plays is neither grouped
select(Album.title.as_("name"), fn.count()).group_by(Album.live).compile("sqlite")  # E[qb-group]: Album.title is neither
select(fn.upper(Album.title).as_("name"), fn.count()).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Artist.name, fn.count(Album.id)).left_join(Album, on=Album.artist_id == Artist.id).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Artist.name is neither
select(Album.title, fn.count().filter(Album.live)).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Album.title, sql("{} + 1", Album.plays).as_("next")).group_by(Album.title).compile("sqlite")  # E[qb-group]: Album.plays is neither
select(case((Album.live, fn.count()), else_=0).as_("x")).compile("sqlite")  # E[qb-group]: Album.live is neither

# Expressions are the same where they read the same columns

year = fn.year(Play.at)
select(year.as_("year"), fn.count()).group_by(year).order_by(year).compile("sqlite")
select(fn.year(Play.at).as_("year"), fn.count()).group_by(fn.year(Play.at)).order_by(fn.year(Play.at).desc()).compile("sqlite")
labelled = fn.year(Play.at).as_("year")
select(labelled, fn.count()).group_by(labelled).order_by(labelled, fn.count().desc()).compile("sqlite")
name = Album.title.as_("name")
select(name, Album.title, fn.count()).group_by(name).order_by(name.desc()).compile("sqlite")
select((year * 100 + fn.length(Track.title)).as_("x")).join(Track, on=Track.id == Play.track_id).group_by(year, fn.length(Track.title)).compile("sqlite")
select((Album.plays + fn.length(Album.title)).as_("x"), fn.count()).group_by(Album.plays + fn.length(Album.title)).compile("sqlite")
select(fn.upper(Album.title)).group_by(Album.title).compile("sqlite")
size = case((Album.plays > 100, "many"), (Album.live, "few"), else_="none")
select(size.as_("size"), fn.count()).group_by(size).having(size != "none").order_by(size).compile("sqlite")

select(Play.at, fn.count()).group_by(fn.year(Play.at)).compile("sqlite")  # E[qb-group]: Play.at is neither
select(Album.plays, fn.count()).group_by(Album.plays + fn.length(Album.title)).compile("sqlite")  # E[qb-group]: Album.plays is neither
select((Album.plays + 1).as_("x"), fn.count()).group_by(Album.plays + fn.length(Album.title)).compile("sqlite")  # E[qb-group]: Album.plays is neither
select(fn.count(Play.at)).group_by(fn.year(Play.at)).order_by(Play.at.desc()).compile("sqlite")  # E[qb-group]: Play.at is neither

# The whole primary key stands for all columns of its table; no other key does

select(Album.id, Album.title, fn.count(Track.id)).left_join(Track, on=Track.album_id == Album.id).group_by(Album.id).order_by(Album.title).compile("sqlite")
select(Album, fn.count(Track.id)).left_join(Track, on=Track.album_id == Album.id).group_by(Album.id).compile("sqlite")
select(Play, fn.count()).group_by(Play.track_id).group_by(Play.at).compile("sqlite")
parent = alias(Category, "parent")
select(parent.name, fn.count()).join(Category, on=Category.parent_id == parent.id).group_by(parent.id).compile("sqlite")
select(parent, fn.count()).join(Category, on=Category.parent_id == parent.id).group_by(parent.id).compile("sqlite")
key = Album.id
select(Album.title).group_by(key).compile("sqlite")

select(Album.title, Album.artist_id).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Artist.name, Artist.id).group_by(Artist.name).compile("sqlite")  # E[qb-group]: Artist.id is neither
select(Artist.name, Album.artist_id).join(Album, on=Album.artist_id == Artist.id).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Artist.name is neither
select(Category.name, fn.count()).join(parent, on=Category.parent_id == parent.id).group_by(parent.id).compile("sqlite")  # E[qb-group]: Category.name is neither
select(parent.name, fn.count()).join(Category, on=Category.parent_id == parent.id).group_by(Category.id).compile("sqlite")  # E[qb-group]: parent.name is neither
select(Artist, fn.count(Album.id)).join(Album, on=Album.artist_id == Artist.id).group_by(Artist.name).compile("sqlite")  # E[qb-group]: Artist is neither grouped nor aggregated: add .group_by(Artist.id), or an aggregate
select(Artist, fn.count(Album.id)).join(Album, on=Album.artist_id == Artist.id).compile("sqlite")  # E[qb-group]: Artist is neither


class Membership(Table):
    person_id = col.integer()
    club_id = col.integer()
    since = col.date()
    number = col.integer().unique()
    key = col.text()
    pair = unique(club_id, since)


select(Membership.since).group_by(Membership.number).compile("sqlite")  # E[qb-group]: Membership.since is neither
select(Membership.key).group_by(Membership.club_id, Membership.since).compile("sqlite")  # E[qb-group]: Membership.key is neither
select(Membership, fn.count()).group_by(Membership.number).compile("sqlite")  # E[qb-group]: add .group_by(Membership.person_id, Membership.club_id, Membership.since, Membership.number, Membership.key), or
select(Play.at).group_by(Play.track_id).compile("sqlite")  # E[qb-group]: Play.at is neither
select(Membership).group_by(Membership.person_id, Membership.club_id, Membership.since, Membership.number, Membership.key).compile("sqlite")

# HAVING and ORDER BY, whatever comes first

grouped = select(Album.artist_id, fn.count().as_("albums")).group_by(Album.artist_id)
grouped.having(fn.count() > 5, Album.artist_id != 3).order_by(fn.count().desc(), Album.artist_id, fn.max(Album.title)).compile("sqlite")
select(Album.artist_id, fn.count()).order_by(Album.artist_id).group_by(Album.artist_id).compile("sqlite")
select(Album.artist_id).having(fn.count() > 5).group_by(Album.artist_id).compile("sqlite")
select(year.as_("y"), fn.count()).order_by(year).group_by(year).compile("sqlite")
select(fn.count(Album.id)).having(fn.sum(Album.plays) > 5).compile("sqlite")
select(fn.count(Album.id)).order_by(Album.title).clear("order_by").compile("sqlite")
grouped.having(Album.live).clear("having").compile("sqlite")
select(Album.title).group_by(Album.live).clear("group_by").compile("sqlite")
select(Album.title, Album.live).order_by(Album.plays).distinct().compile("sqlite")
select(Album.artist_id, Album.live).group_by(Album.artist_id, Album.live).distinct_on(Album.live).order_by(Album.live).compile("postgres")

grouped.order_by(Album.title).compile("sqlite")  # E[qb-group]: Album.title is neither grouped nor aggregated: add .group_by(Album.title), or
grouped.order_by(Album.title.desc().nulls_last()).compile("sqlite")  # E[qb-group]: Album.title is neither
grouped.having(Album.live).compile("sqlite")  # E[qb-group]: Album.live is neither
grouped.having((Album.plays > 5) & (fn.count() > 5)).compile("sqlite")  # E[qb-group]: Album.plays is neither
select(fn.count(Album.id).as_("n")).order_by(Album.title).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Album.title).having(fn.count() > 5).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Album.title).having(Album.plays > 5).compile("sqlite")  # E[qb-group]: Album.title is neither  # E[qb-group]: Album.plays is neither
select(Album.title).order_by(fn.count()).compile("sqlite")  # E[qb-group]: Album.title is neither
grouped.distinct_on(Album.title).compile("postgres")  # E[qb-group]: Album.title is neither
grouped.clear("group_by").compile("sqlite")  # E[qb-group]: Album.artist_id is neither
grouped.clear("order_by").order_by(Album.id).compile("sqlite")  # E[qb-group]: Album.id is neither

# Windows come after groups: without an aggregate they group nothing

select(Album.title, fn.sum(Album.plays).over(partition_by=Album.artist_id), fn.count().over()).compile("sqlite")
select(Album.title, fn.count().filter(Album.live).over(order_by=Album.id)).compile("sqlite")
select(Album.artist_id, fn.rank().over(order_by=fn.count().desc())).group_by(Album.artist_id).compile("sqlite")
select(Album.artist_id, fn.sum(fn.count()).over(), fn.sum(fn.sum(Album.plays)).over(partition_by=Album.artist_id)).group_by(Album.artist_id).compile("sqlite")

select(Album.artist_id, fn.rank().over(order_by=Album.title)).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Album.title is neither
select(Album.artist_id, fn.sum(Album.plays).over()).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Album.plays is neither
select(Album.artist_id, fn.sum(fn.count()).over()).compile("sqlite")  # E[qb-group]: Album.artist_id is neither

# Several groupings

select(Album.artist_id, Album.live, fn.count(), fn.grouping(Album.live)).group_by(rollup(Album.artist_id, Album.live)).order_by(Album.live).compile("postgres")
select(Album.artist_id, Album.live).group_by(Album.artist_id, cube(Album.live)).compile("postgres")
select(Album.title, fn.year(Play.at)).from_(Album).cross_join(Play).group_by(grouping_sets((Album.title, fn.year(Play.at)), ())).compile("postgres")
select(Album.title, fn.count()).group_by(rollup(Album.artist_id)).compile("postgres")  # E[qb-group]: Album.title is neither
select(Album.title, Album.id).group_by(cube(Album.id)).compile("postgres")  # E[qb-group]: Album.title is neither
select(fn.grouping(Album.title)).group_by(rollup(Album.artist_id)).compile("postgres")  # E[qb-group]: Album.title is neither

# Sub-queries: their columns by themselves, and what they read of the query around them

totals = select(Album.artist_id, fn.sum(Album.plays).as_("plays")).group_by(Album.artist_id).subquery("totals")
select(Artist.name, totals.plays).join(totals, on=totals.artist_id == Artist.id).compile("sqlite")
select(totals.artist_id, fn.max(totals.plays)).group_by(totals.artist_id).compile("sqlite")
select(fn.count()).from_(select(Album.title).order_by(Album.title).subquery("sorted")).compile("sqlite")
albums = select(fn.count(Album.id)).where(Album.artist_id == Artist.id)
select(Artist.name, albums.scalar_subquery().as_("n")).order_by(Artist.name).compile("sqlite")
select(Artist.name, fn.count()).where(exists(albums), Artist.id.in_(select(Album.artist_id).group_by(Album.artist_id).having(fn.count() > 3))).group_by(Artist.name).compile("sqlite")
select(Artist.id, albums.scalar_subquery().as_("n"), fn.count()).group_by(Artist.id).compile("sqlite")
biggest = select(fn.sum(Album.plays * Artist.id)).from_(Album).where(Album.artist_id == Artist.id)
select(Artist.name, biggest.scalar_subquery().as_("n")).compile("sqlite")
better = select(Album.id).where(Album.plays > fn.max(Artist.id))
select(Artist.name, fn.max(Artist.id)).group_by(Artist.name).having(exists(better)).compile("sqlite")
select(Artist.name).where(Artist.id == select(fn.max(Album.artist_id)).scalar_subquery()).compile("sqlite")
select(Artist.name, many(select(Album.title, fn.count().as_("n")).where(Album.artist_id == Artist.id).group_by(Album.title)).as_("x")).compile("sqlite")
select(Artist.id, fn.count(), many(select(Album.title).where(Album.artist_id == Artist.id)).as_("x")).group_by(Artist.id).compile("sqlite")
select(Artist.name, fn.count()).group_by(Artist.name).union(select(Album.title, fn.sum(Album.plays)).group_by(Album.title)).order_by(Artist.name).compile("sqlite")

select(totals.artist_id, totals.plays).group_by(totals.artist_id).compile("sqlite")  # E[qb-group]: totals.plays is neither
select(totals, fn.count()).group_by(totals.artist_id).compile("sqlite")  # E[qb-group]: totals is neither grouped nor aggregated: add .group_by(totals.artist_id, totals.plays), or
select(Artist.name, albums.scalar_subquery().as_("n"), fn.count()).group_by(Artist.name).compile("sqlite")  # E[qb-group]: Artist.id is neither
select(Artist.name, fn.count()).group_by(Artist.name).having(exists(albums)).compile("sqlite")  # E[qb-group]: Artist.id is neither
select(Artist.name, fn.count()).group_by(Artist.name).having(exists(better), exists(albums)).compile("sqlite")  # E[qb-group]: Artist.id is neither
select(Artist.name, fn.count(), many(select(Album.title).where(Album.artist_id == Artist.id)).as_("x")).group_by(Artist.name).compile("sqlite")  # E[qb-group]: Artist.id is neither
select(Album.title, fn.count().as_("n")).subquery("s")  # E[qb-group]: Album.title is neither
select(Album.title, fn.count().as_("n")).cte("s")  # E[qb-group]: Album.title is neither
select(Album.title).group_by(Album.live).scalar_subquery()  # E[qb-group]: Album.title is neither
exists(select(Album.title).group_by(Album.live))  # E[qb-group]: Album.title is neither
Artist.name.in_(select(Album.title).group_by(Album.live))  # E[qb-group]: Album.title is neither
tuple_(Artist.name, Artist.id).in_(select(Album.title, fn.count()))  # E[qb-group]: Album.title is neither
many(select(Album.title).group_by(Album.live))  # E[qb-group]: Album.title is neither
select(Album.title, fn.count()).union(select(Artist.name, Artist.id))  # E[qb-group]: Album.title is neither
insert(Artist).from_select(select(Album.title.as_("name")).group_by(Album.live))  # E[qb-group]: Album.title is neither


async def run(db: Database) -> None:
    await db.fetch_all(select(Album.live, fn.count()).group_by(Album.live))
    await db.fetch_all(select(Album.title, fn.count()))  # E[qb-group]: Album.title is neither
    await db.fetch_one(select(Album.title).group_by(Album.live))  # E[qb-group]: Album.title is neither
    await db.fetch_value(select(Album.title).having(fn.count() > 1))  # E[qb-group]: Album.title is neither


# Aggregates in clauses that come before groups, and in each other

select(Album.title).where(Album.plays == select(fn.max(Album.plays)).scalar_subquery()).compile("sqlite")
update(Album).set(plays=fn.coalesce(select(fn.count(Track.id)).where(Track.album_id == Album.id).scalar_subquery(), 0)).all_rows().compile("sqlite")
delete(Album).where(Album.id.in_(select(fn.min(Album.id)).group_by(Album.title))).compile("sqlite")

select(Album.artist_id).where(fn.count() > 5).group_by(Album.artist_id)  # E[qb-group]: An aggregate cannot stand in .where(): .having(…) is for conditions on groups
delete(Album).all_rows().returning(fn.coalesce(fn.max(Album.plays), 0))  # E[qb-group]: An aggregate cannot stand in .returning()
select(Album.artist_id).where((Album.live) & (fn.sum(Album.plays) > 5))  # E[qb-group]: An aggregate cannot stand in .where()
select(fn.count().as_("n")).group_by(fn.count())  # E[qb-group]: An aggregate cannot stand in .group_by(): group the rows of a sub-query
select(Artist.name).join(Album, on=fn.max(Album.artist_id) == Artist.id)  # E[qb-group]: An aggregate cannot stand in .join(): compute it in a sub-query
select(fn.sum(fn.count()).as_("x"))  # E[qb-group]: An aggregate cannot stand in an aggregate: compute it in a sub-query
select(fn.max(fn.sum(Album.plays) + 1).as_("x"))  # E[qb-group]: An aggregate cannot stand in an aggregate
select(fn.count().filter(fn.sum(Album.plays) > 1).as_("x"))  # E[qb-group]: An aggregate cannot stand in an aggregate
grouped.having(fn.max(fn.count()) > 5)  # E[qb-group]: An aggregate cannot stand in an aggregate
grouped.order_by(fn.max(fn.count()).desc())  # E[qb-group]: An aggregate cannot stand in an aggregate
update(Album).set(plays=fn.count())  # E[qb-group]: An aggregate cannot stand in .set(): compute it in a sub-query
update(Album).set(plays=1).where(fn.count() > 1)  # E[qb-group]: An aggregate cannot stand in .where()
delete(Album).where(Album.plays < fn.avg(Album.plays))  # E[qb-group]: An aggregate cannot stand in .where()
insert(Artist).values(name=fn.concat(fn.count(), ""))  # E[qb-group]: An aggregate cannot stand in .values()
delete(Album).all_rows().returning(fn.count())  # E[qb-group]: An aggregate cannot stand in .returning()
update(Album).set(plays=1).from_(Artist).join(Track, on=fn.count() > 1)  # E[qb-group]: An aggregate cannot stand in .join()
insert(Artist).values(name="x").on_conflict(Artist.id).do_update(fn.max(Artist.id) > 1, name="x")  # E[qb-group]: An aggregate cannot stand in .do_update()
insert(Artist).values(name="x").on_conflict(Artist.id).do_update_all(fn.count() > 1)  # E[qb-group]: An aggregate cannot stand in .do_update_all()
merge(Artist).using(Album, on=fn.count() > 1)  # E[qb-group]: An aggregate cannot stand in .using()
merge(Artist).using(Album, on=Album.artist_id == Artist.id).when_matched().update(id=fn.count(Album.id))  # E[qb-group]: An aggregate cannot stand in .when_matched()
merge(Artist).using(Album, on=Album.artist_id == Artist.id).when_not_matched(fn.count() > 1)  # E[qb-group]: An aggregate cannot stand in .when_not_matched()
select(Album.id).limit(fn.count())  # E[qb-group]: An aggregate cannot stand in .limit(): compute it in a sub-query
select(Album.id).offset(fn.max(Album.id))  # E[arg-type]: Argument 1 to "offset" of "Selection" has incompatible type  # E[qb-group]: An aggregate cannot stand in .offset()
values("v", [(1,), (fn.count(),)], id=col.integer())  # E[qb-group]: An aggregate cannot stand in .values()

# What nobody knows is not reported


def by(keys: Sequence[Expr[Any]], names: list[str], text: str, anything: Any, plain: Select[Any]) -> None:
    select(Album.title, fn.count()).group_by(*keys).compile("sqlite")
    select(Album.title, fn.count()).group_by(Album.live, anything).compile("sqlite")
    select(Album.title, fn.count()).group_by(column_named(Album, text)).compile("sqlite")
    select(column_named(Album, text, among=("title", "live")), fn.count()).group_by(Album.title).compile("sqlite")
    select(*keys, fn.count()).compile("sqlite")
    select(anything, fn.count()).compile("sqlite")
    plain.group_by(Album.title).order_by(Album.live).compile("sqlite")
    grouped.order_by(*sort_keys({"live": Album.live}, text)).compile("sqlite")
    select(Album.title, fn.count()).group_by(sql("title")).compile("sqlite")
    select(Album.live, sql("bit_or({})", Album.plays).as_("bits")).group_by(Album.live).compile("sqlite")
    select(Album.title, fn.count()).compile("sqlite")  # E[qb-group]: Album.title is neither


def steps(by_title: bool, sort: bool) -> None:
    either = (fn.count() if sort else fn.sum(Album.plays)).as_("x")
    reveal_type(row(select(Album.live, either).group_by(Album.live)).x)  # R: int | None
    select(Album.live, (fn.count().as_("x") if sort else Album.plays.as_("x"))).compile("sqlite")
    query = select(Album.artist_id, fn.count().as_("n")).group_by(Album.artist_id)
    if by_title:
        query = query.group_by(Album.title)
    if sort:
        query = query.order_by(Album.artist_id)
    query.compile("sqlite")
    query.order_by(fn.count()).subquery("s")
    other = select(fn.count(Album.id).as_("n"))
    other = other.group_by(Album.title) if by_title else other.group_by(Album.live)
    reveal_type(other.subquery("s").n)  # R: SourceColumn[int, Literal['s.n']]
    query.order_by(Album.plays).compile("sqlite")  # E[qb-group]: Album.plays is neither


@inferred
def per_artist(live: bool) -> Query:
    return select(Album.artist_id, fn.count().as_("n")).where(Album.live == live).group_by(Album.artist_id)


per_artist(True).order_by(Album.artist_id).compile("sqlite")
per_artist(True).order_by(Album.title).compile("sqlite")  # E[qb-group]: Album.title is neither
