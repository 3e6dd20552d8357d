"""What the tests take for Cloudflare: workerd's D1 behind the REST API."""

from __future__ import annotations

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from tests.d1_server import D1Server


def asked(server: D1Server, call: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
    url = f"{server.api}/accounts/{server.account}/d1/database/{server.database()}/{call}"
    try:
        with urlopen(Request(url, json.dumps(body).encode(), headers)) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_a_database_is_empty_again_when_it_is_taken_again(d1_server: D1Server) -> None:
    first = d1_server.database()
    d1_server.query(
        first,
        ("CREATE TABLE parent (id INTEGER PRIMARY KEY)", []),
        ("CREATE TABLE child (id INTEGER PRIMARY KEY AUTOINCREMENT, parent_id REFERENCES parent)", []),
        ("CREATE VIEW seen AS SELECT * FROM child", []),
        ('CREATE VIRTUAL TABLE "say ""x""" USING fts5(body)', []),
        ("INSERT INTO parent VALUES (1)", []),
        ("INSERT INTO child (parent_id) VALUES (?)", [1]),
    )
    (found,) = d1_server.query(first, ("SELECT id, parent_id FROM seen", []))
    assert found["results"] == [{"id": 1, "parent_id": 1}]
    again = ""
    while again != first:
        again = d1_server.database()
    (left,) = d1_server.query(again, ("SELECT name FROM sqlite_master WHERE name NOT LIKE '%!_%' ESCAPE '!'", []))
    assert left["results"] == []


def test_rows_of_two_columns_of_one_name(d1_server: D1Server) -> None:
    headers = {"Authorization": f"Bearer {d1_server.token}"}
    status, answer = asked(d1_server, "raw", {"sql": "SELECT 1 AS a, ? AS a", "params": ["x"]}, headers)
    assert (status, answer["success"]) == (200, True)
    assert answer["result"][0]["results"] == {"columns": ["a", "a"], "rows": [[1, "x"]]}


@pytest.mark.parametrize(
    ("headers", "body", "status", "message"),
    [
        ({}, {"sql": "SELECT 1"}, 400, "Missing X-Auth-Key, X-Auth-Email or Authorization headers"),
        ({"Authorization": "Bearer wrong"}, {"sql": "SELECT 1"}, 401, "Authentication error"),
        (None, {"sql": "SELEC"}, 400, 'near "SELEC": syntax error at offset 0: SQLITE_ERROR'),
        (None, {"sql": "SELECT ?", "params": [True]}, 400, "params: booleans are not supported"),
    ],
)
def test_refusals(
    d1_server: D1Server, headers: dict[str, str] | None, body: dict[str, object], status: int, message: str
) -> None:
    if headers is None:
        headers = {"Authorization": f"Bearer {d1_server.token}"}
    refused, answer = asked(d1_server, "query", body, headers)
    assert refused == status
    assert answer["success"] is False
    assert answer["errors"][0]["message"] == message
