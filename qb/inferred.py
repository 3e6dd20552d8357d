"""Functions whose row types are taken from their bodies."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

F = TypeVar("F", bound=Callable[..., Any])


def inferred(function: F) -> F:
    """Lets the mypy plugin take the function's return type from its body; does nothing at run time.

        @inferred
        async def list_albums(db: Database) -> Rows:
            return await db.fetch_all(select(Album.id, Album.title))

    Without the plugin the declared return type counts.
    """
    return function
