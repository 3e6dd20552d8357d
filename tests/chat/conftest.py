"""The chat in an empty database of each engine."""

from __future__ import annotations

import pytest

from examples.chat.chat import Chat
from examples.chat.models import Session
from examples.chat.schema import TABLES
from qb import Database


@pytest.fixture
async def chat(database: Database) -> Chat:
    await database.create_tables(*TABLES)
    return Chat(database)


@pytest.fixture
async def session(chat: Chat) -> Session:
    return await chat.get_or_create_session("ann's key", {"language": "en"})
