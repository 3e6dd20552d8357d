"""Parts of JSON documents: their types follow from the document's."""

from typing import Any, Final, NotRequired, TypedDict

from schema import Album, row

from qb import Table, alias, col, fn, select


class Point(TypedDict):
    x: float
    y: float


class Shape(TypedDict, total=False):
    corners: list[Point]


class Profile(TypedDict):
    theme: str
    level: int
    wide: bool
    nick: str | None
    size: int | str
    sizes: dict[str, int]
    pair: tuple[int, str]
    shape: NotRequired[Shape]
    at: Point
    more: Any


class Drawing:
    """What JSON has no form for."""


class User(Table, name="users"):
    id = col.integer().primary_key()
    profile = col.json(Profile)
    past = col.json(list[Profile]).nullable()
    drawing = col.json(Drawing, dump=lambda drawing: {}, load=lambda value: Drawing())
    anything = col.json(object)
    meta = col.json(dict[str, object])


other = alias(User, "other")
key: Final = "theme"

reveal_type(User.profile["theme"])  # R: Expr[str, Literal['User.profile']]
reveal_type(User.profile[key])  # R: Expr[str, Literal['User.profile']]
reveal_type(other.profile["level"])  # R: Expr[int, Literal['other.profile']]
reveal_type(User.profile["nick"])  # R: Expr[str | None, Literal['User.profile']]
reveal_type(User.profile["size"])  # R: Expr[int | str, Literal['User.profile']]
reveal_type(User.profile["sizes"])  # R: Expr[dict[str, int], Literal['User.profile']]
reveal_type(User.profile["sizes"]["a"])  # R: Expr[int | None, Literal['User.profile']]
reveal_type(User.profile["pair"][1])  # R: Expr[str, Literal['User.profile']]
reveal_type(User.profile["pair"][-2])  # R: Expr[int, Literal['User.profile']]
reveal_type(User.profile["at"]["x"])  # R: Expr[float, Literal['User.profile']]
reveal_type(User.profile["shape"]["corners"][0]["y"])  # R: Expr[float | None, Literal['User.profile']]
reveal_type(User.profile["more"])  # R: Expr[Any, Literal['User.profile']]
reveal_type(User.profile["more"]["x"][0])  # R: Expr[Any, Literal['User.profile']]
reveal_type(User.past[-1]["theme"])  # R: Expr[str | None, Literal['User.past']]
reveal_type(Album.settings["theme"])  # R: Expr[str | None, Literal['Album.settings']]
reveal_type(User.drawing["lines"])  # R: Expr[object, Literal['User.drawing']]
reveal_type(User.anything["lines"][0])  # R: Expr[object, Literal['User.anything']]
reveal_type(User.meta["a"])  # R: Expr[object, Literal['User.meta']]

reveal_type(row(select(User.profile["level"].as_("level"))).level)  # R: int
reveal_type(row(select(User.id, User.profile["at"].as_("at"))).at["x"])  # R: float
reveal_type(row(select(fn.max(User.profile["level"]).as_("x"))).x)  # R: int | None
reveal_type(User.profile["level"] + 1)  # R: Expr[int, Literal['User.profile']]
reveal_type(User.profile["wide"] & (User.profile["theme"] == "dark"))  # R: Expr[bool, Literal['User.profile']]
select(User.id).where(User.profile["wide"], User.profile["nick"].startswith("a"), User.past[0] == None)  # noqa: E711  # SQL, not Python
select(User.id).order_by(User.profile["theme"].desc()).group_by(User.profile["theme"])

reveal_type(fn.json_value(User.drawing, "lines", 0, returns=col.integer()))  # R: Expr[int | None, Literal['User.drawing']]
reveal_type(fn.json_value(User.meta, "a", returns=col.json(Point))["x"])  # R: Expr[float | None, Literal['User.meta']]
fn.json_value(Album.title, "a", returns=col.text())  # E[qb-type]: Album.title is str: only a JSON document has parts
fn.json_value(User.meta, None, returns=col.text())  # E[arg-type]: Argument 2 to "json_value" has incompatible type "None"
fn.json_value(User.meta, "a", returns=str)  # E[arg-type]: Argument "returns" to "json_value" has incompatible type
fn.json_value(User.meta, "a")  # E[call-arg]: Missing named argument "returns"

User.profile["thme"]  # E[qb-name]: "Profile" has no key "thme"; did you mean "theme"?
User.profile["at"]["z"]  # E[qb-name]: "Point" has no key "z"; it has x, y
User.profile[0]  # E[qb-type]: User.profile is Profile, whose parts are found by texts, not by int
User.past["theme"]  # E[qb-type]: User.past is list[Profile], whose parts are found by whole numbers, not by str
User.profile["sizes"][0]  # E[qb-type]: is dict[str, int], whose parts are found by texts, not by int
User.profile["pair"][2]  # E[qb-name]: has 2 items, and no [2]
User.profile["theme"]["x"]  # E[qb-type]: The expression is str: only a JSON document has parts
User.past[True]  # E[qb-type]: has a text for its key or a whole number for its index, not bool
User.profile[None]  # E[index]: Invalid index type "None"
User.profile[User.id]  # E[index]: Invalid index type
Album.title["x"]  # E[qb-type]: Album.title is str: only a JSON document has parts
Album.title[0]  # E[qb-type]: Album.title is str: only a JSON document has parts
Album.genre["x"]  # E[qb-type]: Album.genre is Genre: only a JSON document has parts
(Album.plays + 1)["x"]  # E[qb-type]: The expression is int: only a JSON document has parts
User.profile["level"] == "x"  # E[qb-type]: The expression is int, but the value is str
fn.lower(User.profile["level"])  # E[qb-type]: The expression is int, but fn.lower() is for text
select(User.id).where(User.profile["theme"])  # E[arg-type]: has incompatible type "Expr[str
list(Album.title)  # E[call-overload]: No overload variant of "list" matches
for _ in Album.title:  # E[misc]: "None" not callable
    pass
