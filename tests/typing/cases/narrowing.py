"""Conditions after which a column, or a whole row, is not NULL."""

from datetime import date

from schema import Album, Artist, Category, Track, parent, row

from qb import Query, all_of, alias, any_of, fn, inferred, literal, select, when

of_artist = Album.artist_id == Artist.id
of_album = Track.album_id == Album.id
y2k = date(2000, 1, 1)

dated = select(Album.title, Album.released)

# A condition in WHERE that is true only where the column is not NULL

reveal_type(row(dated).released)  # R: date | None
reveal_type(row(dated.where(Album.released.is_not_null())))  # R: tuple[str, date, fallback=Row[TypedDict({'released': date, 'title': str})]]
reveal_type(row(dated.where(Album.released != None)).released)  # R: date
reveal_type(row(dated.where(Album.released > y2k)).released)  # R: date
reveal_type(row(dated.where(y2k < Album.released)).released)  # R: date
reveal_type(row(dated.where(Album.released == y2k)).released)  # R: date
reveal_type(row(dated.where(Album.released != y2k)).released)  # R: date
reveal_type(row(dated.where(Album.plays > 5, Album.released.between(y2k, y2k))).released)  # R: date
reveal_type(row(dated.where(Album.released.in_([y2k]))).released)  # R: date
reveal_type(row(dated.where(Album.released.in_(select(Album.released)))).released)  # R: date
reveal_type(row(dated.where((Album.plays > 1) & Album.released.is_not_null())).released)  # R: date
reveal_type(row(dated.where((Album.released > y2k) | (Album.released == y2k))).released)  # R: date
reveal_type(row(dated.where(~Album.released.is_null())).released)  # R: date
reveal_type(row(dated.where(~(Album.released > y2k))).released)  # R: date
reveal_type(row(dated.where(~(Album.released.is_null() | Album.live))).released)  # R: date
reveal_type(row(dated.where(all_of(Album.live, Album.released > y2k))).released)  # R: date
reveal_type(row(dated.where(any_of(Album.released < y2k, Album.released > y2k))).released)  # R: date
reveal_type(row(dated.where(fn.year(Album.released) == 2000)).released)  # R: date
reveal_type(row(select(Album.rating).where(Album.rating * 2 + Album.plays > 5)).rating)  # R: float
reveal_type(row(select(Artist.country).where(Artist.country.startswith("F"))).country)  # R: str
reveal_type(row(select(Artist.country).where(Artist.country.not_like("F%"))).country)  # R: str
reveal_type(row(select(Artist.country).where((Artist.country + "!") == "FR!")).country)  # R: str
row(dated.where(Album.released.is_not_null())).released.year
row(dated).released.year  # E[union-attr]: Item "None" of "date | None" has no attribute "year"

# One that may be true where it is NULL


def may_be_none(day: date | None, days: list[date | None]) -> None:
    row(dated.where(Album.released == day)).released.year  # E[union-attr]: Item "None" of "date | None"
    row(dated.where(Album.released.in_(days))).released.year  # E[union-attr]: Item "None" of "date | None"
    row(dated.where(when(day, lambda day: Album.released > day))).released.year  # E[union-attr]: Item "None" of "date | None"
    reveal_type(row(dated.where(Album.released != day)).released)  # R: date


row(dated.where((Album.plays > 1) | (Album.released > y2k))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(~((Album.plays > 1) & (Album.released > y2k)))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(Album.released.is_null())).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(~Album.released.is_not_null())).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(Album.released == None)).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(Album.released.is_distinct_from(y2k))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(fn.coalesce(Album.released, y2k) == y2k)).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(Album.released.not_in([]))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(any_of(Album.released < y2k, Album.live))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(when(True, Album.released < y2k))).released.year  # E[union-attr]: Item "None" of "date | None"
row(dated.where(Album.plays > 5)).released.year  # E[union-attr]: Item "None" of "date | None"
# Of another source with the same column.
other = alias(Album, "other")
row(dated.join(other, on=other.id == Album.id).where(other.released > y2k)).released.year  # E[union-attr]: Item "None" of "date | None"
# A variable says nothing: it may have been given another condition since.
recent = Album.released > y2k
row(dated.where(recent)).released.year  # E[union-attr]: Item "None" of "date | None"

# Expressions over such columns

made = select(
    Album.released.as_("day"),
    fn.year(Album.released).as_("year"),
    (Album.rating + 1).as_("better"),
    (Album.rating * Album.plays > 5).as_("good"),
    fn.nullif(Album.released, y2k).as_("other"),
    fn.max(Album.released).over().as_("last"),
    fn.coalesce(Album.rating, Album.released.is_null()).as_("x"),  # E[qb-type]: Album.rating is float
)
found = row(made.where(Album.released.is_not_null(), Album.rating > 3))
reveal_type(found.day)  # R: date
reveal_type(found.year)  # R: int
reveal_type(found.better)  # R: float
reveal_type(found.good)  # R: bool
reveal_type(found.other)  # R: date | None
reveal_type(found.last)  # R: date
reveal_type(row(made.where(Album.released.is_not_null())).better)  # R: float | None
row(made).year.bit_length()  # E[union-attr]: Item "None" of "int | None"

# Outer joins: a column that is not NULL is of a row that is there

outer = select(Album.title, Artist.name, Artist).left_join(Artist, on=of_artist)
reveal_type(row(outer))  # R: tuple[str, str | None, Row[Artist] | None, fallback=Row[TypedDict({'artist': Row[Artist] | None, 'name': str | None, 'title': str})]]
reveal_type(row(outer.where(Artist.id.is_not_null())))  # R: tuple[str, str, Row[Artist], fallback=Row[TypedDict({'artist': Row[Artist], 'name': str, 'title': str})]]
reveal_type(row(outer.where(Artist.name == "x")).name)  # R: str
reveal_type(row(outer.where(Artist.country == "FR")).artist)  # R: Row[Artist]
row(outer.where(Artist.country.is_null())).artist.name  # E[union-attr]: Item "None" of "Row[Artist] | None"
row(outer.where(Album.title == "x")).artist.name  # E[union-attr]: Item "None" of "Row[Artist] | None"
# In any order of the clauses.
before = select(Album.title, Artist.name).from_(Album).where(Artist.id == 5)
reveal_type(row(before.left_join(Artist, on=of_artist)).name)  # R: str
reveal_type(row(before.right_join(Artist, on=of_artist)).title)  # R: str | None
# An inner join leaves out the rows that its condition is not true for.
three = select(Artist.name, Album.title, Track.position)
reveal_type(row(three.left_join(Album, on=Album.artist_id == Artist.id).join(Track, on=Track.album_id == Album.id)))  # R: tuple[str, str, int, fallback=Row[TypedDict({'name': str, 'position': int, 'title': str})]]
reveal_type(row(three.left_join(Album, on=Album.artist_id == Artist.id).join(Track, on=Track.album_id == Album.id).full_join(parent, on=parent.id == Track.position)))  # R: tuple[str | None, str | None, int | None, fallback=Row[TypedDict({'name': str | None, 'position': int | None, 'title': str | None})]]
reveal_type(row(three.left_join(Album, on=Album.artist_id == Artist.id).join(Track, on=Track.position == 1)).title)  # R: str | None
reveal_type(row(three.left_join(Album, on=of_artist).join(Track, on=of_album)).title)  # a variable says nothing  # R: str | None
# What brings a row that is there was true for it.
reveal_type(row(three.left_join(Album, on=Album.artist_id == Artist.id).left_join(Track, on=Track.album_id == Album.id).where(Track.position > 1)))  # R: tuple[str, str, int, fallback=Row[TypedDict({'name': str, 'position': int, 'title': str})]]
reveal_type(row(three.left_join(Album, on=Album.artist_id == Artist.id).left_join(Track, on=Track.album_id == Album.id).where(Album.plays > 1)))  # R: tuple[str, str, int | None, fallback=Row[TypedDict({'name': str, 'position': int | None, 'title': str})]]
reveal_type(row(three.join(Album, on=Album.artist_id == Artist.id).right_join(Track, on=Track.album_id == Album.id).where(Artist.name == "x")))  # R: tuple[str, str, int, fallback=Row[TypedDict({'name': str, 'position': int, 'title': str})]]
reveal_type(row(three.join(Album, on=Album.artist_id == Artist.id).right_join(Track, on=Track.album_id == Album.id).where(Track.position > 1)).name)  # R: str | None
reveal_type(row(three.right_join(Album, on=Album.artist_id == Artist.id).full_join(Track, on=Track.album_id == Album.id).where(Artist.id == 1)))  # R: tuple[str, str, int | None, fallback=Row[TypedDict({'name': str, 'position': int | None, 'title': str})]]
reveal_type(row(three.right_join(Album, on=Album.artist_id == Artist.id).full_join(Track, on=Track.album_id == Album.id).where(Track.title == Artist.name)))  # R: tuple[str, str, int, fallback=Row[TypedDict({'name': str, 'position': int, 'title': str})]]
# One table, of which a row may be without.
reveal_type(row(select(Artist).right_join(Album, on=of_artist)).name)  # R: str | None
reveal_type(row(select(Artist).right_join(Album, on=of_artist).where(Artist.id == 1)))  # R: Row[Artist]

# A column that may be NULL, in a join

tree = select(Category.name, Category.parent_id, parent.name.as_("above"))
reveal_type(row(tree.join(parent, on=Category.parent_id == parent.id)))  # R: tuple[str, int, str, fallback=Row[TypedDict({'above': str, 'name': str, 'parent_id': int})]]
reveal_type(row(tree.left_join(parent, on=Category.parent_id == parent.id)))  # R: tuple[str, int | None, str | None, fallback=Row[TypedDict({'above': str | None, 'name': str, 'parent_id': int | None})]]
reveal_type(row(tree.left_join(parent, on=Category.parent_id == parent.id).where(parent.id.is_not_null())))  # R: tuple[str, int, str, fallback=Row[TypedDict({'above': str, 'name': str, 'parent_id': int})]]
reveal_type(row(tree.left_join(parent, on=Category.parent_id == parent.id).where(Category.parent_id.is_not_null())))  # R: tuple[str, int, str | None, fallback=Row[TypedDict({'above': str | None, 'name': str, 'parent_id': int})]]
reveal_type(row(tree.join(parent, on=Category.parent_id == parent.id).right_join(Artist, on=Artist.id == Category.id)))  # R: tuple[str | None, int | None, str | None, fallback=Row[TypedDict({'above': str | None, 'name': str | None, 'parent_id': int | None})]]
reveal_type(row(tree.join(parent, on=Category.parent_id == parent.id).right_join(Artist, on=Artist.id == Category.id).where(Category.id > 1)))  # R: tuple[str, int, str, fallback=Row[TypedDict({'above': str, 'name': str, 'parent_id': int})]]
reveal_type(row(tree.cross_join(parent)).parent_id)  # R: int | None

# Sub-queries and common table expressions

sub = select(Album.id, Album.released).where(Album.released.is_not_null()).subquery("sub")
reveal_type(sub.released)  # R: SourceColumn[date, Literal['sub.released']]
reveal_type(row(select(Album.title, sub.released).from_(Album).left_join(sub, on=sub.id == Album.id)).released)  # R: date | None
reveal_type(row(select(Album.title, sub.released).from_(Album).left_join(sub, on=sub.id == Album.id).where(sub.id > 1)).released)  # R: date
cte = dated.cte("cte")
reveal_type(row(select(cte).where(cte.released > y2k)))  # R: tuple[str, date, fallback=Row[TypedDict({'released': date, 'title': str})]]
reveal_type(row(select(cte.released).where(cte.released.is_not_null()).union(select(Album.released).where(Album.released == y2k))).released)  # R: date
reveal_type(row(select(cte.released).where(cte.released.is_not_null()).union(select(Album.released))).released)  # R: date | None
# A condition on a source of the query around says nothing of this one's rows.
inner = select(Track.title).from_(Track).right_join(Artist, on=Artist.name == Track.title).where(Album.id == 1)
reveal_type(row(inner).title)  # R: str | None

# HAVING

reveal_type(row(select(Artist.country, fn.count().as_("n")).group_by(Artist.country).having(Artist.country.is_not_null())).country)  # R: str
reveal_type(row(select(Artist.country, fn.count().as_("n")).group_by(Artist.country).having(fn.count() > 1)).country)  # R: str | None

# Step by step: a row of which more is known is one of which less is known


def steps(only_dated: bool) -> Query:
    q = dated
    if only_dated:
        q = q.where(Album.released.is_not_null())
        reveal_type(row(q).released)  # R: date
    reveal_type(row(q).released)  # R: date | None
    q = q.where(Album.released.is_not_null())
    reveal_type(row(q).released)  # R: date
    q = q.clear("where")
    reveal_type(row(q).released)  # R: date | None
    known = dated.where(Album.released.is_not_null())
    known = known.order_by(Album.released).limit(5)
    reveal_type(row(known).released)  # R: date
    known = known.clear("where")  # E[assignment]: Incompatible types in assignment
    reveal_type(row(dated.where(Album.released.is_not_null()).clear("where")).released)  # R: date | None
    reveal_type(row(dated.where(Album.released.is_not_null()).clear("limit", "order_by")).released)  # R: date
    joined = outer
    if only_dated:
        joined = joined.where(Artist.id == 1)
    return joined


@inferred
def titles(only_dated: bool) -> Query:
    if only_dated:
        return dated.where(Album.released.is_not_null())
    return dated


@inferred
def dates() -> Query:
    return dated.where(Album.released.is_not_null())


reveal_type(row(titles(True)).released)  # R: date | None
reveal_type(row(dates()).released)  # R: date
select(literal(1)).where(Album.released.is_not_null()).compile("sqlite")  # E[qb-scope]: Album.released is used in .where()
