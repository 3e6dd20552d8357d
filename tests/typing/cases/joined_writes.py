"""UPDATE … FROM and DELETE … USING with joins."""

from schema import Album, Artist, Category, Play, Track, parent, row

from qb import delete, fn, select, update

joined = (
    update(Album)
    .set(title=Artist.name + Track.title)
    .from_(Artist)
    .join(Track, on=Track.position == Artist.id)
    .where(Album.artist_id == Artist.id)
)
joined.compile("sqlite")
reveal_type(row(joined.returning(Album.id, Artist.name, Track.position)))  # R: tuple[int, str, int, fallback=Row[TypedDict({'id': int, 'name': str, 'position': int})]]
optional = joined.left_join(Play, on=Play.track_id == Track.id)
reveal_type(row(optional.returning(Track.title, Play.at)))  # R: tuple[str, datetime | None, fallback=Row[TypedDict({'title': str, 'at': datetime | None})]]
reveal_type(row(optional.returning(Track, Play)).play)  # R: Row[Play] | None
delete(Track).using(Album).join(Artist, on=Artist.id == Album.artist_id).where(Track.album_id == Album.id).compile("d1")
delete(Category).using(parent).where(Category.parent_id == parent.id).compile("d1")
counts = select(Track.album_id, fn.count().as_("n")).group_by(Track.album_id)
update(Album).set(plays=5).from_(Artist).join(Track, on=Track.album_id.in_(select(Album.id))).all_rows().compile("d1")

update(Album).set(plays=5).join(Artist, on=Artist.id == 1)  # E[qb-scope]: Artist is joined, but to nothing: name the first source in .from_() before
delete(Album).left_join(Artist, on=Artist.id == 1)  # E[qb-scope]: Artist is joined, but to nothing: name the first source in .using() before
update(Album).set(plays=5).from_(Artist).join(Artist, on=Artist.id == 1)  # E[qb-scope]: Artist is in this update already
delete(Album).using(Artist).join(Album, on=Artist.id == 1)  # E[qb-scope]: Album is in this delete already
update(Album).set(plays=5).from_(Artist).join(Track, on=Track.album_id == Album.id)  # E[qb-scope]: Album.id is used in .join(), but belongs to the table that is written: tie it in .where()
delete(Album).using(Artist).left_join(Track, on=Album.live)  # E[qb-scope]: Album.live is used in .left_join(), but belongs to the table that is written
update(Album).set(plays=5).from_(Artist).join(Track)  # E[call-arg]: Missing positional argument "on" in call to "join" of "Write"
update(Album).set(plays=5).from_(Artist).join("tracks", on=Artist.id == 1)  # E[arg-type]: Argument 1 to "join" of "Write" has incompatible type "str"
update(Album).set(plays=5).from_(Artist).join(Track, on=Track.position)  # E[arg-type]: Argument "on" to "join" of "Write" has incompatible type "Column[int
update(Album).set(plays=5).from_(Artist).join(Track, on=Track.position == "x")  # E[qb-type]: Track.position is int, but the value is str
update(Album).set(plays=5).from_(Artist).join(Track, on=Play.at > fn.now()).all_rows().compile("d1")  # E[qb-scope]: Play.at is used in .join(), but Play is not in this update: add .from_(Play)
joined.returning(Play.at)  # E[qb-scope]: Play.at is used in .returning(), but Play is not in this update


# What a left join may leave NULL is not for a column that is NOT NULL

unlike = update(Album).from_(Artist).left_join(Track, on=Track.title == Artist.name).where(Album.artist_id == Artist.id)
unlike.set(title=Track.title)  # E[qb-type]: Album.title is NOT NULL, but Track.title may be NULL
unlike.set(title=fn.coalesce(Track.title, "-"), plays=Album.plays + 1).compile("sqlite")
unlike.set(title=Artist.name, rating=Track.position).compile("sqlite")
before = update(Album).set(title=Track.title).from_(Artist)  # E[qb-type]: Album.title is NOT NULL, but Track.title may be NULL
before.left_join(Track, on=Track.title == Artist.name)
before.join(Track, on=Track.title == Artist.name).all_rows().compile("sqlite")
