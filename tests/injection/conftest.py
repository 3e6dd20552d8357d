"""Tables in which everything evil is stored already, beside a canary that has to survive."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from qb import Database, insert, select
from tests.injection.hostile import SECRETS, TEXTS, Note, Secret, tables_of


@pytest.fixture
async def canary(database: Database) -> AsyncIterator[Database]:
    """A database that has its secrets, and only those, when the test is over."""
    await database.create_tables(Secret)
    await database.execute(insert(Secret).values_many({"id": key, "word": word} for key, word in SECRETS))
    yield database
    assert await database.fetch_all(select(Secret).order_by(Secret.id)) == SECRETS


@pytest.fixture
async def notes(canary: Database) -> AsyncIterator[Database]:
    """The canary beside a table of all the texts, and no other table when the test is over."""
    await canary.create_tables(Note)
    await canary.execute(insert(Note).values_many([{"text": text, "data": {text: [text]}} for text in TEXTS]))
    yield canary
    assert await tables_of(canary) == ["notes", "secrets"]
