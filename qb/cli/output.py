"""What the command says: to people with colours and tables, to machines as JSON."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import click

from qb.errors import QbError

P = ParamSpec("P")
T = TypeVar("T")


def errors_shown(command: Callable[P, T]) -> Callable[P, T]:
    """Show what is wrong in a line, and exit with 1; a usage error exits with 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return command(*args, **kwargs)
        except QbError as error:
            raise click.ClickException(str(error)) from error

    return run
