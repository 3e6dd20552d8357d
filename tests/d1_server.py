"""Cloudflare's D1 for the tests: workerd with a pool of databases behind the REST API, thrown away at the end."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

from qb import Database
from qb.identifiers import QUOTED
from tests.node.running import Script, running

SCRIPT = Path(__file__).parent / "d1" / "server.mjs"
ACCOUNT = "0123456789abcdef0123456789abcdef"
DATABASES = 64
"""When all are taken once, the first one is emptied for the next test, and so on: no test needs so many at a time."""
KEPT = 8
"""More of them, for who wants to keep one for the whole run."""


class D1Server:
    """A running server. `api` is the URL of what is `https://api.cloudflare.com/client/v4` elsewhere.

    Database 7 of it is bound as `DB7` in worker.mjs, and `KV7` is a KV namespace.
    """

    def __init__(self, script: Script, token: str) -> None:
        self.api = script.output.readline().strip().rstrip("/")
        if not self.api:
            raise RuntimeError(f"workerd does not start:\n{script.said()}")
        self.account = ACCOUNT
        self.token = token
        self._numbers = count()
        self._kept = count(DATABASES)

    def database(self) -> str:
        """The identifier of an empty database."""
        number = next(self._numbers)
        database = f"00000000-0000-4000-8000-{number % DATABASES:012}"
        if number >= DATABASES:
            self.empty(database)
        return database

    def kept_database(self) -> str:
        """The identifier of a database that nobody else is given."""
        return f"00000000-0000-4000-8000-{next(self._kept):012}"

    def connect(self, database: str, **options: Any) -> Database:
        """One of the databases, not open yet."""
        return Database.connect(f"d1://{self.account}/{database}", token=self.token, api=self.api, **options)

    def query(self, database: str, *statements: tuple[str, Sequence[Any]]) -> list[dict[str, Any]]:
        """What each statement of a batch answers: `results`, rows that are dicts, and `meta`."""
        request = Request(
            f"{self.api}/accounts/{self.account}/d1/database/{database}/query",
            json.dumps({"batch": [{"sql": sql, "params": params} for sql, params in statements]}).encode(),
            {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"},
        )
        with urlopen(request) as response:
            answer: list[dict[str, Any]] = json.load(response)["result"]
        return answer

    def empty(self, database: str) -> None:
        """Drop what is in a database."""
        self.query(database, *self.emptying(database))

    def emptying(self, database: str) -> list[tuple[str, Sequence[Any]]]:
        """What drops all that is in a database."""
        (found,) = self.query(
            database,
            (
                "SELECT o.type, o.name, t.type AS kind FROM sqlite_master o "
                "LEFT JOIN pragma_table_list t ON t.name = o.name AND t.schema = 'main' "
                "WHERE o.type IN ('table', 'trigger', 'view') AND o.name NOT LIKE 'sqlite!_%' ESCAPE '!' "
                "AND o.name NOT LIKE '!_cf!_%' ESCAPE '!' "
                # What uses a table goes before it.
                "ORDER BY o.type <> 'trigger', o.type <> 'view', t.type <> 'virtual', o.rowid DESC",
                [],
            ),
        )
        dropping = [f"DROP {row['type']} IF EXISTS {QUOTED[row['name']]}" for row in found["results"]]
        # Tables may refer to each other: a row needs what it refers to until it is deleted.
        tables = [row["name"] for row in found["results"] if row["kind"] == "table"]
        first = len(dropping) - sum([row["kind"] in ("table", "shadow") for row in found["results"]])
        deleting = [f"DELETE FROM {QUOTED[name]}" for name in tables]
        statements = ["PRAGMA defer_foreign_keys = on", *dropping[:first], *deleting, *dropping[first:]]
        return [(statement, []) for statement in statements]


@contextmanager
def running_d1() -> Iterator[D1Server]:
    """A server for the length of a `with`."""
    token = secrets.token_urlsafe()
    settings = json.dumps({"databases": DATABASES + KEPT, "token": token})
    with running(SCRIPT, settings) as script:
        yield D1Server(script, token)
