"""UUIDs that sort by time."""

from __future__ import annotations

import time
from uuid import RFC_4122, UUID

import pytest

from qb.uuids import uuid7, uuid7_text


def test_it_is_a_uuid_of_version_7() -> None:
    made = uuid7()
    assert (made.version, made.variant) == (7, RFC_4122)


def test_it_holds_the_time_in_milliseconds() -> None:
    before = time.time_ns() // 1_000_000
    milliseconds = uuid7().int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000 + 1000


def test_each_is_greater_than_the_one_before() -> None:
    made = [uuid7() for _ in range(10_000)]
    assert made == sorted(made)
    assert [str(each) for each in made] == sorted(str(each) for each in made)
    assert len({each.int & (1 << 62) - 1 for each in made}) == 10_000, "the rest is random"


def test_a_clock_that_stands_still_or_goes_back_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    now = time.time_ns()
    first = uuid7()
    monkeypatch.setattr(time, "time_ns", lambda: now - 10**12)
    made = [uuid7() for _ in range(5000)]
    assert made == sorted(made)
    assert made[0] > first


def test_the_text_is_that_of_a_uuid() -> None:
    made = uuid7_text()
    assert str(UUID(made)) == made
    assert UUID(made).version == 7
    assert made < uuid7_text()
