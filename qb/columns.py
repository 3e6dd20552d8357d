"""Column: an expression that is declared in a table class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, Literal, overload

from qb import nodes, types
from qb.errors import SchemaError
from qb.expressions import Expr, operand
from qb.identifiers import QUOTED
from qb.typevars import Insertion, Refs, Value

Action = Literal["cascade", "set null", "set default", "restrict", "no action"]
ACTIONS = ("cascade", "set null", "set default", "restrict", "no action")
Initially = Literal["immediate", "deferred"]
Match = Literal["simple", "full"]


class Required:
    """An insert must give the column."""


class Defaulted:
    """An insert may give the column."""


class Generated:
    """An insert must not give the column: the database computes it."""


class Reference:
    """One side of a foreign key, found when it is first needed: the other table may not be defined yet."""

    __slots__ = ("deferral", "find", "match", "on_delete", "on_update")

    def __init__(
        self,
        find: Callable[[], object],
        on_delete: Action | None,
        on_update: Action | None,
        deferral: Initially | None = None,
        match: Match | None = None,
    ) -> None:
        for action in (on_delete, on_update):
            if action is not None and action not in ACTIONS:
                raise SchemaError(f"{action!r} is no action of a foreign key: one of {ACTIONS}")
        if match not in (None, "simple", "full"):
            raise SchemaError(f'match={match!r}: a foreign key matches "simple" or "full"')
        self.find = find
        self.on_delete = on_delete
        self.on_update = on_update
        self.deferral = deferral
        self.match = match


def deferral(deferrable: bool, initially: Initially | None) -> Initially | None:
    """When a constraint is checked that a transaction may put off to its end; None for one that it may not."""
    if initially not in (None, "immediate", "deferred"):
        raise SchemaError(f'initially={initially!r}: a constraint is checked "immediate" or "deferred"')
    return initially or ("immediate" if deferrable else None)


class Declaration:
    """What a table class says about one column."""

    __slots__ = (
        "always",
        "attribute",
        "autoincrement",
        "checks",
        "collation",
        "comment",
        "computed",
        "counting",
        "default",
        "identity",
        "name",
        "not_null",
        "nullable",
        "primary_key",
        "reference",
        "reference_name",
        "renamed_from",
        "sql_type",
        "stored",
        "type",
        "unique",
    )

    def __init__(self, type: types.SqlType, name: str | None, renamed_from: str | None) -> None:
        self.type = type
        self.name = name or ""
        self.attribute = ""
        self.renamed_from = renamed_from
        self.sql_type: str | None = None
        """The type as SQL, where the dialect's own name of `type` is not meant."""
        self.collation: str | None = None
        self.comment: str | None = None
        self.nullable = False
        self.not_null = False
        """Whether NOT NULL is said where the dialect would leave it out."""
        self.primary_key = False
        self.identity = False
        self.always = False
        """Whether an insert must not give a number of its own."""
        self.autoincrement = False
        """Whether no number is used again (SQLite)."""
        self.counting = ""
        """The options of the sequence that numbers it."""
        self.unique = False
        self.default: nodes.Expression | None = None
        self.computed: nodes.Expression | None = None
        self.stored = True
        """Whether what is computed is kept."""
        self.checks: tuple[tuple[nodes.Expression, str | None], ...] = ()
        """With their names."""
        self.reference: Reference | None = None
        self.reference_name: str | None = None

    def changed(self, **changes: object) -> Declaration:
        """A copy with some fields set."""
        new = object.__new__(Declaration)
        for field in Declaration.__slots__:
            setattr(new, field, changes.get(field, getattr(self, field)))
        return new


class Column(Expr[Value, Refs], Generic[Value, Insertion, Refs]):
    """A column: NOT NULL unless `.nullable()`. The methods below declare it, in the class body.

    class Album(Table, name="albums"):
        id = col.integer().primary_key()
        title = col.text().unique()
        released = col.date().nullable()
        plays = col.integer().default(0).check(lambda plays: plays >= 0)
    """

    __slots__ = ("declaration",)

    def __init__(self, node: nodes.Expression, declaration: Declaration) -> None:
        self.node = node
        self.declaration = declaration

    def nullable(self) -> Column[Value | None, Defaulted, Refs]:
        """The column may be NULL, and an insert may leave it out."""
        return self._declare(nullable=True)

    def not_null(self) -> Column[Value, Insertion, Refs]:
        """Every column is NOT NULL unless it is nullable; this writes it beside a primary key of SQLite, too, which
        is generated when it is left out.
        """
        return self._declare(not_null=True)

    def default(self, value: object) -> Column[Value, Defaulted, Refs]:
        """A constant that the database fills in when an insert leaves the column out."""
        return self._declare(default=operand(value, self.node.type))

    def default_sql(self, expression: Expr[Any, Any]) -> Column[Value, Defaulted, Refs]:
        """An expression that the database evaluates for each such insert: `.default_sql(fn.now())`."""
        return self._declare(default=expression.node)

    @overload
    def primary_key(
        self: Column[int, Any, Any], *, generated: Literal[True] = True, autoincrement: bool = False
    ) -> Column[int, Defaulted, Refs]: ...
    @overload
    def primary_key(
        self: Column[int, Any, Any], *, generated: Literal["always"], autoincrement: bool = False
    ) -> Column[int, Generated, Refs]: ...
    @overload
    def primary_key(self, *, generated: bool = True, autoincrement: bool = False) -> Column[Value, Insertion, Refs]: ...
    def primary_key(
        self, *, generated: bool | Literal["always"] = True, autoincrement: bool = False
    ) -> Column[Any, Any, Any]:
        """The primary key. An integer one is generated by the database, unless `generated=False`.

        With `generated="always"` PostgreSQL refuses a number that an insert gives. With `autoincrement=True` SQLite
        never gives the number of a row again that was deleted, as PostgreSQL never does.
        """
        if generated not in (True, False, "always"):
            raise SchemaError(f'primary_key(generated={generated!r}): it is True, False or "always"')
        identity = bool(generated) and self.node.type.kind in types.INTEGERS
        if autoincrement and not identity:
            raise SchemaError("primary_key(autoincrement=True) is for integers that the database generates")
        return self._declare(
            primary_key=True, identity=identity, always=generated == "always", autoincrement=autoincrement
        )

    @overload
    def identity(
        self,
        *,
        always: Literal[False] = False,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        cache: int | None = None,
        cycle: bool = False,
        sequence: str | None = None,
    ) -> Column[Value, Defaulted, Refs]: ...
    @overload
    def identity(
        self,
        *,
        always: Literal[True],
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        cache: int | None = None,
        cycle: bool = False,
        sequence: str | None = None,
    ) -> Column[Value, Generated, Refs]: ...
    def identity(
        self,
        *,
        always: bool = False,
        start: int | None = None,
        increment: int | None = None,
        minvalue: int | None = None,
        maxvalue: int | None = None,
        cache: int | None = None,
        cycle: bool = False,
        sequence: str | None = None,
    ) -> Column[Any, Any, Any]:
        """Numbered by the database: `.identity(start=1000)`. Only a primary key can be so on SQLite.

        With `always=True` an insert must not give a number. `sequence` is the name of the sequence that counts.
        """
        from qb.numbering import counting

        if self.node.type.kind not in types.INTEGERS:
            raise SchemaError("identity() is for integers")
        name = [] if sequence is None else [f"SEQUENCE NAME {QUOTED[sequence]}"]
        counted = counting(start, increment, minvalue, maxvalue, cache, cycle)
        options = " ".join([*name, counted] if counted else name)
        return self._declare(identity=True, always=always, counting=options)

    def unique(self) -> Column[Value, Insertion, Refs]:
        """No two rows have the same value."""
        return self._declare(unique=True)

    def references(
        self,
        column: Callable[[], Column[Any, Any, Any]],
        *,
        on_delete: Action | None = None,
        on_update: Action | None = None,
        deferrable: bool = False,
        initially: Initially | None = None,
        match: Match | None = None,
        name: str | None = None,
    ) -> Column[Value, Insertion, Refs]:
        """A foreign key: `.references(lambda: Artist.id, on_delete="cascade")`.

        A lambda, because the other table (or this one) may be defined later. A `deferrable` one may be checked at the
        end of a transaction, and is so unless the transaction says otherwise with `initially="deferred"`.
        """
        reference = Reference(column, on_delete, on_update, deferral(deferrable, initially), match)
        return self._declare(reference=reference, reference_name=name)

    def check(
        self, condition: Callable[[Column[Value, Any, Any]], Expr[bool | None]], *, name: str | None = None
    ) -> Column[Value, Insertion, Refs]:
        """A condition on the column's own value: `.check(lambda plays: plays >= 0)`. There may be several."""
        return self._declare(checks=(*self.declaration.checks, (condition(self).node, name)))

    def generated(self, expression: Expr[Any, Any], *, stored: bool = True) -> Column[Value, Generated, Refs]:
        """Computed by the database from other columns of the row, and stored; with `stored=False` computed when it is
        read.
        """
        return self._declare(computed=expression.node, stored=stored)

    def comment(self, text: str) -> Column[Value, Insertion, Refs]:
        """What the database says of the column. SQLite has no comments, and leaves it out."""
        return self._declare(comment=text)

    def _declare(self, **changes: object) -> Column[Any, Any, Any]:  # each caller states the exact type
        if not isinstance(self.node, nodes.Unbound):
            raise SchemaError(
                f"column {self.node.path[-1]!r} is declared already"  # type: ignore[attr-defined]  # bound
            )
        # The same node: what the class body built from this column so far still means it.
        return Column(self.node, self.declaration.changed(**changes))
