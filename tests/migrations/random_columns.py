"""Random columns. The name of a column says what its values are, whatever type holds them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from hypothesis import strategies as st

from qb.identifiers import QUOTED, seen
from qb.schema.objects import Column, Generated, Identity

T = TypeVar("T")

NAMES = {
    "key": ("id", "Key"),
    "part": ("part",),
    "number": ("n", "x", "of all"),
    "text": ("t", "T 2", 'a "b"'),
    "real": ("r",),
    "flag": ("flag", "FLAG"),
    "day": ("d",),
    "mood": ("m",),
    "parent": ("up", "other"),
    "parent's part": ("up part", "other part"),
    "computed": ("g", "h"),
}
"""By what the values are: the number of the row, ten times that, any number, and so on. Columns of one kind may be
renamed to each other. A parent is the key of another table's row, and its part is ten times that, too.
"""
KIND = {name: kind for kind, names in NAMES.items() for name in names}
MOODS = ('"mood"', '"Mood 2"')
COUNTED = {
    "counter": "nextval('counter')",
    "Other counter": "nextval('\"Other counter\"')",
    "Counted": "nextval('\"Counted\"')",
}
"""What asks a sequence, by its name."""
TYPES = {
    "sqlite": {
        "key": ("INTEGER", "INTEGER", "INT"),
        "part": ("INTEGER", "INT"),
        "number": ("INTEGER", "INTEGER", "INT", "TEXT", "REAL", "NUMERIC", "BIGINT"),
        "text": ("TEXT", "TEXT", "ANY", "VARCHAR(40)", "", "BLOB"),
        "real": ("REAL", "DOUBLE PRECISION"),
        "flag": ("INTEGER", "BOOLEAN"),
        "day": ("TEXT",),
        "mood": ("TEXT",),
        "computed": ("INTEGER",),
    },
    "postgres": {
        "key": ("integer", "bigint"),
        "part": ("integer", "bigint"),
        "number": (
            *("integer", "integer", "bigint", "smallint", "numeric(12,2)", "text", "double precision"),
            "character varying(40)",
        ),
        "text": ("text", "character varying(40)", "character varying(60)"),
        "real": ("double precision", "real", "numeric(6,1)"),
        "flag": ("boolean", "integer"),
        "day": ("date", "timestamp without time zone", "text"),
        "mood": (*MOODS, "text"),
        "computed": ("integer",),
    },
}
TYPES["d1"] = TYPES["sqlite"]
STRICT_TYPES = ("INTEGER", "INT", "TEXT", "REAL", "ANY")
TEXTS = ("007", "it''s", "Ünï", "''", " x")
"""Of the rows, from the first on."""


@dataclass
class Draw:
    """Draws, for one dialect."""

    draw: st.DrawFn
    dialect: str

    @property
    def is_postgres(self) -> bool:
        return self.dialect == "postgres"

    def maybe(self, one_in: int = 2) -> bool:
        """True, one time in so many."""
        return self.draw(st.integers(1, one_in)) == one_in

    def one(self, *choices: T) -> T:
        """One of them."""
        return self.draw(st.sampled_from(choices))

    def type(self, kind: str, strict: bool) -> str:
        """A type that can hold the values of a kind."""
        kind = {"parent": "key", "parent's part": "part"}.get(kind, kind)
        types = [type for type in TYPES[self.dialect][kind] if self.is_postgres or is_allowed(type, strict)]
        return self.one(*types)

    def columns(self, strict: bool, like: tuple[Column, ...] = ()) -> list[Column]:
        """The columns of a table, without those that are computed. Some are as those of a table that there was."""
        known = {column.name: column for column in like if column.generated is None}
        key = self.one(*NAMES["key"])
        found = [replace(self.column(key, "key", strict), nullable=False, default=None, collation=None)]
        for kind in ("part", "number", "text", "real", "flag", "day", "mood", "parent", "parent's part"):
            names: list[str] = []
            for name in NAMES[kind]:
                is_taken = not self.is_postgres and seen(name) in [seen(each) for each in names]
                if not is_taken and (kind != "mood" or self.is_postgres) and self.maybe():
                    names.append(name)
            for name in names:
                old = known.get(name) or self.twin(name, known)
                if name == "x" and self.maybe(4):
                    found.append(self.numbered(key))
                elif old is not None and self.maybe() and (self.is_postgres or is_allowed(old.type, strict)):
                    found.append(old)
                else:
                    found.append(self.column(name, kind, strict))
        return found

    def twin(self, name: str, known: Mapping[str, Column]) -> Column | None:
        """The same as a column of another name, which this one may have been."""
        alike = [column for other, column in known.items() if KIND[other] == KIND[name]]
        return replace(alike[0], name=name) if alike else None

    def column(self, name: str, kind: str, strict: bool) -> Column:
        """A column that the database does not compute."""
        type = self.type(kind, strict)
        number = {"parent": 1, "parent's part": 1}.get(kind, 7)
        default = self.one(None, literal(kind, type, number)) if kind not in ("key", "part") else None
        if self.dialect != "postgres" and kind == "number" and default == "7":
            default = self.one("7", "(7 + 0)", "+7")
        if self.is_postgres and kind == "number" and is_whole(type) and self.maybe(3):
            default = self.one(COUNTED["counter"], COUNTED["Other counter"])
        return Column(
            name,
            type,
            self.maybe(),
            default,
            collation=self.collation(type) if kind in ("text", "number") else None,
            comment=self.one(None, "it's") if self.is_postgres else None,
        )

    def numbered(self, key: str) -> Column:
        """A column that the database computes, and whose values are what they would be without."""
        type = self.type("computed", strict=True)
        return Column(
            "x", type, self.maybe(), generated=Generated(f"({QUOTED[key]} + 0)", self.is_postgres or self.maybe())
        )

    def collation(self, type: str) -> str | None:
        """How texts compare."""
        if self.is_postgres:
            return self.one(None, "C", "POSIX") if type.startswith(("text", "character")) else None
        return self.one(None, "NOCASE", "RTRIM") if type in ("TEXT", "VARCHAR(40)") else None

    def identity(self) -> Identity | None:
        """Who numbers the rows."""
        if not self.is_postgres:
            return self.one(None, Identity("autoincrement"))
        return self.one(None, Identity("always"), Identity("by default"), Identity("always", "START WITH 100"))

    def computed(self, columns: list[Column]) -> list[Column]:
        """Columns that the database computes from the others."""
        plain = [each for each in columns if KIND[each.name] in ("key", "part", "number") and each.generated is None]
        whole = [each.name for each in plain if is_whole(each.type)]
        found = []
        for name in NAMES["computed"]:
            if self.maybe(3):
                of = self.one(*whole)
                expression = self.one(f"({QUOTED[of]} * 2)", f"(abs({QUOTED[of]}))")
                nullable = KIND[of] != "key" or self.maybe()
                generated = Generated(expression, self.is_postgres or self.maybe())
                found.append(Column(name, self.type("computed", strict=True), nullable, generated=generated))
        return found


def is_allowed(type: str, strict: bool) -> bool:
    """Whether a table of SQLite takes a type: what ANY holds depends on the table."""
    return type in STRICT_TYPES if strict else type != "ANY"


def is_whole(type: str) -> bool:
    """Whether it is a type of whole numbers."""
    return "int" in type.lower()


def is_text(type: str) -> bool:
    """Whether it is a type of texts."""
    return type.lower().startswith(("text", "character", "varchar"))


def literal(kind: str, type: str, number: int) -> str:
    """A value, as SQL."""
    if kind in ("text", "mood", "day"):
        text = {"text": TEXTS[number % len(TEXTS) - 1], "mood": "x", "day": f"2020-01-{number:02}"}[kind]
        return f"'{text}'" + (f"::{type}" if type.startswith('"') else "")
    if kind == "flag":
        return ("false", "true")[number % 2] if type == "boolean" else str(number % 2)
    if kind == "real":
        return f"{number}.5"
    value = str(number * 10 if "part" in kind else number)
    return f"'{value}'" if is_text(type) else value


def filled(column: Column, key: str, rows: int) -> str:
    """What fills a new column of a kind, as SQL over the column with the number of the row."""
    kind, name = KIND[column.name], QUOTED[key]
    if kind in ("mood", "day"):
        return f"{literal(kind, column.type, 1)}"
    if kind == "flag":
        return f"{name} > 0" if column.type == "boolean" else "1"
    if kind == "text":
        return f"'Text ' || {name}"
    if kind == "real":
        return f"{name} + 0.5"
    if kind.startswith("parent"):
        name = parent_of(name, rows)
    value = f"({name}) * 10" if "part" in kind else name
    return f"CAST({value} AS {column.type})"


def parent_of(number: str, rows: int) -> str:
    """The key of the parent of a row."""
    return f"1 + {number} % {max(rows, 1)}"
