"""How an engine runs a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from qb import nodes
from qb.errors import TransactionError
from qb.queries import Compilable

if TYPE_CHECKING:
    from qb.running.executor import Executor


async def explain(
    executor: Executor[Any],
    statement: Compilable[Any],
    analyze: bool,
    format: str,  # noqa: A002  # PostgreSQL's word
) -> Any:  # text, or what JSON has
    """The plan of a statement."""
    if executor._rewrites:
        statement = executor._rewritten(statement)
    if format not in ("text", "json"):
        raise ValueError(f'explain(format={format!r}): the formats are "text" and "json"')
    if analyze and not executor._is_transaction and not isinstance(statement.node, (nodes.Select, nodes.Compound)):
        raise TransactionError(
            "explain(analyze=True) runs the statement, and this one may write: explain it on a transaction, and "
            "leave that with an exception to undo it"
        )
    sql, parameters = executor._compile(statement)
    dialect, as_json = executor._engine.dialect, format == "json"
    command = dialect.explain(sql, analyze, as_json)
    async with executor._connection(executor._engine.driver.reads_only(command)) as connection:
        plan: str | list[dict[str, Any]] = dialect.plan(await connection.fetch(command, parameters, list), as_json)
    return plan
