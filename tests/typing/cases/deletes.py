"""DELETE: which rows."""

from schema import Album, Artist, Track, row

from qb import Delete, delete, exists, select

this = delete(Album).where(Album.id == 1)
reveal_type(this)  # R: Delete[Album, Literal['from Album'] | Literal['says where']]
this.compile("sqlite")
delete(Album).all_rows().compile("sqlite")

delete(Album).compile("sqlite")  # E[qb-type]: delete(Album) deletes every row: add .where(…), or .all_rows() if that is meant
delete(Album).where().compile("sqlite")  # E[qb-type]: delete(Album) deletes every row
delete(Album).where(None)  # E[arg-type]: Argument 1 to "where" of "Write" has incompatible type "None"
delete(Album).where(Album.id == "1")  # E[qb-type]: Album.id is int, but the value is str
delete(Album).where(Album.id)  # E[arg-type]: Argument 1 to "where" of "Write" has incompatible type "Column[int
delete(Album).where(Album.live or Album.plays == 0)  # E[qb-type]: "or" is not SQL
delete(Album).where(Artist.name == "x").compile("sqlite")  # E[qb-scope]: Artist.name is used in .where(), but Artist is not in this delete: add .using(Artist)
delete(Album).using(Artist).where(Album.artist_id == Artist.id, Artist.name == "x").compile("sqlite")
delete(Album).where(Album.artist_id == Artist.id).using(Artist).compile("sqlite")
delete(Album).using(Album)  # E[qb-scope]: Album is in this delete already
delete(Album).where(~exists(select(Track.id).where(Track.album_id == Album.id))).compile("sqlite")
delete(Album).where(Album.artist_id.in_(select(Artist.id).where(Artist.country == "uk"))).compile("sqlite")
delete(Album, Artist)  # E[call-arg]: Too many arguments for "delete"
delete(Album.id == 1)  # E[arg-type]: Argument 1 to "delete" has incompatible type "Expr[bool
delete(Album).from_(Artist)  # E[attr-defined]: has no attribute "from_"


def clean(artist: int | None) -> Delete[Album]:
    q = delete(Album)
    if artist is not None:
        q = q.where(Album.artist_id == artist)
    q.compile("sqlite")  # E[qb-type]: delete(Album) deletes every row
    return q


# A person who says `Delete[Album]` says no more than that.
clean(1).compile("sqlite")

reveal_type(row(this.returning(Album.id, Album.title)))  # R: tuple[int, str, fallback=Row[TypedDict({'id': int, 'title': str})]]
reveal_type(row(this.returning(Album)).plays)  # R: int
this.returning(Track.id)  # E[qb-scope]: Track.id is used in .returning(), but Track is not in this delete: add .using(Track)
delete(Album).returning(Album.id)  # E[qb-type]: delete(Album) deletes every row
