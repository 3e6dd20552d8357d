"""Documents of every kind of class, as JSON and back, and what is refused."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, NamedTuple, NewType, NotRequired, Required, TypedDict
from uuid import UUID

import attrs
import msgspec
import pydantic
import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb.documents import InvalidDocument
from qb.documents.codecs import codec_of


class Color(Enum):
    red = "r"
    blue = "b"


class Point(NamedTuple):
    x: float
    y: float = 0.0


class Look(TypedDict, total=False):
    font: Required[str]
    size: int


UserId = NewType("UserId", int)


@dataclass
class Inner:
    names: list[str]
    parent: Inner | None = None


@dataclass
class Everything:
    text: str
    whole: int
    real: float
    flag: bool
    nothing: None
    maybe: int | None
    day: date
    moment: datetime
    clock: time
    id: UUID
    price: Decimal
    data: bytes
    color: Color
    mode: Literal["a", 1, True]
    user: UserId
    short: Annotated[str, "at most 3"]
    inner: Inner
    point: Point
    look: Look
    points: list[Point]
    any_length: tuple[int, ...]
    pair: tuple[int, str]
    unique: frozenset[str]
    by_name: dict[str, Inner]
    sequence: Sequence[int]
    anything: Any
    bare_list: list  # type: ignore[type-arg]  # people write it
    bare_dict: dict  # type: ignore[type-arg]  # likewise
    either: int | str | list[int]
    number: int | float
    when: date | int = 0


EVERYTHING = Everything(
    text="Süß 🎉\r\n\0",
    whole=2**80,
    real=0.1,
    flag=True,
    nothing=None,
    maybe=None,
    day=date(2024, 2, 29),
    moment=datetime(2024, 2, 29, 12, 30, 0, 5, UTC),
    clock=time(23, 59),
    id=UUID("0190163d-8694-739b-aea5-966c26f8ad91"),
    price=Decimal("10.50"),
    data=b"\0\xff",
    color=Color.blue,
    mode=1,
    user=UserId(7),
    short="abc",
    inner=Inner(["a"], Inner([])),
    point=Point(1.5),
    look={"font": "serif"},
    points=[Point(1.0, 2.0)],
    any_length=(1, 2),
    pair=(1, "x"),
    unique=frozenset({"a", "b"}),
    by_name={"é": Inner(["x"])},
    sequence=[1],
    anything={"deep": [1, 2.5, None, "x", True]},
    bare_list=[1, "x"],
    bare_dict={"a": 1},
    either=[1],
    number=1.5,
    when=date(2024, 1, 1),
)


def test_a_dataclass_with_everything() -> None:
    codec = codec_of(Everything)
    text = codec.dump(EVERYTHING)
    assert codec.load(text) == EVERYTHING
    stored = json.loads(text)
    assert (stored["price"], stored["color"], stored["data"]) == ("10.50", "b", "AP8=")
    assert stored["moment"] == "2024-02-29T12:30:00.000005+00:00"
    assert "🎉" in text


WRONG: list[tuple[str, Any, str]] = [
    ("text", 7, ".text is int, and has to be str"),
    ("whole", True, ".whole is bool, and has to be int"),
    ("whole", 1.0, ".whole is float, and has to be int"),
    ("real", "1", ".real is str, and has to be float"),
    ("real", float("nan"), ".real is no number that JSON has"),
    ("number", float("inf"), ".number is no number that JSON has"),
    ("flag", 1, ".flag is int, and has to be bool"),
    ("nothing", 0, ".nothing is int, and has to be NoneType"),
    ("maybe", "x", ".maybe is str, and has to be int"),
    ("day", EVERYTHING.moment, ".day is datetime, and has to be date"),
    ("moment", EVERYTHING.day, ".moment is date, and has to be datetime"),
    ("id", str(EVERYTHING.id), ".id is str, and has to be UUID"),
    ("price", 10.5, ".price is float, and has to be Decimal"),
    ("data", "x", ".data is str, and has to be bytes"),
    ("color", "b", ".color is none of Color"),
    ("mode", "b", ".mode is none of 'a', 1, True"),
    ("mode", 1.0, ".mode is none of"),
    ("mode", [], ".mode is none of"),
    ("inner", Point(1), ".inner is Point, and has to be Inner"),
    ("inner", Inner(["a", 1]), ".inner.names[1] is int, and has to be str"),  # type: ignore[list-item]  # for the test
    ("inner", Inner([], Inner([], 5)), ".inner.parent.parent is int"),  # type: ignore[arg-type]  # likewise
    ("point", (1.5, 0.0), ".point is tuple, and has to be Point"),
    ("look", {}, ".look.font is missing"),
    ("look", {"font": "a", "size": "b"}, ".look.size is str, and has to be int"),
    ("look", {"font": "a", "colour": 1}, ".look['colour'] is no key of it"),
    ("points", [Point(1), None], ".points[1] is NoneType, and has to be Point"),
    ("any_length", [1], ".any_length is list, and has to be tuple"),
    ("pair", (1,), ".pair has 1 items, and has to have 2"),
    ("pair", (1, 2), ".pair[1] is int, and has to be str"),
    ("unique", {"a"}, ".unique is set, and has to be frozenset"),
    ("by_name", {"a": 1}, ".by_name['a'] is int, and has to be Inner"),
    ("by_name", {1: Inner([])}, ".by_name has a key that is int, and JSON has only texts"),
    ("anything", {"a": [1, {2}]}, ".anything['a'][1] is set, which JSON does not have"),
    ("anything", {"a": {1: 2}}, ".anything['a'] has a key that is int"),
    ("either", 1.5, ".either is float"),
    ("either", [1, "x"], ".either[1] is str, and has to be int"),
]


@pytest.mark.parametrize(("name", "value", "message"), WRONG)
def test_what_does_not_fit_is_said_with_its_place(name: str, value: Any, message: str) -> None:
    document = Everything(**{**EVERYTHING.__dict__, name: value})
    with pytest.raises(InvalidDocument) as raised:
        codec_of(Everything).dump(document)
    assert str(raised.value).startswith(f"Everything{message}")


STORED: list[tuple[str, Any, str]] = [
    ("text", 7, ".text is int, and has to be str"),
    ("day", 5, ".day is int in the store, and has to be the text of date"),
    ("day", "2024-02-30", ".day is no text of date"),
    ("price", "ten", ".price is no text of Decimal"),
    ("data", "*", ".data is no text of bytes"),
    ("data", 5, ".data is no text of bytes"),
    ("color", "blue", ".color is none of Color"),
    ("any_length", {}, ".any_length is dict in the store, and has to be a list"),
    ("pair", "ab", ".pair is str in the store, and has to be a list"),
    ("inner", {"parent": None}, ".inner.names is missing"),
]


@pytest.mark.parametrize(("name", "value", "message"), STORED)
def test_what_is_stored_is_checked_as_well(name: str, value: Any, message: str) -> None:
    codec = codec_of(Everything)
    stored = {**json.loads(codec.dump(EVERYTHING)), name: value}
    with pytest.raises(InvalidDocument) as raised:
        codec.load(json.dumps(stored))
    assert str(raised.value).startswith(f"stored Everything{message}")


def test_a_class_may_lose_and_get_fields() -> None:
    assert codec_of(Inner).load('{"names": ["a"], "former": 1}') == Inner(["a"])
    with pytest.raises(InvalidDocument, match=r"stored Inner\.names is missing"):
        codec_of(Inner).load("{}")


def test_a_subclass_is_no_document_of_its_class() -> None:
    class More(Inner):
        pass

    with pytest.raises(InvalidDocument, match="is More, and has to be Inner"):
        codec_of(Inner).dump(More([]))


class Note(TypedDict):
    title: str
    tags: NotRequired[list[str]]


@attrs.define
class Attrs:
    title: str
    _private: int = 0
    computed: str = attrs.field(init=False, default="x")


class Struct(msgspec.Struct):
    title: str
    day: date


class Model(pydantic.BaseModel):
    title: str = pydantic.Field(alias="Title", max_length=5)
    inner: Inner


@dataclass
class Empty:
    pass


@dataclass
class Computed:
    title: str
    length: int = field(init=False)

    def __post_init__(self) -> None:
        self.length = len(self.title)


GOOD: list[Any] = [
    Point(1.0, 2.0),
    Attrs("x", 7),
    Struct("x", date(2024, 1, 1)),
    Model(Title="x", inner=Inner(["a"])),
    Empty(),
    Computed("four"),
]


@pytest.mark.parametrize("document", GOOD, ids=lambda document: type(document).__name__)
def test_all_kinds_of_classes(document: Any) -> None:
    codec = codec_of(type(document))
    assert codec.load(codec.dump(document)) == document


@pytest.mark.parametrize("note", [{"title": "x"}, {"title": "x", "tags": ["a"]}])
def test_a_typed_dict(note: Note) -> None:
    codec = codec_of(Note)
    assert codec.load(codec.dump(note)) == note


def changed(model: Model) -> Model:
    model.title = "much too long"  # which pydantic does not check
    return model


BAD: list[tuple[type[Any], Any, str]] = [
    (Note, {"tags": []}, "Note.title is missing"),
    (Note, {"title": "x", "tag": []}, "Note['tag'] is no key of it"),
    (Note, None, "Note is NoneType, and has to be dict"),
    (Attrs, Attrs("x", "7"), "Attrs.private is str"),  # type: ignore[arg-type]  # for the test
    (Struct, Struct("x", "today"), "this is no Struct: ValidationError"),  # type: ignore[arg-type]  # likewise
    (Struct, Point(1), "this is Point, and the documents here are Struct"),
    (Model, changed(Model(Title="x", inner=Inner([]))), "this is no Model: ValidationError"),
    (Model, Model.model_construct(title="x"), "this is no Model: ValidationError"),
    (Model, {"Title": "x"}, "this is dict, and the documents here are Model"),
    (Inner, Inner(["\ud800"]), "this Inner has half of a character in it"),
]


@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
@pytest.mark.parametrize(("cls", "document", "message"), BAD)
def test_every_kind_is_checked(cls: type[Any], document: Any, message: str) -> None:
    with pytest.raises(InvalidDocument) as raised:
        codec_of(cls).dump(document)
    assert str(raised.value).startswith(message)


def test_the_error_of_a_library_is_the_cause() -> None:
    with pytest.raises(InvalidDocument) as raised:
        codec_of(Struct).load('{"title": 7}')
    assert isinstance(raised.value.__cause__, msgspec.ValidationError)


class Opaque:
    def __init__(self, value: int) -> None:
        self.value = value


def test_a_class_of_any_kind_with_functions() -> None:
    codec = codec_of(Opaque, lambda opaque: opaque.value, Opaque)
    assert codec.dump(Opaque(7)) == "7"
    assert codec.load("7").value == 7
    with pytest.raises(InvalidDocument, match="this is no Opaque: AttributeError"):
        codec.dump(None)  # type: ignore[arg-type]  # for the test


@dataclass
class WithOpaque:
    opaque: Opaque


@dataclass
class WithModel:
    model: Model


@dataclass
class WithKeys:
    by_number: dict[int, str]


@dataclass
class Ambiguous:
    id: UUID | str


@pytest.mark.parametrize(
    ("cls", "message"),
    [
        (Opaque, "documents are a dataclass, .* and Opaque is none: give its collection `dump` and `load`"),
        (int, "and int is none"),
        (WithOpaque, r"WithOpaque\.opaque: JSON has no form for Opaque"),
        (WithModel, r"WithModel\.model: Model is read by its own library"),
        (WithKeys, r"WithKeys\.by_number: JSON has no form for dict"),
    ],
)
def test_classes_that_documents_cannot_be_of(cls: type[Any], message: str) -> None:
    for _ in range(2):  # nothing of the first time is left
        with pytest.raises(TypeError, match=message):
            codec_of(cls)


def test_one_function_is_not_enough() -> None:
    with pytest.raises(TypeError, match="need a `load`"):
        codec_of(Opaque, dump=lambda opaque: opaque.value)


def test_what_would_come_back_as_something_else_is_refused() -> None:
    codec = codec_of(Ambiguous)
    id = UUID("0190163d-8694-739b-aea5-966c26f8ad91")
    for document in (Ambiguous(id), Ambiguous("anything")):
        assert codec.load(codec.dump(document)) == document
    with pytest.raises(InvalidDocument, match=r"Ambiguous\.id is stored in a form that is read as something else"):
        codec.dump(Ambiguous(str(id)))


@dataclass
class Generated:
    text: str
    number: int | float | None
    items: list[tuple[int, str]]
    by_name: dict[str, date | bool]
    price: Decimal
    moment: datetime


@given(st.builds(Generated, price=st.decimals(allow_nan=False, allow_infinity=False)))
def test_what_is_stored_comes_back_equal(document: Generated) -> None:
    codec = codec_of(Generated)
    try:
        text = codec.dump(document)
    except InvalidDocument as error:
        assert "no number that JSON has" in str(error) or "half of a character" in str(error)  # noqa: PT017  # only some fail
    else:
        assert codec.load(text) == document
