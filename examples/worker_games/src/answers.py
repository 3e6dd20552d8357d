"""What comes from outside, checked; and what goes there."""

from __future__ import annotations

from datetime import date
from typing import Any

from tables import Game, Genre

from qb import NewRow, Row


class BadRequestError(ValueError):
    """What was asked makes no sense."""


def wanted_genre(given: str) -> Genre:
    """A genre by its name."""
    try:
        return Genre(given)
    except ValueError as error:
        raise BadRequestError(f"{given!r} is no genre: one of {', '.join(Genre)}") from error


def wanted_game(given: Any) -> NewRow[Game]:
    """A new game, as a client describes it."""
    try:
        released = given.get("released")
        return {
            "title": str(given["title"]),
            "genre": Genre(given["genre"]),
            "released": None if released is None else date.fromisoformat(released),
            "tags": [str(tag) for tag in given.get("tags", [])],
        }
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise BadRequestError(f"a game has a title, and a genre that is one of {', '.join(Genre)} ({error})") from error


def wanted_score(given: Any) -> tuple[str, int]:
    """A player, and the points."""
    try:
        return str(given["player"]), int(given["points"])
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequestError("a score has a player and points") from error


def wanted_number(given: str, most: int = 2**53) -> int:
    """A whole number that is not negative."""
    if not given.isdecimal() or int(given) > most:
        raise BadRequestError(f"{given!r} is no number from 0 to {most}")
    return int(given)


def shown(row: Row[Any]) -> dict[str, Any]:
    """A row as JSON has it."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in row._asdict().items()}
