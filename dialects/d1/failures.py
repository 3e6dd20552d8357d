"""What becomes of a request that failed: another try, or an error."""

from __future__ import annotations

from collections.abc import Sequence

from dialects.d1.errors import culprit, translate
from dialects.d1.transport import RequestError
from dialects.sqlite.routing import is_read
from qb.errors import DatabaseError

PAUSE = 0.1
"""Seconds before the second try, at most; twice as many before each later one."""


async def pause_after(error: Exception, statements: Sequence[str], tries: int, retries: int) -> None:
    """Wait before another try; raise what `error` is in qb's tree when there is to be none: it may succeed if D1 has
    not begun with the statements, or if they only read and the reason passes.
    """
    if not isinstance(error, RequestError):
        if isinstance(error, DatabaseError):  # a value that could not be sent
            error.sql = culprit(error, statements)
        raise error
    writes = not all(map(is_read, statements))
    found = translate(error, None, writes)
    if not found.is_retryable or tries >= retries:
        found.sql = culprit(found, statements)
        raise found from error.__cause__ or error
    import asyncio
    import random

    await asyncio.sleep(random.uniform(0, PAUSE * 2**tries))
