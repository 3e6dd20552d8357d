"""Columns: what reading them from a table or an alias gives."""

from schema import Album, Category, Track, parent

reveal_type(Album.title)  # R: Column[str, Required, Literal['Album.title']]
reveal_type(Album.released)  # R: Column[date | None, Defaulted, Literal['Album.released']]
reveal_type(Album.plays)  # R: Column[int, Defaulted, Literal['Album.plays']]
reveal_type(Album.price)  # R: Column[Decimal, Required, Literal['Album.price']]
reveal_type(Album.genre)  # R: Column[Genre, Required, Literal['Album.genre']]
reveal_type(Album.settings)  # R: Column[TypedDict(Settings, {'theme': str}) | None, Defaulted, Literal['Album.settings']]
reveal_type(Album.label)  # R: Column[str, Generated, Literal['Album.label']]
reveal_type(Album.created_at)  # R: Column[datetime, Defaulted, Literal['Album.created_at']]
reveal_type(Album.id)  # R: Column[int, Defaulted, Literal['Album.id']]
reveal_type(Track.id)  # R: Column[UUID, Required, Literal['Track.id']]
reveal_type(Category.id)  # R: Column[int, Required, Literal['Category.id']]
reveal_type(parent.name)  # R: Column[str, Required, Literal['parent.name']]

Album.titel  # E[qb-name]: "Album" has no column "titel"; did you mean "title"?
parent.titel  # E[qb-name]: "parent" has no column "titel"
parent.nme  # E[qb-name]: did you mean "name"?
Album.query  # E[qb-name]: "Album" has no column "query"; it has created_at, updated_at, id, artist_id
reveal_type(Album.__name__)  # R: str
