"""Rows: as instances of a class."""

from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict, reveal_type

from qb import Database, Query, many, select
from tests.typing.checkers.cases.schema import Album, Artist


@dataclass
class Card:
    title: str
    plays: int


class Title(NamedTuple):
    title: str


class Key(TypedDict):
    id: int


async def instances(db: Database) -> None:
    cards = select(Album.title, Album.plays)
    reveal_type(await db.fetch_all(cards, into=Card))  # R: list[Card]
    reveal_type(await db.fetch_all(cards.into(Card)))  # R: list[Card]
    reveal_type(await db.fetch_one(select(Album.title), into=Title))  # R: Title  # R[plugin, mypy]: tuple[str, fallback=Title]
    reveal_type((await db.fetch_one(select(Album.id), into=Key))["id"])  # R: int
    reveal_type(await db.fetch_one_or_none(cards, into=Card))  # R: Card | None
    async for card in db.stream(cards, into=Card):
        reveal_type(card)  # R: Card
    (count, made) = await db.batch(select(Artist.id), cards.into(Card))
    reveal_type(made)  # R: list[Card]  # R[mypy]: Any
    (albums,) = await db.fetch_one(select(many(cards.into(Card)).as_("albums")).from_(Artist))
    reveal_type(albums)  # R: list[Card]  # R[mypy]: Any
    titles: list[Title] = await db.fetch_all(cards, into=Card)  # E: all
    card_of: Query[Title] = cards.into(Card)  # E: all
    await db.fetch_value(cards, into=Card)  # E: all
    cards.into("Card")  # E: all
    await db.fetch_all(select(Album.title), into=Card)  # E: plugin
    await db.fetch_all(select(Album.title, Album.released.as_("plays")), into=Card)  # E: plugin
    cards.into(int)  # E: plugin


async def first(db: Database, query: Query[Any]) -> Card:
    return await db.fetch_one(query, into=Card)
