"""Text: patterns and parts."""

from schema import Album, Artist, Genre, Track

from qb import fn

reveal_type(Album.title.like("A%"))  # R: Expr[bool, Literal['Album.title']]
reveal_type(Artist.country.ilike("%e"))  # R: Expr[bool | None, Literal['Artist.country'] | Literal['@null Artist.country']]
reveal_type(Album.title.startswith(Artist.name))  # R: Expr[bool, Literal['Album.title'] | Literal['Artist.name']]
reveal_type(fn.lower(Album.title).contains("blue"))  # R: Expr[bool, Literal['Album.title']]

Album.plays.like("1%")  # E[qb-type]: Album.plays is int, but .like() is for text
Album.released.startswith("2024")  # E[qb-type]: Album.released is date, but .startswith() is for text
Album.genre.contains("ro")  # E[qb-type]: Album.genre is Genre, but .contains() is for text
Track.id.ilike("8e5b%")  # E[qb-type]: Track.id is UUID, but .ilike() is for text
fn.count(Album.id).not_like("1")  # E[qb-type]: The expression is int, but .not_like() is for text
Album.title.contains(5)  # E[qb-type]: Album.title is str, but the value is int
Album.title.endswith(Album.plays)  # E[qb-type]: Album.title is str, but Album.plays is int
Album.title.like(None)  # E[qb-type]: Album.title.like(None) is never true
Album.title.startswith(("A", "B"))  # E[qb-type]: Album.title is str, but the value is tuple[str, str]
Album.title.lower()  # E[attr-defined]: has no attribute "lower"
Album.title.startwith("A")  # E[attr-defined]: has no attribute "startwith"


def search(term: str | None) -> None:
    Album.title.contains(term)  # E[qb-type]: The value may be None, and Album.title.contains(None) is never true
