"""`qb documents`: the documents of a program are compared with their rows, and what nobody needs is removed."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeVar

import click

from qb.cli.output import as_json, errors_shown, show_json
from qb.documents.documents import Documents
from qb.documents.repairing import Repaired
from qb.documents.syncing import Synced
from qb.errors import QbError

T = TypeVar("T")

opening = click.argument("opening", metavar="MODULE:FUNCTION")


@click.group()
def documents() -> None:
    """Look after documents in a key-value store.

    MODULE:FUNCTION (for example myapp.notes:open_notes) takes no arguments, and is an async context manager of the
    documents of a collection.
    """


@documents.command()
@opening
@click.option("--mend", is_flag=True, help="Put right what can be put right.")
@as_json
@errors_shown
def sync(opening: str, mend: bool, as_json: bool) -> None:
    """Compare the documents with their rows, both ways.

    They are those of MODULE:FUNCTION, as `qb documents --help` explains it. Exits with 1 when something differs, with
    --mend when something does that could not be put right.
    """

    async def work(store: Documents[Any, Any]) -> Synced:
        return await store.sync(mend=mend)

    found = with_documents(opening, work)
    differences = {name: ids for name, ids in found.differences().items() if ids}
    if as_json:
        show_json({"checked": found.checked, **found.differences()})
    else:
        click.echo(f"{found.checked} documents were compared")
        for name, ids in differences.items():
            click.echo(f"{name}: {', '.join(ids)}")
    if found.is_left if mend else differences:
        raise SystemExit(1)


@documents.command()
@opening
@as_json
@errors_shown
def repair(opening: str, as_json: bool) -> None:
    """Remove what nobody needs any more.

    From the documents of MODULE:FUNCTION, as `qb documents --help` explains it. That is what writes that never ended
    left behind, versions that were replaced, and what has expired.
    """

    async def work(store: Documents[Any, Any]) -> Repaired:
        return await store.repair()

    done = with_documents(opening, work)
    if as_json:
        show_json(done._asdict())
    else:
        click.echo(f"removed {done.removed} objects, and {done.expired} documents that had expired")


def with_documents(opening: str, work: Callable[[Documents[Any, Any]], Awaitable[T]]) -> T:
    """What some work on the documents gives. Raises QbError when they cannot be opened."""

    async def run() -> T:
        context = function_of(opening)()
        if not isinstance(context, AbstractAsyncContextManager):
            raise QbError(f"{opening} is no async context manager: put @asynccontextmanager before the function")
        async with context as store:
            if not isinstance(store, Documents):
                raise QbError(f"{opening} gives {type(store).__name__}, not documents: yield collection.on(db, kv)")
            return await work(store)

    return asyncio.run(run())


def function_of(opening: str) -> Callable[[], object]:
    """The function that opens documents. Raises QbError when there is none."""
    module, _, name = opening.partition(":")
    if not module or not name:
        raise click.UsageError(f"MODULE:FUNCTION is, for example, myapp.notes:open_notes, not {opening}")
    try:
        found = getattr(importlib.import_module(module), name, None)
    except ImportError as error:
        raise QbError(f"{module} cannot be imported: {error}") from error
    if not callable(found):
        raise QbError(f"{module} has no function {name}")
    return found  # type: ignore[no-any-return]  # what it gives is looked at
