"""What each dialect can do, as the tests prove it.

    @feature("Windows", "frames in GROUPS", sqlite="supported", postgres="supported")
    async def test_frames_in_groups(check: Check) -> None: ...

The `check` of tests/sql holds a test to its words; docs/features.md is made of them: `python -m tests.features`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple, TypeVar

import pytest

Status = Literal["supported", "bridged", "refused"]
"""`bridged`: the engine lacks it, and qb says it in another way."""
F = TypeVar("F", bound=Callable[..., Any])


class Feature(NamedTuple):
    """One line of the table."""

    group: str
    name: str
    sqlite: Status
    d1: Status
    postgres: Status

    def status(self, dialect: str) -> Status:
        """What a dialect does with it."""
        found: Status = getattr(self, dialect)
        return found


def feature(
    group: str,
    name: str,
    *,
    sqlite: Status = "supported",
    postgres: Status = "supported",
    d1: Status | None = None,
) -> Callable[[F], F]:
    """Marks a test as the proof of a feature; D1 does as SQLite does, unless it is said."""
    return pytest.mark.feature(Feature(group, name, sqlite, d1 or sqlite, postgres))


def feature_of(test: pytest.Item) -> Feature | None:
    """The feature that a test proves."""
    mark = test.get_closest_marker("feature")
    return None if mark is None else mark.args[0]


if __name__ == "__main__":
    from tests.feature_table import write

    write()
