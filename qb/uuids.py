"""UUIDs that sort by the time at which they were made (RFC 9562, version 7)."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

TICKS = 4096
"""How many moments a millisecond has: 12 bits."""

_last = 0


def uuid7() -> UUID:
    """A UUID that is greater than those made before: the time in 1/4096 of a millisecond, then 62 random bits.

        id = col.uuid().primary_key()

        await db.execute(insert(Album).values(id=uuid7(), title="Blue"))

    Rows with such keys are added at the end of an index, and need no generator in the database. Those of other
    processes sort by their clocks.
    """
    from uuid import UUID  # not cheap to import

    return UUID(int=uuid7_bits())


def uuid7_bits() -> int:
    """The 128 bits of a new UUID."""
    global _last
    # A clock that stands still, as it does in a Worker while it computes, or that was put back, goes on by ticks.
    _last = max(_last + 1, time.time_ns() * TICKS // 1_000_000)
    milliseconds, tick = divmod(_last, TICKS)
    random = int.from_bytes(os.urandom(8), "big") >> 2
    return (milliseconds & (1 << 48) - 1) << 80 | 0x7 << 76 | tick << 64 | 0b10 << 62 | random


def uuid7_text() -> str:
    """The same as text, for which the module `uuid` need not be imported."""
    digits = f"{uuid7_bits():032x}"
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
