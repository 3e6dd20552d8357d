"""The tables."""

from enum import StrEnum

from qb import Table, check, col, fn, index


class Genre(StrEnum):
    ARCADE = "arcade"
    PUZZLE = "puzzle"
    RACING = "racing"


class Game(Table, name="games"):
    id = col.integer().primary_key()
    title = col.text().unique()
    genre = col.enum(Genre)
    released = col.date().nullable()
    tags = col.json(list[str])

    has_title = check(fn.length(fn.trim(title)) > 0)


class Score(Table, name="scores"):
    id = col.integer().primary_key()
    game_id = col.integer().references(lambda: Game.id, on_delete="cascade")
    player = col.text()
    points = col.integer().check(lambda points: points >= 0)
    reached_at = col.timestamp().default_sql(fn.now())

    best_first = index(game_id, points.desc())


TABLES = (Game, Score)
"""Each after those that it references."""
