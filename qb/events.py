"""Handlers that are called when rows are written."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Generic, Literal, TypeVar

from qb.bulk.portions import is_bulk, portions, within_limit
from qb.dialect import Affected
from qb.errors import CompileError, UnsupportedError
from qb.expressions import Expr
from qb.nodes import (
    Cte,
    Delete,
    Expression,
    Insert,
    Lock,
    Merge,
    Node,
    Parameter,
    Select,
    Statement,
    Update,
    Values,
    WholeSource,
)
from qb.nodes import Table as TableNode
from qb.queries import Compilable, Compiled
from qb.rewriting import transform
from qb.rows import Row, RowBuilder, builder_for
from qb.running.transaction import Transaction
from qb.statements.writes import assignments, writable
from qb.tables import Table, definition_of

if TYPE_CHECKING:
    from qb.running.executor import Executor

TB = TypeVar("TB", bound=Table)
Kind = Literal["insert", "update", "delete"]
Done = Awaitable[None] | None
H = TypeVar("H", bound=Callable[[Any], Done])
KINDS: dict[type[Node], Kind] = {Insert: "insert", Update: "update", Delete: "delete"}


class Inserting(Generic[TB]):
    """Rows are about to be inserted: `rows` are their values by attribute, and may be changed."""

    __slots__ = ("rows", "table", "tx")

    def __init__(self, table: type[TB], tx: Transaction[Any], rows: list[dict[str, Any]]) -> None:
        self.table = table
        self.tx = tx
        self.rows = rows


class Updating(Generic[TB]):
    """`rows` are about to be given `values`, by attribute, which may be changed."""

    __slots__ = ("rows", "table", "tx", "values")

    def __init__(self, table: type[TB], tx: Transaction[Any], rows: list[Row[TB]], values: dict[str, Any]) -> None:
        self.table = table
        self.tx = tx
        self.rows = rows
        self.values = values


class Deleting(Generic[TB]):
    """`rows` are about to be deleted."""

    __slots__ = ("rows", "table", "tx")

    def __init__(self, table: type[TB], tx: Transaction[Any], rows: list[Row[TB]]) -> None:
        self.table = table
        self.tx = tx
        self.rows = rows


class Written(Generic[TB]):
    """Rows were written, in the transaction `tx`: of an insert and an update `rows` are as they are now, of a delete as
    they were. `kind` is insert, update or delete.
    """

    __slots__ = ("kind", "rows", "table", "tx")

    def __init__(self, table: type[TB], tx: Transaction[Any], kind: Kind, rows: list[Row[TB]]) -> None:
        self.table = table
        self.tx = tx
        self.kind = kind
        self.rows = rows


class Events:
    """The handlers of a database, which are called for the writes that are run on it.

        events = Events()

        @events.after_update(Album)
        async def log(event: Written[Album]) -> None:
            await event.tx.execute(insert(Log).values_many([{"album_id": row.id} for row in event.rows]))

        db = Database.connect(url, events=events)

    Handlers are functions or coroutine functions, called in the order in which they were given, inside of the
    transaction of the write (it gets one when there is none): what they raise undoes it. A statement that changes no
    row calls none after it. An upsert is an insert. Writes by SQL text, by triggers and by ON DELETE are not seen.
    """

    def __init__(self) -> None:
        self._handlers: dict[str, dict[str, list[Callable[[Any], Done]]]] = {}
        self._tables: dict[str, type[Table]] = {}

    def before_insert(self, table: type[TB]) -> Callable[[Callable[[Inserting[TB]], Done]], Callable[..., Done]]:
        """Before rows of `values` and `values_many` are inserted."""
        return self._adding(table, "before insert")

    def before_update(self, table: type[TB]) -> Callable[[Callable[[Updating[TB]], Done]], Callable[..., Done]]:
        """Before rows are updated. The rows are fetched, and locked, for it."""
        return self._adding(table, "before update")

    def before_delete(self, table: type[TB]) -> Callable[[Callable[[Deleting[TB]], Done]], Callable[..., Done]]:
        """Before rows are deleted. The rows are fetched, and locked, for it."""
        return self._adding(table, "before delete")

    def after_insert(self, table: type[TB]) -> Callable[[Callable[[Written[TB]], Done]], Callable[..., Done]]:
        """After rows were inserted."""
        return self._adding(table, "after insert")

    def after_update(self, table: type[TB]) -> Callable[[Callable[[Written[TB]], Done]], Callable[..., Done]]:
        """After rows were updated."""
        return self._adding(table, "after update")

    def after_delete(self, table: type[TB]) -> Callable[[Callable[[Written[TB]], Done]], Callable[..., Done]]:
        """After rows were deleted."""
        return self._adding(table, "after delete")

    def after_commit(self, table: type[TB]) -> Callable[[Callable[[Written[TB]], Done]], Callable[..., Done]]:
        """After a transaction that inserted, updated or deleted rows was committed, once for each statement."""
        return self._adding(table, "after commit")

    def _adding(self, table: type[Table], moment: str) -> Callable[[H], H]:
        definition = definition_of(table)

        def add(handler: H) -> H:
            self._tables[definition.name] = definition.model
            self._handlers.setdefault(definition.name, {}).setdefault(moment, []).append(handler)
            return handler

        return add

    def concern(self, statement: Compilable[Any]) -> bool:
        """Whether a statement writes a table that has handlers. Raises CompileError when they cannot be called."""
        node = statement.node
        transform(node, self._refuse_in_with)
        if isinstance(node, Merge) and node.table.name in self._handlers:
            raise CompileError(f"{self._named(node.table)} has handlers, which a MERGE does not call")
        return isinstance(node, (Insert, Update, Delete)) and node.table.name in self._handlers

    def _refuse_in_with(self, node: Node) -> Node:
        table = getattr(node.query, "table", None) if isinstance(node, Cte) else None
        if isinstance(table, TableNode) and table.name in self._handlers:
            raise CompileError(
                f"{self._named(table)} has handlers, which a write in WITH does not call: run it by itself"
            )
        return node

    def _named(self, table: TableNode) -> str:
        return self._tables[table.name].__name__

    async def run(self, executor: Executor[Any], statement: Compilable[Any]) -> tuple[Affected, list[Any]]:
        """Run a write with its handlers: how many rows it changed, and the rows that it returns."""
        node = statement.node
        assert isinstance(node, (Insert, Update, Delete))
        model, handlers, kind = self._tables[node.table.name], self._handlers[node.table.name], KINDS[type(node)]
        async with executor.transaction() as tx:
            assert isinstance(tx, Transaction)
            before = handlers.get(f"before {kind}", ())
            if before:
                node = await self._before(tx, node, model, before)
            rows, own = await _written(tx, node, statement)
            if rows:
                event = Written(model, tx, kind, rows)
                await _call(handlers.get(f"after {kind}", ()), event)
                waiting = handlers.get("after commit", ())
                if waiting:
                    tx.after_commit(lambda: _call(waiting, event))
        return Affected(len(rows)), own

    async def _before(
        self, tx: Transaction[Any], node: Insert | Update | Delete, model: type[Table], handlers: Iterable[Any]
    ) -> Insert | Update | Delete:
        if isinstance(node, Insert):
            return await _inserting(tx, node, model, handlers)
        rows = await _rows_of(tx, node, model)
        if isinstance(node, Delete):
            await _call(handlers, Deleting(model, tx, rows))
            return node
        values = {change.column.attribute: _value(change.value) for change in node.assignments}
        event = Updating(model, tx, rows, values)
        await _call(handlers, event)
        new = node.copy()
        new.assignments = assignments(model, event.values)
        return new


async def _call(handlers: Iterable[Callable[[Any], Done]], event: object) -> None:
    for handler in handlers:
        waiting = handler(event)
        if waiting is not None:
            await waiting


async def _inserting(tx: Transaction[Any], node: Insert, model: type[Table], handlers: Iterable[Any]) -> Insert:
    if node.values is None:
        raise CompileError(
            f"{model.__name__} has handlers before an insert, which are given its rows: say .values(…) or "
            f".values_many(…)"
        )
    names = [column.attribute for column in node.columns]
    event = Inserting(model, tx, [dict(zip(names, row, strict=True)) for row in node.values.rows])
    await _call(handlers, event)
    if not event.rows or len({frozenset(row) for row in event.rows}) > 1:
        raise CompileError(f"handlers before an insert into {model.__name__} have to leave rows of the same attributes")
    new = node.copy()
    new.columns = tuple([writable(model, name) for name in event.rows[0]])
    cells = [tuple([_cell(row[column.attribute]) for column in new.columns]) for row in event.rows]
    new.values = Values(cells)
    return new


def _value(node: Expression) -> Any:  # whatever a column takes
    return node.value if isinstance(node, Parameter) else Expr(node)


def _cell(value: Any) -> Any:  # whatever a column takes
    return value.node if isinstance(value, Expr) else value


async def _rows_of(tx: Transaction[Any], node: Update | Delete, model: type[Table]) -> list[Any]:
    """The rows that a statement is about to change."""
    if node.sources or node.joins:
        raise CompileError(
            f"{model.__name__} has handlers before this, which are given the rows: in place of other tables, use a "
            f"sub-query in WHERE"
        )
    select = Select((WholeSource(node.table, definition_of(model).row_name),), (node.table,), where=node.where)
    select.lock = Lock("UPDATE", (node.table,))
    dialect = tx.dialect
    try:
        compiled = dialect.compiler().compile(select)
    except UnsupportedError:  # whose transactions write one at a time
        select.lock = None
        compiled = dialect.compiler().compile(select)
    builder = RowBuilder(select.projection, dialect)
    async with tx._connection(False) as connection:
        return await connection.fetch(*compiled, builder.build)


async def _written(
    tx: Transaction[Any], node: Insert | Update | Delete, statement: Compilable[Any]
) -> tuple[list[Any], list[Any]]:
    """The rows of the table that a statement writes, and those that it returns."""
    dialect = tx.dialect
    whole = RowBuilder((WholeSource(node.table, "row"),), dialect)
    own = builder_for(statement, dialect)
    returning = node.copy()
    returning.projection = (WholeSource(node.table, "row"), *node.projection)
    width = whole.width
    rows: list[Any] = []
    returned: list[Any] = []

    def build(raw: Iterable[Sequence[Any]]) -> list[Any]:
        both = [tuple(row) for row in raw]
        rows.extend(whole.build([row[:width] for row in both]))
        if own is not None:
            returned.extend(own.build([row[width:] for row in both]))
        return []

    changed = _Changed(returning)
    parts: Iterable[Compiled]
    if is_bulk(changed, dialect):
        parts = portions(changed.node, dialect)
    else:
        parts = [within_limit(changed.compile(dialect), dialect)]
    async with tx._connection(False) as connection:
        await connection.batch(((sql, parameters, build) for sql, parameters in parts), False)
    return rows, returned


class _Changed(Compilable[Any]):
    """A write with what is to be known of its rows."""

    __slots__ = ("node",)

    def __init__(self, node: Statement) -> None:
        self.node = node
