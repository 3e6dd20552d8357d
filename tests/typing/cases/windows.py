"""Functions over windows: their values, what they read, and where they cannot stand."""

from datetime import timedelta
from decimal import Decimal

from schema import Album, Artist, Track, row

from qb import col, delete, fn, insert, literal, merge, select, update, values, window

# Places

reveal_type(fn.row_number())  # R: WindowFunction[int, Never]
reveal_type(fn.row_number().over())  # R: WindowExpr[int, Literal['@window']]
reveal_type(fn.rank().over(order_by=Album.plays))  # R: WindowExpr[int, Literal['~Album.plays'] | Literal['@window']]
reveal_type(row(select(fn.dense_rank().over(order_by=Album.rating.desc()).as_("x"))).x)  # R: int
reveal_type(row(select(fn.percent_rank().over(order_by=Album.rating).as_("x"))).x)  # R: float
reveal_type(row(select(fn.cume_dist().over(order_by=Album.rating).as_("x"))).x)  # R: float
reveal_type(row(select(fn.ntile(4).over(order_by=[Album.rating, Album.id.desc()]).as_("x"))).x)  # R: int

# Rows before and after: NULL where there is none

reveal_type(row(select(fn.lag(Album.title).over(order_by=Album.id).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.lead(Album.plays, 2).over(order_by=Album.id).as_("x"))).x)  # R: int | None
reveal_type(row(select(fn.lag(Album.title, 1, "-").over(order_by=Album.id).as_("x"))).x)  # R: str
reveal_type(row(select(fn.lag(Album.plays, default=0).over(order_by=Album.id).as_("x"))).x)  # R: int
reveal_type(row(select(fn.lag(Album.released, 1, Album.released).over().as_("x"))).x)  # R: date | None
reveal_type(row(select(fn.lead(Album.rating, 1, 0.5).over().as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.lead(Album.title, 1, Artist.country).over().as_("x")).from_(Album, Artist)).x)  # R: str | None

# Rows of the frame: NULL where it may have none

reveal_type(row(select(fn.first_value(Album.title).over(order_by=Album.id).as_("x"))).x)  # R: str
reveal_type(row(select(fn.last_value(Album.rating).over(order_by=Album.id).as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.nth_value(Album.title, 2).over(order_by=Album.id).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.last_value(Album.title).over(order_by=Album.id, rows=(-2, None)).as_("x"))).x)  # R: str
reveal_type(row(select(fn.last_value(Album.title).over(rows=(0, 0), exclude="ties").as_("x"))).x)  # R: str
reveal_type(row(select(fn.last_value(Album.title).over(rows=(1, 2)).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.last_value(Album.title).over(rows=(None, -1)).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.last_value(Album.title).over(exclude="current row").as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.first_value(Album.title).over(order_by=Album.created_at, range_=(timedelta(days=1), None)).as_("x"))).x)  # R: str | None

# Aggregates

reveal_type(fn.sum(Album.plays).over(partition_by=Album.artist_id))  # R: WindowExpr[int, Literal['Album.plays'] | Literal['~Album.artist_id'] | Literal['@window']]
reveal_type(fn.sum(fn.sum(Album.plays)).over())  # R: WindowExpr[int | None, Literal['~#Album.plays'] | Literal['@window']]
reveal_type(row(select(fn.count().filter(Album.plays > 5).over().as_("x"))).x)  # R: int
reveal_type(row(select(fn.avg(Album.price).over(order_by=Album.id, rows=(-2, 0)).as_("x"))).x)  # R: float
reveal_type(row(select(Album.title, fn.max(Track.title).over().as_("x")).left_join(Track, on=Track.album_id == Album.id)).x)  # R: str | None
reveal_type(row(select(Album.title, fn.first_value(Track.title).over().as_("x")).left_join(Track, on=Track.album_id == Album.id)).x)  # R: str | None
reveal_type(row(select(Album.title, fn.rank().over(order_by=Track.title).as_("x")).left_join(Track, on=Track.album_id == Album.id)).x)  # R: int

# Named windows

w = window("w", partition_by=Album.artist_id, order_by=(Album.released, Album.id.desc()))
reveal_type(w)  # R: Window[Literal['Album.artist_id'] | Literal['Album.released'] | Literal['Album.id'], Literal['whole']]
later = window("later", base=w, rows=(1, None))
reveal_type(row(select(fn.first_value(Album.title).over(w).as_("x"))).x)  # R: str
reveal_type(row(select(fn.first_value(Album.title).over(later).as_("x"))).x)  # R: str | None
reveal_type(row(select(fn.lag(Album.plays, 1, 0).over(w).as_("x")).order_by(fn.rank().over(w))).x)  # R: int
select(Artist.name, fn.rank().over(w)).compile("sqlite")  # E[qb-scope]: Artist and Album are selected, but not joined
select(Artist.name).order_by(fn.rank().over(w)).compile("sqlite")  # E[qb-scope]: Album.artist_id is used in .order_by()  # E[qb-scope]: Album.released is used in .order_by()  # E[qb-scope]: Album.id is used in .order_by()

# A window function is an expression like others

position = fn.row_number().over(order_by=Album.id)
reveal_type(position + 1)  # R: Expr[int, Literal['~Album.id'] | Literal['@window']]
reveal_type(row(select((position + 1).as_("x"), Album.title)).x)  # R: int
select(position).order_by(position.desc(), Album.id).compile("sqlite")
fn.rank().over() == "x"  # E[qb-type]: The expression is int, but the value is str
fn.rank() == 1  # E[comparison-overlap]: Non-overlapping equality check
select(fn.rank())  # E[qb-type]: A window function needs its window: add .over(…)
select(Album.id).order_by(fn.rank())  # E[arg-type]: Argument 1 to "order_by" of "Select" has incompatible type
fn.rank().as_("x")  # E[attr-defined]: "WindowFunction[int, Never]" has no attribute "as_"

# Where it cannot stand

# In a sub-query it may.
numbered = select(Album.id, position.as_("position")).subquery("numbered")
select(numbered.id).where(numbered.position == 1).compile("sqlite")
update(Album).set(plays=numbered.position).from_(numbered).where(numbered.id == Album.id).compile("sqlite")

select(Album.id).where(position == 1)  # E[qb-type]: A function over a window cannot stand in .where(): select it in a sub-query
select(Album.id).group_by(position)  # E[qb-type]: cannot stand in .group_by()
select(Album.id).having((Album.plays > 1) & (position + 1 > 2))  # E[qb-type]: cannot stand in .having()
select(Album.id).join(Artist, on=position == Artist.id)  # E[qb-type]: cannot stand in .join()
update(Album).set(plays=1).where(position > 1)  # E[qb-type]: cannot stand in .where()
delete(Album).where(position > 1)  # E[qb-type]: cannot stand in .where()
update(Album).set(plays=position)  # E[qb-type]: A function over a window cannot stand in .set(): select it in a sub-query
update(Album).set(plays=Album.plays + position)  # E[qb-type]: cannot stand in .set()
update(Album).set(plays=1).all_rows().returning(position.as_("x"))  # E[qb-type]: cannot stand in .returning()
update(Album).set(plays=1).from_(Artist).join(Track, on=fn.rank().over() == Track.position)  # E[qb-type]: cannot stand in .join()
insert(Artist).values(name=fn.first_value(literal("x")).over())  # E[qb-type]: cannot stand in .values()
insert(Artist).values(name="x").on_conflict(Artist.id).do_update(id=fn.rank().over())  # E[qb-type]: cannot stand in .do_update()
insert(Artist).values(name="x").on_conflict(Artist.id).do_update_all(fn.rank().over() == 1)  # E[qb-type]: cannot stand in .do_update_all()
merge(Artist).using(Album, on=position == Artist.id)  # E[qb-type]: cannot stand in .using()
merge(Artist).using(Album, on=Album.artist_id == Artist.id).when_matched(position == 1)  # E[qb-type]: cannot stand in .when_matched()
merge(Artist).using(Album, on=Album.artist_id == Artist.id).when_matched().update(id=position)  # E[qb-type]: cannot stand in .when_matched()
select(Album.id).distinct_on(position)  # E[qb-type]: cannot stand in .distinct_on()
select(Album.id).limit(fn.row_number().over())  # E[qb-type]: cannot stand in .limit()
values("v", [(fn.row_number().over(),)], id=col.integer())  # E[qb-type]: cannot stand in .values()
fn.sum(position)  # E[qb-type]: cannot stand inside an aggregate
fn.count().filter(position > 1)  # E[qb-type]: cannot stand inside an aggregate
fn.lag(position)  # E[qb-type]: cannot stand inside another one
fn.count().over(order_by=position)  # E[qb-type]: cannot stand inside another one
window("x", partition_by=[Album.id, position])  # E[qb-type]: cannot stand inside another one

# What windows take

fn.lag(Album.title, 1, 5)  # E[qb-type]: Album.title is str, but the value is int
fn.lag(Album.released, 1, Album.title)  # E[qb-type]: Album.released is date, but Album.title is str
fn.lag(Album.price, 1, Decimal("0.5")).over()
fn.ntile("4")  # E[arg-type]: Argument 1 to "ntile" has incompatible type "str"
fn.nth_value(Album.id)  # E[call-arg]: Missing positional argument "n"
fn.rank().over(Album.id)  # E[arg-type]: Argument 1 to "over" of "WindowFunction" has incompatible type
fn.rank().over(order_by="id")  # E[arg-type]: Argument "order_by" to "over" of "WindowFunction" has incompatible type "str"
fn.rank().over(rows=(1.5, 0))  # E[arg-type]: Argument "rows" to "over" of "WindowFunction" has incompatible type
fn.rank().over(exclude="rows")  # E[arg-type]: Argument "exclude" to "over" of "WindowFunction" has incompatible type
fn.rank().over(range_=(None, "x"))  # E[arg-type]: Argument "range_" to "over" of "WindowFunction" has incompatible type
fn.lower(Album.title).over()  # E[attr-defined]: has no attribute "over"
