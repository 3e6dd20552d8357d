"""What a Worker does when it is deployed, so that no request has to."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from json import loads
from typing import Any

from dialects.d1.driver import D1Driver
from dialects.d1.transport import Answer, Statement, Transport
from qb.dialect import find_dialect
from qb.queries import Compilable, Query
from qb.rows import builder_for
from qb.running.database import Database


def preload(*statements: Compilable) -> None:
    """Run statements at the top of a Worker's module against a database that has no rows and changes nothing:

        preload(album(1), released_since(date.today()), insert(Album).values(title=""))

    Cloudflare runs that when the Worker is deployed, and keeps a picture of its memory, from which it starts later. So
    no request pays for importing what these statements need, nor for compiling them: a prepared query is compiled for
    arguments of these classes, of others only what they need is there. Raises what compiling raises, so that a mistake
    is found before it is deployed.
    """
    dialect = find_dialect("d1")
    db = Database(D1Driver(dialect, Empty()))
    for statement in statements:
        if isinstance(statement, Query) and builder_for(statement, dialect) is not None:
            finish(db.fetch_all(statement))
        else:
            finish(db.execute(statement))


def finish(work: Coroutine[Any, Any, object]) -> None:
    """Run to its end what never has to wait: at the top of a module, there is nothing that could."""
    try:
        work.send(None)
    except StopIteration:
        return
    raise AssertionError("an empty database has answered later")


class Empty(Transport):
    """The way to a database that has no rows."""

    async def query(self, sql: str, parameters: Sequence[object], wants_meta: bool) -> Answer:
        return Answer(loads("[]"), {} if wants_meta else None)

    async def batch(self, statements: Sequence[Statement]) -> list[Answer]:
        return [Answer(loads("[]"), {}) for _ in statements]
