"""Packages that come with an extra."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from qb.errors import MissingExtra


@contextmanager
def needs(extra: str, what: str) -> Iterator[None]:
    """Around an import: raises MissingExtra where a package is not installed that `what` needs."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise MissingExtra(f"{what} needs {error.name}: pip install 'qb[{extra}]'") from error
