"""The classes that rows are made into fit the columns: names, types, rows inside of rows."""

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Generic, NamedTuple, NotRequired, Protocol, Required, TypedDict, TypeVar

import attrs
import msgspec
import pydantic
from qb import Database, Expr, Query, Row, Select, alias, col, fn, literal, many, one, select, sql
from qb import Table
from schema import Album, AlbumTuple, Artist, ArtistAlbumsDict, ArtistData, Genre, Settings, Track, row

T = TypeVar("T")
C = TypeVar("C")
R = TypeVar("R")

cards = select(Album.title, Album.plays)
dated = select(Album.title, Album.released)


# Dataclasses


@dataclass
class Card:
    title: str
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCard:
    plays: int
    title: str
    stars: int = 3


@dataclass
class ComputedCard:
    title: str
    plays: InitVar[int]
    tags: list[str] = field(default_factory=list)
    loud: str = field(init=False)
    count: ClassVar[int] = 0


@dataclass
class LongCard(Card):
    released: date | None = None


@dataclass
class Box(Generic[T]):
    title: T
    plays: int


@dataclass
class Numbers:
    """A field may hold more than its column has."""

    plays: float
    title: object
    price: Decimal | int | None
    genre: Genre
    settings: Settings | None


@dataclass
class Dated:
    title: str
    released: date


@dataclass
class MaybeDated:
    title: str
    released: date | None


@dataclass
class WrongTypes:
    title: int
    plays: str | None


reveal_type(row(cards.into(Card)))  # R: Card
reveal_type(row(select(Album.plays, Album.title).into(Card)))  # R: Card
reveal_type(row(cards.into(KeywordCard)))  # R: KeywordCard
reveal_type(row(cards.into(ComputedCard)))  # R: ComputedCard
reveal_type(row(cards.into(LongCard)))  # R: LongCard
reveal_type(row(select(Album.title, Album.plays, Album.released).into(LongCard)))  # R: LongCard
reveal_type(row(cards.into(Box[str])))  # R: Box[str]
reveal_type(row(select(Album.plays, Album.title, Album.price, Album.genre, Album.settings).into(Numbers)))  # R: Numbers
reveal_type(row(dated.into(MaybeDated)))  # R: MaybeDated
reveal_type(row(dated.where(Album.id == 1).order_by(Album.id).limit(1).into(MaybeDated)))  # R: MaybeDated
reveal_type(row(select(Artist.name.as_("title"), fn.count().as_("plays")).group_by(Artist.id).into(Card)))  # R: Card
reveal_type(row(select(Album.title, fn.coalesce(Album.released, date.today()).as_("released")).into(Dated)))  # R: Dated

select(Album.title).into(Card)  # E[qb-type]: Card.plays has no default, and there is no column for it (the query has title): select it, or give it a default
select(Album.title.as_("titel"), Album.plays).into(Card)  # E[qb-type]: Card has no field for the column "titel"; did you mean "title"?
select(Album.title, Album.plays, Album.id).into(Card)  # E[qb-type]: Card has no field for the column "id" (it has title, plays): leave it out, or declare the field
select(Album.title, Album.plays + 1).into(Card)  # E[qb-type]: A selected expression has no name: name it with .as_("…") after a field of Card # E[qb-type]: Card.plays has no default
select(Album.title, Album.plays, fn.upper(Album.title).as_("loud")).into(ComputedCard)  # E[qb-type]: ComputedCard has no field for the column "loud" (it has title, plays, tags): leave it out, or declare the field
select(Album.title, Album.plays, Album.id.as_("count")).into(ComputedCard)  # E[qb-type]: ComputedCard has no field for the column "count"
select(Album.plays.as_("stars")).into(Card)  # E[qb-type]: Card has no field for the column "stars" # E[qb-type]: Card.title and Card.plays have no defaults, and there are no columns for them (the query has stars): select them, or give them defaults
select(Album.plays).into(KeywordCard)  # E[qb-type]: KeywordCard.title has no default, and there is no column for it
dated.into(Dated)  # E[qb-type]: Dated.released is date, but the column may be NULL: declare it date | None
select(Artist.name.as_("title"), Album.plays).left_join(Album, on=Album.artist_id == Artist.id).into(Card)  # E[qb-type]: Card.plays is int, but the column may be NULL
cards.into(WrongTypes)  # E[qb-type]: WrongTypes.title is int, but the column is str: declare it str # E[qb-type]: WrongTypes.plays is str, but the column is int
cards.into(Box[int])  # E[qb-type]: Box.title is int, but the column is str
select(fn.max(Album.title).as_("title"), fn.count().as_("plays")).into(Card)  # E[qb-type]: Card.title is str, but the column may be NULL
select(Album.title, sql("random()", returns=str).as_("plays")).into(Card)  # E[qb-type]: Card.plays is int, but the column is str
select(Album.title, Album.genre.as_("plays")).into(Card)  # E[qb-type]: Card.plays is int, but the column is Genre


# NamedTuples


class TupleCard(NamedTuple):
    title: str
    plays: int
    stars: int = 3


class Narrow(NamedTuple):
    title: str


reveal_type(row(cards.into(TupleCard)).stars)  # R: int
reveal_type(row(select(Album.plays.as_("stars"), Album.plays, Album.title).into(TupleCard)).title)  # R: str
cards.into(Narrow)  # E[qb-type]: Narrow has no field for the column "plays" (it has title): leave it out, or declare the field
dated.into(TupleCard)  # E[qb-type]: TupleCard has no field for the column "released" # E[qb-type]: TupleCard.plays has no default
select(Album.plays.as_("title")).into(Narrow)  # E[qb-type]: Narrow.title is str, but the column is int


# TypedDicts


class DictCard(TypedDict):
    title: str
    plays: NotRequired[int]


class PartialCard(TypedDict, total=False):
    title: Required[str]
    plays: int


reveal_type(row(cards.into(DictCard))["title"])  # R: str
reveal_type(row(select(Album.title).into(DictCard)).get("plays"))  # R: int | None
reveal_type(row(select(Album.title).into(PartialCard))["title"])  # R: str
select(Album.plays).into(DictCard)  # E[qb-type]: DictCard.title has no default, and there is no column for it
select(Album.plays).into(PartialCard)  # E[qb-type]: PartialCard.title has no default
dated.into(PartialCard)  # E[qb-type]: PartialCard has no field for the column "released" (it has title, plays): leave it out, or declare the field
select(Album.title, Album.released.as_("plays")).into(PartialCard)  # E[qb-type]: PartialCard.plays is int, but the column is date


# msgspec


class Struct(msgspec.Struct):
    title: str
    plays: int = 0


class KeywordStruct(msgspec.Struct, kw_only=True, frozen=True):
    stars: int = 3
    title: str
    released: date | None


reveal_type(row(cards.into(Struct)))  # R: Struct
reveal_type(row(select(Album.title).into(Struct)).plays)  # R: int
reveal_type(row(dated.into(KeywordStruct)).released)  # R: date | None
dated.into(Struct)  # E[qb-type]: Struct has no field for the column "released" (it has title, plays): leave it out, or declare the field
cards.into(KeywordStruct)  # E[qb-type]: KeywordStruct has no field for the column "plays" # E[qb-type]: KeywordStruct.released has no default
select(Album.title, Album.price.as_("plays")).into(Struct)  # E[qb-type]: Struct.plays is int, but the column is Decimal


# attrs


@attrs.define
class AttrsCard:
    title: str
    _plays: int
    stars: int = attrs.field(default=3, kw_only=True)
    loud: str = attrs.field(init=False)


@attrs.frozen
class Converted:
    title: str
    plays: str = attrs.field(converter=str)


reveal_type(row(cards.into(AttrsCard)))  # R: AttrsCard
reveal_type(row(cards.into(Converted)).plays)  # R: str
select(Album.title).into(AttrsCard)  # E[qb-type]: AttrsCard.plays has no default, and there is no column for it
select(Album.title, Album.plays.as_("_plays")).into(AttrsCard)  # E[qb-type]: AttrsCard has no field for the column "_plays"; did you mean "plays"?
select(Album.title, Album.plays, Album.title.as_("loud")).into(AttrsCard)  # E[qb-type]: AttrsCard has no field for the column "loud"
select(Album.title, Album.title.as_("plays")).into(AttrsCard)  # E[qb-type]: AttrsCard.plays is int, but the column is str


# pydantic, which converts values, and may know its fields by other names


class Model(pydantic.BaseModel):
    title: str
    plays: int = pydantic.Field(alias="playCount")


class Loose(pydantic.BaseModel):
    """What pydantic makes of other values is its own affair, unless it is sure to refuse them."""

    title: pydantic.HttpUrl
    price: float
    genre: str | None = None
    settings: "SettingsModel | None" = None


class SettingsModel(pydantic.BaseModel):
    theme: str


class StrictModel(pydantic.BaseModel):
    title: int = pydantic.Field(gt=1)
    released: date


reveal_type(row(cards.into(Model)))  # R: Model
reveal_type(row(select(Album.title, Album.price, Album.genre, Album.settings).into(Loose)).price)  # R: float
select(Album.title).into(Model)  # E[qb-type]: Model.plays has no default, and there is no column for it
select(Album.title, Album.plays.as_("playCount")).into(Model)  # E[qb-type]: Model has no field for the column "playCount" # E[qb-type]: Model.plays has no default
dated.into(StrictModel)  # E[qb-type]: StrictModel.title is int, but the column is str # E[qb-type]: StrictModel.released is date, but the column may be NULL
select(Album.released, Album.plays.as_("title"), Album.plays).into(StrictModel)  # E[qb-type]: StrictModel has no field for the column "plays" # E[qb-type]: may be NULL


# Other classes


class Plain:
    def __init__(self, title: str) -> None:
        self.title = title


class HasTitle(Protocol):
    title: str


cards.into(Plain)  # E[qb-type]: Rows are made into a dataclass, a NamedTuple, a TypedDict, or a class of attrs, msgspec or pydantic, and Plain is none of these
cards.into(int)  # E[qb-type]: and int is none of these
cards.into(dict)  # E[qb-type]: and dict is none of these
cards.into(Album)  # E[qb-type]: and Album is none of these
cards.into(Card("x", 1))  # E[arg-type]: Argument 1 to "into" of "Query" has incompatible type "Card"
cards.into(HasTitle)  # E[type-abstract]: Only concrete class can be given # E[qb-type]: and HasTitle is none of these
cards.into()  # E[call-arg]: Missing positional argument "cls"


# Whole tables


@dataclass
class ShortArtist:
    id: int
    name: str


class ArtistDict(TypedDict):
    id: int
    name: str
    country: str


@dataclass
class Pair:
    artist: ArtistData | None
    title: str


@dataclass
class StrictPair:
    artist: ArtistData
    title: str


@dataclass
class KeptPair:
    artist: Row[Artist]
    title: str


@dataclass
class WrongPair:
    artist: int
    title: str


joined = select(Artist, Album.title).join(Album, on=Album.artist_id == Artist.id)
outer = select(Artist, Album.title).from_(Album).left_join(Artist, on=Album.artist_id == Artist.id)
reveal_type(row(select(Artist).into(ArtistData)))  # R: ArtistData
reveal_type(row(joined.into(Pair)).artist)  # R: ArtistData | None
reveal_type(row(joined.into(StrictPair)).artist.name)  # R: str
reveal_type(row(outer.into(Pair)).title)  # R: str
reveal_type(row(joined.into(KeptPair)).artist.name)  # R: str
select(Artist).into(ShortArtist)  # E[qb-type]: ShortArtist has no field for the column "country" (it has id, name): leave it out, or declare the field
select(Artist).into(ArtistDict)  # E[qb-type]: ArtistDict.country is str, but the column may be NULL: declare it str | None
outer.into(StrictPair)  # E[qb-type]: StrictPair.artist is ArtistData, but there may be no such row: declare it ArtistData | None
joined.into(WrongPair)  # E[qb-type]: WrongPair.artist is int, but the column is a whole row: declare it a class with its columns
outer.into(KeptPair)  # E[qb-type]: KeptPair.artist is Row[Artist], but the column may be NULL


# Rows inside of rows


class TrackTitle(NamedTuple):
    title: str


@dataclass
class AlbumTracks:
    title: str
    tracks: tuple[TrackTitle, ...]


class ArtistAlbums(TypedDict):
    name: str
    albums: list[AlbumTracks]


@dataclass
class Discography:
    name: str
    albums: Sequence[Card] | None


@dataclass
class KeptAlbums:
    name: str
    albums: list[Any]


@dataclass
class SetOfAlbums:
    name: str
    albums: set[Card]


@dataclass
class Newest:
    name: str
    newest: Card | None


@dataclass
class StrictNewest:
    name: str
    newest: Card


class Outer(pydantic.BaseModel):
    name: str
    albums: list[Card]


tracks = many(select(Track.title)).as_("tracks")
deep = select(Artist.name, many(select(Album.title, tracks)).as_("albums"))
flat = select(Artist.name, many(cards).as_("albums"))
newest = cards.order_by(Album.released).limit(1)
reveal_type(row(deep.into(ArtistAlbums))["albums"][0].tracks[0].title)  # R: str
reveal_type(row(flat.into(Discography)).albums)  # R: typing.Sequence[Card] | None
reveal_type(row(flat.into(Outer)).albums[0].plays)  # R: int
flat.into(KeptAlbums)
reveal_type(row(select(Artist.name, one(newest).as_("newest")).into(Newest)).newest)  # R: Card | None
reveal_type(row(select(Artist.name, one(newest, required=True).as_("newest")).into(StrictNewest)).newest)  # R: Card
reveal_type(row(select(Artist.name, many(cards.into(Card)).as_("albums")).into(Outer)).albums[0].plays)  # R: int
select(Artist.name, one(newest).as_("newest")).into(StrictNewest)  # E[qb-type]: StrictNewest.newest is Card, but there may be no such row
deep.into(Discography)  # E[qb-type]: Card has no field for the column "tracks" # E[qb-type]: Card.plays has no default
flat.into(SetOfAlbums)  # E[qb-type]: SetOfAlbums.albums is set[Card], but the column is a list of rows: declare it a list of a class with their columns
flat.into(Newest)  # E[qb-type]: Newest has no field for the column "albums" # E[qb-type]: Newest.newest has no default
select(Artist.name, many(dated).as_("albums")).into(Outer)  # E[qb-type]: Card has no field for the column "released" # E[qb-type]: Card.plays has no default
select(Artist.name, many(cards.into(Card)).as_("albums")).into(ArtistAlbums)  # E[qb-type]: ArtistAlbums.albums is list[AlbumTracks], but the column is list[Card]


# Helpers


async def fetch(db: Database) -> None:
    await db.fetch_all(dated, into=Dated)  # E[qb-type]: Dated.released is date, but the column may be NULL
    await db.fetch_one(select(Album.title), into=Card)  # E[qb-type]: Card.plays has no default
    await db.fetch_one_or_none(cards, into=Plain)  # E[qb-type]: and Plain is none of these
    async for _ in db.stream(cards, into=Narrow):  # E[qb-type]: Narrow has no field for the column "plays"
        pass
    reveal_type(await db.fetch_all(cards, into=Struct))  # R: list[Struct]
    reveal_type(await db.fetch_one(cards, into=DictCard))  # R: TypedDict(DictCard, {'title': str, 'plays'?: int})
    many_cards: list[Card] = await db.fetch_all(cards, into=Card)
    structs: list[Struct] = await db.fetch_all(cards, into=Card)  # E[arg-type]: Argument "into" to "fetch_all" of "Executor" has incompatible type "type[Card]"; expected "type[Struct]"
    await db.fetch_value(cards, into=Card)  # E[call-arg]: Unexpected keyword argument "into" # E[qb-type]: fetch_value() takes a query of one column


async def first(db: Database, query: Query[R], cls: type[C]) -> C | None:
    return await db.fetch_one_or_none(query, into=cls)


async def cards_of(db: Database, query: Select[Row[Album]]) -> list[Card]:
    return await db.fetch_all(query, into=Card)  # E[qb-type]: Card has no fields for the columns "created_at", "updated_at", "id", "artist_id", "released", 


async def use(db: Database, unknown: Query[Any]) -> None:
    reveal_type(await first(db, cards, Card))  # R: Card | None
    reveal_type(await db.fetch_all(unknown, into=Card))  # R: list[Card]


# Classes of another module

titles = many(select(Album.released, Album.title)).as_("albums")
reveal_type(row(select(Artist.name, titles).into(ArtistAlbumsDict))["albums"][0].title)  # R: str
reveal_type(row(select(Album.title).into(AlbumTuple)).released)  # R: date | None
select(Artist.name, Artist.country, titles).into(ArtistAlbumsDict)  # E[qb-type]: ArtistAlbumsDict.country is str, but the column may be NULL
select(Artist.country, titles).into(ArtistAlbumsDict)  # E[qb-type]: ArtistAlbumsDict.name has no default # E[qb-type]: ArtistAlbumsDict.country is str, but the column may be NULL
select(Artist.name, many(cards).as_("albums")).into(ArtistAlbumsDict)  # E[qb-type]: AlbumTuple has no field for the column "plays" (it has title, released): leave it out, or declare the field
select(Album.released, Album.plays.as_("title")).into(AlbumTuple)  # E[qb-type]: AlbumTuple.title is str, but the column is int
select(Artist.id, Artist.name).into(ArtistData)  # E[qb-type]: ArtistData.country has no default, and there is no column for it (the query has id, name)
