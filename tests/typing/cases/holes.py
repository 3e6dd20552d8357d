"""What the types of other query builders let through, each with the words that refuse it here."""

from schema import Album, Artist, Track, row

from qb import delete, excluded, fn, insert, select, update

of_artist = Album.artist_id == Artist.id

# Conditions

select(Artist.name).where(Artist.id == None).compile("sqlite")  # E[qb-type]: Artist.id is never NULL here
Album.released > None  # E[qb-type]: Album.released > None is never true: write == None or .is_null()
Album.plays.like("1%")  # E[qb-type]: Album.plays is int, but .like() is for text
select(Album.title).join(Artist, on=Album.title == Artist.id)  # E[qb-type]: Album.title is str, but Artist.id is int: they cannot be compared
Album.plays == Album.title  # E[qb-type]: Album.plays is int, but Album.title is str
fn.sum(Album.title)  # E[qb-type]: Album.title is str, but fn.sum() is for numbers

# Sources and names

select(Album.title).join(Artist, on=of_artist).join(Artist, on=of_artist)  # E[qb-scope]: Artist is in this query already
select(Album.title).where(Artist.name == "x").compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this query
select(Album.title).order_by(Artist.name).compile("sqlite")  # E[qb-scope]: Artist.name is used in .order_by(), but Artist is not in this query
select(Album.id, Artist.id).join(Artist, on=of_artist)  # E[qb-name]: Two columns of this query are named "id"
# A column has its table with it, so that none is ambiguous.
select(Album.id).join(Artist, on=of_artist).where(Artist.id == 1).compile("sqlite")

# Groups

select(Album.title, fn.count()).group_by(Album.artist_id).compile("sqlite")  # E[qb-group]: Album.title is neither grouped nor aggregated
select(Album.title).where(fn.count() > 5)  # E[qb-group]: An aggregate cannot stand in .where()

# Sub-queries and set operations

select(Album.id, Album.title).scalar_subquery()  # E[qb-type]: .scalar_subquery() takes a query of one column, but this one has 2
select(Album.id, Album.plays).union(select(Album.plays, Album.id))  # E[qb-name]: UNION goes by position, but the names are in another order

# Writes

update(Album).where(Album.id == 1).compile("sqlite")  # E[qb-type]: update(Album) sets nothing: add .set(…)
insert(Artist).compile("sqlite")  # E[qb-type]: insert(Artist) has no rows: add .values(…)
update(Album).set(plays=0).compile("sqlite")  # E[qb-type]: update(Album) changes every row: add .where(…), or .all_rows() if that is meant
delete(Album).compile("sqlite")  # E[qb-type]: delete(Album) deletes every row
delete(Album).where().compile("sqlite")  # E[qb-type]: delete(Album) deletes every row
delete(Album).where(None)  # E[arg-type]: Argument 1 to "where" of "Write" has incompatible type "None"
new = insert(Artist).values(name="x")
new.on_conflict(Artist.country).do_nothing()  # E[qb-type]: Artist has no unique key (country): on_conflict() takes (id) or (name)
new.on_conflict(Album.id).do_nothing()  # E[qb-scope]: Album.id is not a column of Artist
new.on_conflict(Artist.id).do_update(name=excluded(Album.title))  # E[qb-scope]: excluded(Album.title) is used in .do_update(), but the statement is about Artist alone
new.returning(Album.id)  # E[qb-scope]: Album.id is used in .returning(), but the statement is about Artist alone
insert(Artist).from_select(select(Album.id, Album.title), Artist.name, Artist.country)  # E[qb-type]: Artist.name is str, but Album.id is int
insert(Artist).from_select(select(Album.title, Album.id), Artist.name)  # E[qb-type]: from_select() into Artist: the select gives 2 columns for 1

# Dialects

select(Album.title).distinct_on(Album.artist_id).compile("sqlite")  # E[qb-dialect]: DISTINCT ON is not in SQLite
select(fn.array_agg(Album.title)).compile("d1")  # E[qb-dialect]: fn.array_agg() is not in D1

# NULL: aggregates of nothing, outer joins and what is made of them, and what a condition excludes

reveal_type(row(select(fn.max(Album.plays).as_("x"))).x)  # R: int | None
joined = select(Artist.name, Album.title, (Album.plays + 1).as_("next")).left_join(Album, on=of_artist)
reveal_type(row(joined))  # R: tuple[str, str | None, int | None, fallback=Row[TypedDict({'name': str, 'title': str | None, 'next': int | None})]]
reveal_type(row(select(Album.released).where(Album.released.is_not_null())).released)  # R: date
# A row of an outer join is there or not, whatever its first column holds.
reveal_type(row(select(Album, Track).left_join(Track, on=Track.album_id == Album.id)).track)  # R: Row[Track] | None
# Conditions add up: a second one does not replace the first.
select(Album.id).where(Album.live).where(Album.plays > 5).compile("sqlite")
