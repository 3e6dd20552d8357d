"""What is asked of the database."""

from tables import Game, Genre, Score

from qb import Query, all_of, fn, query, select, when


@query
def game(id: int) -> Query:  # the column's name
    """One game."""
    return select(Game).where(Game.id == id)


@query
def games(genre: Genre | None, words: str | None, after: str, limit: int) -> Query:
    """A page of the games, by title: of a genre and with some words in the title, where these are given."""
    return (
        select(Game)
        .where(
            all_of(
                when(genre, lambda genre: Game.genre == genre),
                when(words, lambda words: Game.title.contains(words)),
                Game.title > after,
            )
        )
        .order_by(Game.title)
        .limit(limit)
    )


@query
def leaderboard(game_id: int, limit: int) -> Query:
    """The best score of each player, with its rank: equal points share one."""
    points = fn.max(Score.points)
    return (
        select(Score.player, points.as_("points"), fn.rank().over(order_by=points.desc()).as_("rank"))
        .where(Score.game_id == game_id)
        .group_by(Score.player)
        .order_by(points.desc(), Score.player)
        .limit(limit)
    )
