"""The address of the example that migrates its database, in the Worker as Cloudflare runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from tests.workers.conftest import EXAMPLE
from tests.workers.emulation import TOKEN, Python

NAMES = ["0001_games", "0002_scores"]
DROPPED = ("scores", "games", "qb_migrations", "d1_migrations", "qb_migration_runs")
CRASHING = """
import asyncio
import js
from pyodide.ffi import create_proxy, to_js

stopped = asyncio.Event()
batches = 0

async def batch(statements):
    global batches
    batches += 1
    if batches > {after}:
        stopped.set()
        await asyncio.Event().wait()
    return await js.DB.batch(statements)

binding = js.Object.fromEntries(to_js([["prepare", js.DB.prepare.bind(js.DB)], ["batch", create_proxy(batch)]]))
request = asyncio.ensure_future(respond("POST", "/migrations", "null", True, TOKEN, binding))
await stopped.wait()
request.cancel()
"""
"""A request that is given up when it has sent so many batches."""


@pytest.fixture
def empty(python: Python) -> Iterator[Python]:
    """A Worker whose database has no tables; it gets them at last."""
    python.sql(*[f"DROP TABLE IF EXISTS {name}" for name in DROPPED])
    yield python
    python.sql("UPDATE qb_migration_runs SET expires_at = started_at")
    assert python.request("POST", "/migrations", token=TOKEN)[0] == 200


def noted(python: Python) -> list[str]:
    """What wrangler takes for applied."""
    found = python.run("JSON = js.JSON.stringify(await js.DB.prepare('SELECT name FROM d1_migrations').raw()); JSON")
    return [name for (name,) in json.loads(found)]


@pytest.mark.parametrize("raw", [False, True], ids=["wrapped binding", "raw binding"])
def test_the_tables_are_made_and_the_log_says_so(empty: Python, raw: bool) -> None:
    code, told = empty.request("GET", "/migrations", raw=raw, token=TOKEN)
    assert (code, [each["state"] for each in told["migrations"]], told["runs"]) == (200, ["pending"] * 2, [])
    code, answer = empty.request("POST", "/migrations", raw=raw, token=TOKEN)
    assert (code, answer["applied"]) == (200, NAMES)
    assert empty.request("POST", "/games", {"title": "Pong", "genre": "arcade"}, raw=raw)[0] == 201
    assert noted(empty) == [f"{name}.sql" for name in NAMES]
    assert empty.request("POST", "/migrations", raw=raw, token=TOKEN)[1]["applied"] == []
    told = empty.request("GET", "/migrations", raw=raw, token=TOKEN)[1]
    assert [(each["name"], each["state"]) for each in told["migrations"]] == [(name, "applied") for name in NAMES]
    assert [[each["name"] for each in run["applied"]] for run in told["runs"]] == [[], NAMES]
    assert told["runs"][1]["request"] == answer["request"]


def test_nothing_is_told_without_the_token(python: Python) -> None:
    refused = (403, {"error": "this needs the token of migrations"})
    for method in ("GET", "POST"):
        for token in (None, "", "another", TOKEN[:-1]):
            assert python.request(method, "/migrations", token=token) == refused


def test_of_two_at_once_one_works(empty: Python) -> None:
    one = f"respond('POST', '/migrations', 'null', False, {TOKEN!r})"
    found = empty.run(f"import asyncio\njson.dumps(await asyncio.gather({one}, {one}, {one}))")
    answers: list[Any] = [(code, json.loads(text)) for code, text in map(json.loads, json.loads(found))]
    assert {code for code, _ in answers} <= {200, 423}
    assert [name for _, answer in answers for name in answer.get("applied", [])] == NAMES
    assert noted(empty) == [f"{name}.sql" for name in NAMES]


@pytest.mark.parametrize("after", [1, 2])
def test_a_crash_leaves_whole_migrations_and_a_lock_that_expires(empty: Python, after: int) -> None:
    empty.run(CRASHING.replace("{after}", str(after)))
    done = NAMES[: after - 1]
    assert noted(empty) == [f"{name}.sql" for name in done]
    code, answer = empty.request("POST", "/migrations", token=TOKEN)
    assert (code, answer["error"]) == (423, "another request migrates")
    empty.sql("UPDATE qb_migration_runs SET expires_at = started_at")
    code, answer = empty.request("POST", "/migrations", token=TOKEN)
    assert (code, answer["applied"]) == (200, NAMES[after - 1 :])


@pytest.mark.parametrize("command", [["verify"], ["migrate", "bundle", "bundled.py", "--check"]])
def test_folder_and_bundle_are_those_of_the_tables(command: list[str]) -> None:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([".", str(EXAMPLE.parents[1])])}
    subprocess.run([sys.executable, "-m", "qb", *command], cwd=EXAMPLE / "src", env=environment, check=True)
