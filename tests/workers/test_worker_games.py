"""examples/worker_games, run as a Worker is: by Cloudflare's SDK, in each Python, with a D1 of workerd."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.workers.emulation import Python

TETRIS = {"title": "Tetris", "genre": "puzzle", "released": "1985-06-06", "tags": ["blocks"]}


@pytest.fixture(params=[False, True], ids=["wrapped binding", "raw binding"])
def worker(request: pytest.FixtureRequest, python: Python) -> Iterator[Any]:
    """What sends a request to the Worker."""

    def ask(method: str, path: str, body: object = None) -> tuple[int, Any]:
        return python.request(method, path, body, raw=request.param)

    yield ask
    python.sql("DELETE FROM games")


def test_a_game_is_added_and_found(worker: Any) -> None:
    status, game = worker("POST", "/games", TETRIS)
    assert status == 201
    assert game == {"id": game["id"], **TETRIS}
    assert worker("GET", f"/games/{game['id']}") == (200, game)


def test_lists_have_pages_and_filters(worker: Any) -> None:
    for title, genre in [("Pong", "arcade"), ("Tetris", "puzzle"), ("Outrun", "racing"), ("Frogger", "arcade")]:
        assert worker("POST", "/games", {"title": title, "genre": genre})[0] == 201

    def titles(path: str) -> list[str]:
        return [game["title"] for game in worker("GET", path)[1]]

    assert titles("/games") == ["Frogger", "Outrun", "Pong", "Tetris"]
    assert titles("/games?genre=arcade") == ["Frogger", "Pong"]
    assert titles("/games?words=r&after=Frogger") == ["Outrun", "Tetris"]
    assert titles("/games?limit=2&after=Frogger") == ["Outrun", "Pong"]


def test_many_games_are_loaded_at_once(worker: Any) -> None:
    many = [{"title": f"Game {number:03}", "genre": "arcade", "tags": ["é", '"']} for number in range(250)]
    assert worker("POST", "/games/load", many) == (201, {"loaded": 250})
    last = worker("GET", "/games?after=Game%20248")[1]
    assert [(game["title"], game["tags"], game["released"]) for game in last] == [("Game 249", ["é", '"'], None)]
    assert worker("POST", "/games/load", [{"title": "New", "genre": "arcade"}, many[0]])[0] == 409
    assert worker("GET", "/games?words=New") == (200, [])  # all of them, or none


def test_the_leaderboard_has_the_best_of_each_player(worker: Any) -> None:
    game = worker("POST", "/games", TETRIS)[1]["id"]
    scores = [("Ann", 5, "Ann"), ("Bob", 7, "Bob"), ("Ann", 9, "Ann"), ("Cem", 7, "Ann"), ("Bob", 1, "Ann")]
    for player, points, leader in scores:
        answer = worker("POST", f"/games/{game}/scores", {"player": player, "points": points})
        assert answer == (201, {"leader": leader})
    ranks = [("Ann", 9, 1), ("Bob", 7, 2), ("Cem", 7, 2)]
    found = [tuple(row.values()) for row in worker("GET", f"/games/{game}/leaderboard")[1]]
    assert found == ranks
    assert len(worker("GET", f"/games/{game}/leaderboard?limit=1")[1]) == 1


def test_mistakes_are_told(worker: Any) -> None:
    assert worker("POST", "/games", TETRIS)[0] == 201
    assert worker("POST", "/games", TETRIS) == (409, {"error": "there is a game of this title"})
    assert worker("POST", "/games", {"title": " ", "genre": "puzzle"})[0] == 400
    assert worker("POST", "/games", {"title": "Go", "genre": "board"})[0] == 400
    assert worker("GET", "/games?genre=board")[0] == 400
    assert worker("GET", "/games?limit=1000")[0] == 400
    assert worker("GET", "/games/7777") == (404, {"error": "there is no such game"})
    assert worker("POST", "/games/7777/scores", {"player": "Ann", "points": 1})[0] == 404
    assert worker("POST", "/games/7777/scores", {"player": "Ann", "points": -1})[0] == 400
    assert worker("GET", "/players") == (404, {"error": "there is no such address"})
