"""What the handlers of a collection are given."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from qb.rows import Row

if TYPE_CHECKING:
    from qb.documents.tables import DocumentTable

    TB = TypeVar("TB", bound=DocumentTable)
else:
    TB = TypeVar("TB")
D = TypeVar("D")
Done = Awaitable[None] | None


class Putting(Generic[D]):
    """A document is about to be stored, and may be changed, or another one put in its place: `event.document = …`."""

    __slots__ = ("document", "id")

    def __init__(self, id: str, document: D) -> None:
        self.id = id
        self.document = document


class Put(Generic[TB, D]):
    """A document was stored; `row` is as it is now."""

    __slots__ = ("document", "row")

    def __init__(self, row: Row[TB], document: D) -> None:
        self.row = row
        self.document = document


class Deleted(Generic[TB]):
    """A document was deleted, or has expired; `row` is as it was."""

    __slots__ = ("row",)

    def __init__(self, row: Row[TB]) -> None:
        self.row = row


class Handlers:
    """The handlers of a collection, in the order in which they were given."""

    def __init__(self) -> None:
        self.before_put: list[Callable[[Any], Done]] = []
        self.after_put: list[Callable[[Any], Done]] = []
        self.before_delete: list[Callable[[Any], Done]] = []
        self.after_delete: list[Callable[[Any], Done]] = []


async def call(handlers: Iterable[Callable[[Any], Done]], event: object) -> None:
    """Call handlers with an event, one after the other."""
    for handler in handlers:
        waiting = handler(event)
        if waiting is not None:
            await waiting
