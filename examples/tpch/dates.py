"""Periods, which the standard gives as a day and a number of months."""

from __future__ import annotations

from datetime import date


def months_after(day: date, months: int) -> date:
    """The same day so many months later."""
    years, month = divmod(day.month - 1 + months, 12)
    return day.replace(year=day.year + years, month=month + 1)
