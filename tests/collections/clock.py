"""A clock that goes on when it is told to."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    def __init__(self) -> None:
        self.moment = datetime.now(UTC)

    def now(self) -> datetime:
        return self.moment

    def advance(self, **units: float) -> None:
        """For example `hours=1`."""
        self.moment += timedelta(**units)
