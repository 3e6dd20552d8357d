"""`q.into(Cls)` and `into=Cls`: instances of a class in place of rows."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections import namedtuple
from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, ClassVar, Generic, NamedTuple, NotRequired, Required, TypedDict, TypeVar

import attrs
import msgspec
import pydantic
import pytest

from qb import (
    Database,
    Expr,
    NewRow,
    Query,
    Row,
    Table,
    col,
    delete,
    fn,
    insert,
    literal,
    many,
    one,
    query,
    select,
    update,
)
from qb.errors import CompileError, MultipleRowsFound, NoRowFound
from tests.features import feature
from tests.music import Album, Artist, Track

ENGINES = ("sqlite", "postgres", "d1")

T = TypeVar("T")


@dataclass
class Card:
    title: str
    plays: int


@dataclass(frozen=True, slots=True, kw_only=True)
class KeywordCard:
    plays: int
    title: str


@dataclass
class DefaultsCard:
    """Fields that no query gives: one is computed, one belongs to the class, two have defaults."""

    plays: int
    stars: int = 3
    title: str = "untitled"
    tags: list[str] = field(default_factory=list)
    loud: str = field(init=False)
    count: ClassVar[int] = 0

    def __post_init__(self) -> None:
        self.loud = self.title.upper()


@dataclass
class InitialCard:
    title: str
    plays: InitVar[int]
    is_known: bool = field(init=False)

    def __post_init__(self, plays: int) -> None:
        self.is_known = plays > 100


class TupleCard(NamedTuple):
    title: str
    plays: int
    stars: int = 3


PlainTuple = namedtuple("PlainTuple", ["plays", "title"])


class DictCard(TypedDict):
    title: str
    plays: NotRequired[int]


class PartialCard(TypedDict, total=False):
    title: Required[str]
    plays: int


class StructCard(msgspec.Struct):
    plays: int
    title: str
    stars: int = 3


class KeywordStruct(msgspec.Struct, kw_only=True, frozen=True):
    title: str
    stars: int = 3
    plays: int


@attrs.define
class AttrsCard:
    title: str
    _plays: int
    stars: int = attrs.field(default=3, kw_only=True)


class Model(pydantic.BaseModel):
    title: str
    plays: int = pydantic.Field(alias="playCount")


class ByName(pydantic.BaseModel):
    model_config = pydantic.ConfigDict(populate_by_name=True)

    title: str = pydantic.Field(validation_alias=pydantic.AliasChoices("heading", "head"))
    plays: int = pydantic.Field(alias="playCount", default=0)


class Choices(pydantic.BaseModel):
    title: str = pydantic.Field(validation_alias=pydantic.AliasChoices(pydantic.AliasPath("a", 0), "heading"))
    plays: int


@pydantic.dataclasses.dataclass
class CheckedCard:
    title: str
    plays: int


@dataclass
class Box(Generic[T]):
    title: T
    plays: int


class Popular(pydantic.BaseModel):
    title: str
    plays: int = pydantic.Field(gt=100)


CARDS = select(Album.title, Album.plays).where(Album.plays > 0).order_by(Album.id)
BLUE = CARDS.limit(1)


@feature("Running", "into= and .into(): dataclasses")
async def test_dataclasses(db: Database) -> None:
    assert await db.fetch_all(CARDS, into=Card) == [Card("Blue", 300), Card("Hejira", 120), Card("Powerage", 90)]
    assert await db.fetch_one(BLUE, into=KeywordCard) == KeywordCard(title="Blue", plays=300)
    card = await db.fetch_one(BLUE, into=DefaultsCard)
    assert dataclasses.astuple(card) == (300, 3, "Blue", [], "BLUE")
    initial = await db.fetch_one(BLUE, into=InitialCard)
    assert (initial.title, initial.is_known) == ("Blue", True)
    assert await db.fetch_one(BLUE, into=Box[str]) == Box("Blue", 300)


@feature("Running", "into= and .into(): NamedTuples and TypedDicts")
async def test_tuples_and_dictionaries(db: Database) -> None:
    card = await db.fetch_one(BLUE, into=TupleCard)
    assert (type(card), card) == (TupleCard, ("Blue", 300, 3))
    assert await db.fetch_one(BLUE, into=PlainTuple) == PlainTuple(300, "Blue")
    for cls in (DictCard, PartialCard):
        made: Any = await db.fetch_one(BLUE, into=cls)
        assert (type(made), made) == (dict, {"title": "Blue", "plays": 300})
        assert await db.fetch_one(select(Album.title).where(Album.id == 1), into=cls) == {"title": "Blue"}


@feature("Running", "into= and .into(): classes of msgspec, attrs and pydantic")
async def test_classes_of_packages(db: Database) -> None:
    assert await db.fetch_one(BLUE, into=StructCard) == StructCard(title="Blue", plays=300)
    assert await db.fetch_one(BLUE, into=KeywordStruct) == KeywordStruct(title="Blue", plays=300)
    assert await db.fetch_one(BLUE, into=AttrsCard) == AttrsCard("Blue", 300, stars=3)
    assert await db.fetch_one(BLUE, into=Model) == Model(title="Blue", playCount=300)
    assert await db.fetch_one(BLUE, into=ByName) == ByName(title="Blue", playCount=300)
    assert await db.fetch_one(BLUE, into=Choices) == Choices.model_validate({"heading": "Blue", "plays": 300})
    assert await db.fetch_one(BLUE, into=CheckedCard) == CheckedCard("Blue", 300)


async def test_pydantic_checks_the_values(db: Database) -> None:
    with pytest.raises(pydantic.ValidationError, match="greater than 100"):
        await db.fetch_all(CARDS, into=Popular)
    assert await db.fetch_one(BLUE, into=Popular) == Popular(title="Blue", plays=300)


async def test_what_a_class_refuses_was_written_all_the_same(db: Database) -> None:
    added = insert(Album).values(title="Demos", artist_id=1, plays=5).returning(Album.title, Album.plays)
    with pytest.raises(pydantic.ValidationError):
        await db.fetch_one(added, into=Popular)
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 5


@pytest.mark.not_on_d1("transactions")
async def test_what_a_class_refuses_undoes_a_transaction(db: Database) -> None:
    added = insert(Album).values(title="Demos", artist_id=1, plays=5).returning(Album.title, Album.plays)
    with pytest.raises(pydantic.ValidationError):
        async with db.transaction() as tx:
            await tx.fetch_one(added, into=Popular)
    assert await db.fetch_value(select(fn.count()).from_(Album)) == 4


async def test_the_order_of_the_columns_is_not_that_of_the_fields(db: Database) -> None:
    turned = select(Album.plays, Album.title).where(Album.id == 1)
    for cls in (Card, KeywordCard, DefaultsCard, TupleCard, DictCard, StructCard, KeywordStruct, CheckedCard):
        one_way: Any = await db.fetch_one(turned, into=cls)
        assert one_way == await db.fetch_one(BLUE, into=cls)


@feature("Running", "into= and .into(): every way to fetch")
async def test_every_way_to_fetch(db: Database) -> None:
    blue, hejira, powerage = await db.fetch_all(CARDS.into(Card))
    assert blue == await db.fetch_one(BLUE.into(Card))
    assert await db.fetch_one_or_none(BLUE, into=Card) == await db.fetch_one_or_none(BLUE.into(Card)) == blue
    assert [card async for card in db.stream(CARDS, into=Card, size=2)] == [blue, hejira, powerage]
    assert [card async for card in db.stream(CARDS.into(Card), size=1)] == [blue, hejira, powerage]
    nothing = CARDS.where(Album.id == 99)
    assert await db.fetch_all(nothing, into=Card) == []
    assert await db.fetch_one_or_none(nothing, into=Card) is None
    with pytest.raises(NoRowFound):
        await db.fetch_one(nothing, into=Card)
    with pytest.raises(MultipleRowsFound):
        await db.fetch_one(CARDS, into=Card)
    with pytest.raises(CompileError, match=r"take it from the query without \.into"):
        await db.fetch_value(select(Artist.name).into(Named))


@dataclass
class Named:
    name: str


async def test_every_kind_of_query(db: Database) -> None:
    artists = select(Artist.name).where(Artist.id == 1)
    both = artists.union_all(select(Album.title).where(Album.id == 1))
    assert await db.fetch_all(both, into=Named) == [Named("Joni Mitchell"), Named("Blue")]
    bach = insert(Artist).values(name="Bach").returning(Artist.name)
    assert await db.fetch_one(bach.into(Named)) == Named("Bach")
    assert await db.fetch_one(
        update(Artist).set(name="B").where(Artist.id == 4).returning(Artist.name), into=Named
    ) == (Named("B"))
    assert await db.fetch_all(delete(Artist).where(Artist.id == 4).returning(Artist.name), into=Named) == [Named("B")]
    many_names: list[NewRow[Artist]] = [{"name": f"artist {number}"} for number in range(40_000)]
    made = await db.fetch_all(insert(Artist).values_many(many_names).returning(Artist.name), into=Named)
    assert (len(made), made[0], made[-1]) == (40_000, Named("artist 0"), Named("artist 39999"))


@query
def cards(least: int | Expr[int]) -> Query:
    return select(Album.title, Album.plays).where(Album.plays > least).order_by(Album.id).into(Card)


@query
def first_albums(count: int) -> Query:
    return select(Album.plays, Album.title).order_by(Album.id).limit(count)


async def test_prepared_queries(db: Database) -> None:
    assert await db.fetch_all(cards(100)) == [Card("Blue", 300), Card("Hejira", 120)]
    assert await db.fetch_all(cards(200)) == [Card("Blue", 300)]
    assert await db.fetch_all(cards(literal(200))) == [Card("Blue", 300)]  # for which none is prepared
    assert await db.fetch_all(first_albums(1), into=Card) == [Card("Blue", 300)]
    assert await db.fetch_one(first_albums(1).into(TupleCard)) == ("Blue", 300, 3)
    assert await db.fetch_one(cards(200), into=TupleCard) == ("Blue", 300, 3)  # the last word counts


def test_it_compiles_as_the_query_does() -> None:
    into = BLUE.into(Card)
    assert into.compile("postgres") == BLUE.compile("postgres")
    assert into.with_schema("music").compile("sqlite") == BLUE.with_schema("music").compile("sqlite")
    assert isinstance(into.with_schema("music"), type(into))
    assert repr(into) == repr(BLUE).replace("<Select", "<Instances")
    assert cards(1).into(Card).compile("sqlite").parameters == (1,)


def test_nothing_is_imported_that_the_class_does_not_bring() -> None:
    script = f"""
import sys
sys.path.insert(0, {str(Path(__file__).parent.parent.parent)!r})
from typing import NamedTuple
from qb import Table, col, select
from dialects.sqlite import DIALECT
from qb.rows import builder_for

class Album(Table):
    title = col.text().primary_key()

class Title(NamedTuple):
    title: str

print(*builder_for(select(Album).into(Title), DIALECT).build([("Blue",)]))
print(*sys.modules)
"""
    made, loaded = subprocess.check_output([sys.executable, "-I", "-c", script], text=True).splitlines()
    assert made == "Title(title='Blue')"
    assert set(loaded.split()) & {"dataclasses", "inspect", "attrs", "msgspec", "pydantic"} == set()


# Rows inside of rows


@dataclass
class ArtistData:
    name: str
    id: int


class AlbumData(msgspec.Struct):
    id: int
    artist_id: int
    title: str
    plays: int
    released: date | None


@dataclass
class Pair:
    artist: ArtistData | None
    album: AlbumData


class TrackTitle(NamedTuple):
    title: str


@dataclass
class AlbumTracks:
    title: str
    tracks: tuple[TrackTitle, ...]


class ArtistAlbums(TypedDict):
    name: str
    albums: list[AlbumTracks]


class Discography(pydantic.BaseModel):
    name: str
    albums: Sequence[Card] | None


@dataclass
class Kept:
    """What is declared as a row stays one."""

    artist: Row[Artist]
    albums: list[Any]
    newest: Any


@dataclass
class TrackOf:
    title: str
    album: AlbumData


@dataclass
class MaybeOf:
    name: str
    newest: Card | None


async def test_whole_tables_inside(db: Database) -> None:
    joined = select(Album, Artist).left_join(Artist, on=(Artist.id == Album.artist_id) & (Artist.id == 1))
    pairs = await db.fetch_all(joined.order_by(Album.id).into(Pair))
    assert pairs[0] == Pair(ArtistData("Joni Mitchell", 1), AlbumData(1, 1, "Blue", 300, date(1971, 6, 22)))
    assert [pair.artist for pair in pairs[2:]] == [None, None]
    assert pairs[3].album.released is None


async def test_to_any_depth(db: Database) -> None:
    tracks = many(select(Track.title).order_by(Track.id)).as_("tracks")
    albums = many(select(tracks, Album.title).order_by(Album.id)).as_("albums")
    made = await db.fetch_all(select(Artist.name, albums).order_by(Artist.id), into=ArtistAlbums)
    assert made == [
        {
            "name": "Joni Mitchell",
            "albums": [
                AlbumTracks("Blue", (TrackTitle("All I Want"), TrackTitle("River"))),
                AlbumTracks("Hejira", ()),
            ],
        },
        {"name": "AC/DC", "albums": [AlbumTracks("Powerage", (TrackTitle("Riff Raff"),)), AlbumTracks("Demos", ())]},
        {"name": "Nobody", "albums": []},
    ]
    assert type(made[0]["albums"][0].tracks[0]) is TrackTitle


async def test_instances_inside_of_models(db: Database) -> None:
    albums = many(select(Album.title, Album.plays).order_by(Album.id)).as_("albums")
    made = await db.fetch_one(select(Artist.name, albums).where(Artist.id == 1), into=Discography)
    assert made.albums == [Card("Blue", 300), Card("Hejira", 120)]


async def test_one_row_inside(db: Database) -> None:
    album = one(select(Album), required=True).as_("album")
    track = await db.fetch_one(select(Track.title, album).where(Track.id == 1), into=TrackOf)
    assert track == TrackOf("All I Want", AlbumData(1, 1, "Blue", 300, date(1971, 6, 22)))
    newest = one(select(Album.title, Album.plays).order_by(Album.released.desc()).limit(1)).as_("newest")
    found = await db.fetch_all(select(Artist.name, newest).order_by(Artist.id).into(MaybeOf))
    assert [each.newest for each in found][::2] == [Card("Hejira", 120), None]


async def test_rows_stay_rows_where_the_class_names_no_other(db: Database) -> None:
    albums = many(select(Album.title).order_by(Album.id)).as_("albums")
    kept = await db.fetch_one(
        select(Artist, albums, one(select(Album.id).limit(1)).as_("newest")).where(Artist.id == 1).into(Kept)
    )
    assert kept.artist.name == "Joni Mitchell"
    assert [album.title for album in kept.albums] == ["Blue", "Hejira"]
    assert isinstance(kept.newest, Row)


async def test_instances_inside_of_rows(db: Database) -> None:
    inner = select(Album.title, Album.plays).order_by(Album.id).into(Card)
    rows = await db.fetch_all(select(Artist.name, many(inner).as_("albums")).order_by(Artist.id).limit(2))
    assert rows[0].albums == [Card("Blue", 300), Card("Hejira", 120)]
    first = one(select(Album.title, Album.plays).order_by(Album.id).limit(1).into(StructCard)).as_("first")
    row = await db.fetch_one(select(Artist.name, first).where(Artist.id == 2))
    assert row.first == StructCard(title="Powerage", plays=90)
    box = await db.fetch_one(select(Artist.name, first).where(Artist.id == 2), into=FirstOf)
    assert box == FirstOf("AC/DC", StructCard(title="Powerage", plays=90))


@dataclass
class FirstOf:
    name: str
    first: object


async def test_rows_too_wide_for_one_document(database: Database) -> None:
    wide: Any = type(
        "Wide", (Table,), {"id": col.integer().primary_key(), **{f"c{n}": col.integer() for n in range(40)}}
    )
    cls: Any = dataclasses.make_dataclass("Wide", [("id", int), *[(f"c{n}", int) for n in reversed(range(40))]])
    holder: Any = dataclasses.make_dataclass("Holder", [("rows", list[cls])])
    await database.create_tables(wide)
    await database.execute(insert(wide).values(**{f"c{n}": n for n in range(40)}))
    inside = many(select(wide), on=literal(1) == 1).as_("rows")
    assert await database.fetch_one(select(inside), into=holder) == holder([cls(1, *reversed(range(40)))])


# What does not fit


class Plain:
    title: str


@dataclass
class Unclear:
    name: str
    albums: list[Card | TupleCard]


@dataclass
class Strict:
    album: AlbumData
    artist: ArtistData


def holder_of_unknown() -> type[Any]:
    @dataclass
    class Here:
        title: str
        plays: int

    @dataclass
    class Holder:
        name: str
        albums: list[Here]

    return Holder


async def test_columns_and_fields_that_do_not_fit(db: Database) -> None:
    albums = many(select(Album.title, Album.plays)).as_("albums")
    joined = select(Album, Artist).left_join(Artist, on=Artist.id == Album.artist_id)
    cases: list[tuple[Query[Any], type[Any], str]] = [
        (
            select(Album.title.as_("titel"), Album.plays),
            Card,
            'into(Card): the class has no field for the column "titel", did you mean "title"?',
        ),
        (
            select(Album.title, Album.plays, Album.artist_id),
            TupleCard,
            'into(TupleCard): the class has no field for the column "artist_id": it has title, plays, stars',
        ),
        (
            select(Album.title, Album.plays.as_("played")),
            DefaultsCard,
            'into(DefaultsCard): the class has no field for the column "played", did you mean "plays"?',
        ),
        (
            select(Album.title),
            Card,
            'into(Card): no column for the field "plays", which has no default: the query has title',
        ),
        (
            select(Artist.name, Artist.id.as_("albun")),
            ArtistAlbums,
            'into(ArtistAlbums): the class has no field for the column "albun", did you mean "albums"?',
        ),
        (select(Album.plays), PartialCard, 'into(PartialCard): no column for the field "title"'),
        (select(Album.plays), StructCard, 'into(StructCard): no column for the field "title"'),
        (select(Album.title), KeywordStruct, 'into(KeywordStruct): no column for the field "plays"'),
        (select(Album.title), AttrsCard, 'into(AttrsCard): no column for the field "plays"'),
        (select(Album.title), Model, 'into(Model): no column for the field "plays"'),
        (
            select(Album.title, Album.plays + 1),
            Card,
            "into(Card): column 2 has no name: name it with .as_(…) after a field",
        ),
        (
            select(Artist.name, many(select(Album.title)).as_("albums")),
            Discography,
            'into(Card): no column for the field "plays"',
        ),
        (
            select(Artist.name, albums),
            Unclear,
            'into(Unclear): the field "albums" can be Card or TupleCard, and nothing decides',
        ),
        (
            joined,
            Strict,
            'into(Strict): the field "artist" is ArtistData, but the row may be missing: declare it ArtistData | None',
        ),
        (
            select(Track.title, one(select(Album)).as_("album")),
            TrackOf,
            'into(TrackOf): the field "album" is AlbumData, but the row may be missing',
        ),
        (
            select(Artist.name, albums),
            holder_of_unknown(),
            "into(Holder): the annotations of the class cannot be read (name 'Here' is not defined)",
        ),
    ]
    for wrong, cls, message in cases:
        for attempt in (db.fetch_all(wrong, into=cls), db.fetch_one_or_none(wrong.into(cls))):
            with pytest.raises(CompileError) as caught:
                await attempt
            assert str(caught.value).startswith(message)
        with pytest.raises(CompileError):
            async for _ in db.stream(wrong, into=cls):
                pass


@pytest.mark.parametrize("cls", [Plain, int, dict, tuple, Row, Album])
def test_classes_that_rows_are_not_made_into(cls: type[Any]) -> None:
    message = (
        rf"into\({cls.__name__}\): rows are made into a dataclass, a NamedTuple, a TypedDict, or a class of attrs, "
        rf"msgspec or pydantic"
    )
    with pytest.raises(TypeError, match=message):
        BLUE.into(cls)


def test_what_is_no_class_at_all() -> None:
    wrong: Any = Card("Blue", 1)  # no type checker lets it through
    with pytest.raises(TypeError, match=r"into\(Card\(title='Blue', plays=1\)\): rows are made into"):
        BLUE.into(wrong)


async def test_a_misfit_is_not_sent(db: Database) -> None:
    returns_id: Any = insert(Artist).values(name="Bach").returning(Artist.id)  # mypy would refuse it
    with pytest.raises(CompileError):
        await db.fetch_all(returns_id, into=Named)
    assert await db.fetch_value(select(fn.count()).from_(Artist)) == 3
