"""Doing something once, however often it is asked for."""

from __future__ import annotations

from typing import Any, TypeVar, overload

from qb import nodes
from qb.dialect import Affected
from qb.errors import CommitUncertain, CompileError, DatabaseError, UniqueViolated
from qb.queries import Compilable
from qb.running.executor import Executor
from qb.running.retrying import length_of_pause, pause

A = TypeVar("A")
B = TypeVar("B")
C = TypeVar("C")
D = TypeVar("D")


@overload
async def once(
    db: Executor[Any], mark: Compilable[Affected], first: Compilable[A], /, *, retries: int = ...
) -> tuple[A] | None: ...
@overload
async def once(
    db: Executor[Any], mark: Compilable[Affected], first: Compilable[A], second: Compilable[B], /, *, retries: int = ...
) -> tuple[A, B] | None: ...
@overload
async def once(
    db: Executor[Any],
    mark: Compilable[Affected],
    first: Compilable[A],
    second: Compilable[B],
    third: Compilable[C],
    /,
    *,
    retries: int = ...,
) -> tuple[A, B, C] | None: ...
@overload
async def once(
    db: Executor[Any],
    mark: Compilable[Affected],
    first: Compilable[A],
    second: Compilable[B],
    third: Compilable[C],
    fourth: Compilable[D],
    /,
    *,
    retries: int = ...,
) -> tuple[A, B, C, D] | None: ...
@overload
async def once(
    db: Executor[Any], mark: Compilable[Affected], /, *statements: Compilable[A], retries: int = ...
) -> tuple[A, ...] | None: ...
async def once(
    db: Executor[Any], mark: Compilable[Any], /, *statements: Compilable[Any], retries: int = 3
) -> tuple[Any, ...] | None:
    """What `db.batch(…)` has for the statements, which are run together with `mark`, an insert of an idempotency key.
    None when a row with this key is there already: then they were done before, and nothing is done.

        class Request(Table, name="requests"):
            key = col.uuid().primary_key()

        done = await once(db, insert(Request).values(key=key), insert(Order).values(…))

    Because they cannot be done twice, what fails for a reason that may pass is tried again up to `retries` times, also
    where nobody knows whether it was done. Raises CompileError when `mark` is no insert.
    """
    if not isinstance(mark.node, nodes.Insert):
        raise CompileError("once(db, mark, …): the mark is an insert of a row with a unique key")
    table = mark.node.table.name
    tries = 0
    while True:
        try:
            return (await db.batch(mark, *statements))[1:]
        except UniqueViolated as error:
            if error.table != table:
                raise
            return None
        except DatabaseError as error:
            if tries >= retries or db._is_transaction or not (error.is_retryable or isinstance(error, CommitUncertain)):
                raise
        await pause(length_of_pause(tries, 0.05))
        tries += 1
