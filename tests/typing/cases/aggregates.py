"""Aggregates of sorted values, and several groupings in one select."""

from schema import Album, Artist, Track, row

from qb import cube, fn, grouping_sets, rollup, select

# Texts, arrays, conditions, statistics

reveal_type(fn.string_agg(Album.title, ", "))  # R: AggregateExpr[str | None, Literal['~#Album.title']]
reveal_type(fn.string_agg(Album.title, ", ", order_by=Album.plays))  # R: AggregateExpr[str | None, Literal['~#Album.title'] | Literal['~#Album.plays'] | Literal['@needs ORDER BY in an aggregate']]
reveal_type(fn.string_agg(Album.title, "", order_by=(Album.plays.desc(), Album.id)))  # R: AggregateExpr[str | None, Literal['~#Album.title'] | Literal['~#Album.plays'] | Literal['~#Album.id'] | Literal['@needs ORDER BY in an aggregate']]
reveal_type(row(select(fn.array_agg(Album.released).as_("x"))).x)  # R: list[date | None] | None
reveal_type(row(select(fn.array_agg(Album.price, order_by=[Album.id.desc()]).filter(Album.live).as_("x"))).x)  # R: list[Decimal] | None
reveal_type(row(select(fn.bool_and(Album.live).as_("x"))).x)  # R: bool | None
reveal_type(row(select(fn.bool_or(Album.plays > 5).over().as_("x"))).x)  # R: bool
reveal_type(row(select(fn.stddev(Album.plays).as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.var_pop(Album.price).as_("x"))).x)  # R: float | None
fn.string_agg(Album.plays, ",")  # E[arg-type]: Argument 1 to "string_agg" has incompatible type  # E[qb-type]: Album.plays is int, but fn.string_agg() is for text
fn.string_agg(Album.title)  # E[call-arg]: Missing positional argument "separator"
fn.string_agg(Album.title, ",", order_by="title")  # E[arg-type]: Argument "order_by" to "string_agg" has incompatible type "str"
fn.bool_and(Album.plays)  # E[qb-type]: Album.plays is int, but fn.bool_and() is for conditions
fn.stddev(Album.title)  # E[qb-type]: Album.title is str, but fn.stddev() is for numbers
select(Artist.name, fn.string_agg(Artist.name, "", order_by=Album.id)).compile("postgres")  # E[qb-scope]: Artist and Album are selected, but not joined

# Sorted values

reveal_type(fn.percentile_cont(0.5).within_group(Album.plays))  # R: AggregateExpr[float | None, Literal['~#Album.plays'] | Literal['@needs fn.percentile_cont()']]
reveal_type(row(select(fn.percentile_cont(0.5).within_group(Album.price.desc()).as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.percentile_disc(0.5).within_group(Album.price).as_("x"))).x)  # R: Decimal | None
reveal_type(row(select(fn.mode().within_group(Album.genre).filter(Album.live).as_("x"))).x)  # R: Genre | None
fn.percentile_cont(0.5).within_group(Album.title)  # E[qb-type]: Album.title is str, but fn.percentile_cont() is for numbers
fn.percentile_cont("0.5")  # E[arg-type]: Argument 1 to "percentile_cont" has incompatible type "str"
select(fn.mode())  # E[qb-type]: takes columns, expressions and tables, not "OrderedSetFunction"
fn.mode().within_group("genre")  # E[call-overload]: No overload variant of "within_group"

# Several groupings: a key is NULL in the rows that are not grouped by it

totals = select(Album.artist_id, Album.live, fn.count().as_("n")).group_by(rollup(Album.artist_id, Album.live))
reveal_type(row(totals))  # R: tuple[int | None, bool | None, int, fallback=Row[TypedDict({'artist_id': int | None, 'live': bool | None, 'n': int})]]
reveal_type(row(select(Album.artist_id, Album.live).group_by(Album.artist_id, cube(Album.live))))  # R: tuple[int, bool | None, fallback=Row[TypedDict({'artist_id': int, 'live': bool | None})]]
reveal_type(row(select((Album.plays + 1).as_("x"), fn.sum(Album.plays).as_("y"), fn.grouping(Album.plays).as_("z")).group_by(grouping_sets(Album.plays, ()))))  # R: tuple[int | None, int | None, int, fallback=Row[TypedDict({'x': int | None, 'y': int | None, 'z': int})]]
reveal_type(row(select(fn.coalesce(Album.title, "all").as_("x")).group_by(grouping_sets((Album.title, Album.id), ()))).x)  # R: str
reveal_type(fn.grouping(Album.released))  # R: Expr[int, Literal['~Album.released'] | Literal['@needs fn.grouping()']]
reveal_type(row(totals.clear("group_by")).live)  # R: bool
row(totals).artist_id + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
select(Album.id).group_by(rollup(Track.id)).compile("postgres")  # E[qb-scope]: Track.id is used in .group_by()
rollup("artist_id")  # E[arg-type]: Argument 1 to "rollup" has incompatible type "str"
cube(Album)  # E[arg-type]: Argument 1 to "cube" has incompatible type "type[Album]"
