"""Hypothesis with coroutines."""

from __future__ import annotations

import asyncio
import functools
from typing import Any


async def run(check: Any) -> None:
    """Run hypothesis in a thread of its own, whose coroutines come back to this loop."""
    loop = asyncio.get_running_loop()
    inner = check.hypothesis.inner_test

    @functools.wraps(inner)
    def in_this_loop(*arguments: Any, **named: Any) -> None:
        asyncio.run_coroutine_threadsafe(inner(*arguments, **named), loop).result()

    check.hypothesis.inner_test = in_this_loop
    await asyncio.to_thread(check)
