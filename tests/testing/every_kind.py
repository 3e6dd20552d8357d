"""Tables with columns of every kind, for what makes rows by their declarations."""

from __future__ import annotations

import enum
from typing import Literal, NotRequired, TypedDict

from qb import Table, col


class Size(enum.Enum):
    small = "S"
    large = "L"


class Settings(TypedDict):
    theme: str
    depth: NotRequired[int]
    mode: Literal["on", "off"]
    maybe: int | None
    inner: dict[str, list[float | None]]


class Money:
    """A class of the application."""

    def __init__(self, cents: int) -> None:
        self.cents = cents


class Sample(Table, name="samples"):
    id = col.integer().primary_key()
    integer = col.integer()
    bigint = col.bigint()
    smallint = col.smallint()
    text = col.text()
    email = col.text().unique()
    varchar = col.varchar(5)
    boolean = col.boolean()
    real = col.real()
    numeric = col.numeric(12, 3)
    fraction = col.numeric(2, 2)
    date = col.date()
    time = col.time()
    moment = col.timestamp()
    clock = col.timestamp(zone=False)
    interval = col.interval()
    uuid = col.uuid()
    blob = col.blob()
    items = col.json(list[str])
    settings = col.json(Settings)
    anything = col.json(object)
    size = col.enum(Size)
    nothing = col.text().nullable()
    default = col.integer().default(7)
    computed = col.boolean().generated(boolean == True)  # noqa: E712  # SQL


class Priced(Table, name="priced"):
    id = col.integer().primary_key()
    price = col.json(Money, dump=lambda money: money.cents, load=Money)
