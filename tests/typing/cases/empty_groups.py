"""Aggregates: NULL where there is nothing to aggregate."""

from schema import Album, Artist, Track, row

from qb import case, fn, grouping_sets, literal, rollup, select

of_artist = Album.artist_id == Artist.id

# All rows are one group, and there may be none

whole = row(
    select(
        fn.count().as_("rows"),
        fn.count(Album.released).as_("dated"),
        fn.sum(Album.plays).as_("plays"),
        fn.max(Album.title).as_("last"),
        fn.avg(Album.price).as_("price"),
        fn.coalesce(fn.sum(Album.plays), 0).as_("total"),
    )
)
reveal_type(whole.rows)  # R: int
reveal_type(whole.dated)  # R: int
reveal_type(whole.plays)  # R: int | None
reveal_type(whole.last)  # R: str | None
reveal_type(whole.price)  # R: float | None
reveal_type(whole.total)  # R: int
whole.plays + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
row(select(fn.max(Album.title).as_("last")).where(Album.plays > 5)).last.upper()  # E[union-attr]: Item "None" of "str | None"

# A group has a row

total = fn.sum(Album.plays)
each = select(
    Album.artist_id,
    total.as_("plays"),
    fn.max(Album.released).as_("newest"),
    fn.min(Album.title).as_("first"),
    fn.avg(Album.rating * Album.plays).as_("weighted"),
    (fn.sum(Album.price) / fn.count()).as_("mean"),
    (total + fn.max(Album.rating)).as_("mixed"),
    fn.sum(case((Album.live, Album.plays), else_=0)).as_("live"),
    fn.sum(case((Album.live, Album.plays))).as_("maybe"),
    total.filter(Album.live).as_("filtered"),
    fn.bool_or(Album.live).as_("any_live"),
    fn.nullif(total, 0).as_("some"),
)
found = row(each.group_by(Album.artist_id))
reveal_type(found.plays)  # R: int
reveal_type(found.newest)  # R: date | None
reveal_type(found.first)  # R: str
reveal_type(found.weighted)  # R: float | None
reveal_type(found.mean)  # R: float
reveal_type(found.mixed)  # R: float | None
reveal_type(found.live)  # R: int
reveal_type(found.maybe)  # R: int | None
reveal_type(found.filtered)  # R: int | None
reveal_type(found.any_live)  # R: bool
reveal_type(found.some)  # R: int | None
reveal_type(row(each.where(Album.rating > 3, Album.released.is_not_null()).group_by(Album.artist_id)).newest)  # R: date
reveal_type(row(each.where(Album.rating > 3).group_by(Album.artist_id)).mixed)  # R: float
found.newest.year  # E[union-attr]: Item "None" of "date | None"
found.filtered + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
found.maybe + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
row(each).plays + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
reveal_type(row(each.group_by(fn.lower(Album.title))).plays)  # R: int
reveal_type(row(each.group_by(Album.artist_id).clear("group_by")).plays)  # R: int | None
# The grand total of a rollup is there without any rows.
reveal_type(row(select(Album.artist_id, total.as_("plays")).group_by(rollup(Album.artist_id))))  # R: tuple[int | None, int | None, fallback=Row[TypedDict({'artist_id': int | None, 'plays': int | None})]]
reveal_type(row(select(Album.artist_id, total.as_("plays")).group_by(grouping_sets(Album.artist_id, ()))).plays)  # R: int | None


def keys_of_a_list(by_artist: bool) -> None:
    keys = [Album.artist_id] if by_artist else []
    reveal_type(row(select(total.as_("plays")).group_by(*keys)).plays)  # R: int | None
    q = select(total.as_("plays"))
    if by_artist:
        q = q.group_by(Album.artist_id)
        reveal_type(row(q).plays)  # R: int
    reveal_type(row(q).plays)  # R: int | None


# Of what an outer join may not have found

artists = select(Artist.name, fn.max(Album.plays).as_("most"), fn.count(Album.id).as_("albums")).group_by(Artist.id)
reveal_type(row(artists.join(Album, on=of_artist)).most)  # R: int
reveal_type(row(artists.left_join(Album, on=of_artist)).most)  # R: int | None
reveal_type(row(artists.left_join(Album, on=of_artist)).albums)  # R: int
reveal_type(row(artists.left_join(Album, on=of_artist).where(Album.plays > 5)).most)  # R: int
row(artists.left_join(Album, on=of_artist)).most + 1  # E[operator]: Unsupported operand types for + ("None" and "int")

# Over a window there is the current row, unless the frame leaves it out

reveal_type(row(select(fn.sum(Album.plays).over(order_by=Album.id).as_("x"))).x)  # R: int
reveal_type(row(select(fn.sum(Album.plays).over(order_by=Album.id, rows=(-2, -1)).as_("x"))).x)  # R: int | None
reveal_type(row(select(fn.sum(Album.plays).over(exclude="current row", order_by=Album.id).as_("x"))).x)  # R: int | None
reveal_type(row(select(fn.max(Album.rating).over().as_("x"))).x)  # R: float | None
reveal_type(row(select(fn.max(Album.rating).over().as_("x")).where(Album.rating > 1)).x)  # R: float
reveal_type(row(select(fn.sum(Album.plays).filter(Album.live).over().as_("x"))).x)  # R: int | None
reveal_type(row(select(Artist.id, fn.max(Album.plays).over().as_("x")).left_join(Album, on=of_artist)).x)  # R: int | None
row(select(fn.max(Album.rating).over().as_("x"))).x + 1  # E[operator]: Unsupported operand types for + ("None" and "int")

# Scalar sub-queries: NULL where there is no row, and aggregates always have one

tracks = select(fn.count()).from_(Track).where(Track.album_id == Album.id)
reveal_type(tracks.scalar_subquery())  # R: Expr[int, Literal['~^Album.id']]
reveal_type(row(select(Album.title, tracks.scalar_subquery().as_("tracks"))).tracks)  # R: int
reveal_type(tracks.limit(1).scalar_subquery())  # R: Expr[int, Literal['~^Album.id']]
reveal_type(select(fn.coalesce(fn.sum(Album.plays), 0)).scalar_subquery())  # R: Expr[int, Never]
reveal_type(select(fn.sum(Album.plays)).scalar_subquery())  # R: Expr[int | None, Never]
reveal_type(tracks.group_by(Track.title).scalar_subquery())  # R: Expr[int | None, Literal['~^Album.id']]
reveal_type(tracks.having(fn.count() > 5).scalar_subquery())  # R: Expr[int | None, Literal['~^Album.id']]
reveal_type(tracks.limit(0).scalar_subquery())  # R: Expr[int | None, Literal['~^Album.id']]
reveal_type(tracks.offset(1).scalar_subquery())  # R: Expr[int | None, Literal['~^Album.id']]
reveal_type(select(Album.plays).scalar_subquery())  # R: Expr[int | None, Never]
reveal_type(select(literal(1)).scalar_subquery())  # R: Expr[int | None, Never]
reveal_type(select(fn.count().over()).from_(Album).scalar_subquery())  # R: Expr[int | None, Never]
reveal_type(tracks.union_all(tracks).scalar_subquery())  # R: Expr[int | None, Literal['~^Album.id']]
row(select(tracks.having(fn.count() > 5).scalar_subquery().as_("n")).from_(Album)).n + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
row(select(select(Album.plays).scalar_subquery().as_("n"))).n + 1  # E[operator]: Unsupported operand types for + ("None" and "int")
reveal_type(Album.plays.in_(select(Album.plays)))  # R: Expr[bool, Literal['Album.plays']]
reveal_type(Album.plays.in_(select(Album.rating)))  # R: Expr[bool | None, Literal['Album.plays']]
