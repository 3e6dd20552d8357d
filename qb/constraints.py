"""Constraints and indexes of a table, declared in its class body over its columns.

Each has a `name`, which is the table's and the attribute's unless it is given; `name=""` leaves it to the engine.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from qb.columns import Action, Column, Initially, Match, Reference, deferral
from qb.errors import SchemaError
from qb.expressions import Expr, Ordering, conjunction
from qb.nodes import Expression, Node

Resolution = Literal["rollback", "fail", "ignore", "replace"]
RESOLUTIONS = ("rollback", "fail", "ignore", "replace")
OPERATOR = frozenset("+-*/<>=~!@#%^&|`?")


class Constraint:
    """A rule over several columns."""

    __slots__ = ("name",)
    name: str | None

    @property
    def key(self) -> tuple[Expression, ...]:
        """The columns of a primary key; none of other constraints."""
        return ()


class Keyed(Constraint):
    """What primary keys and unique constraints have in common."""

    __slots__ = ("columns", "deferral", "include", "nulls_distinct", "on_conflict")

    def __init__(
        self,
        columns: tuple[Expression, ...],
        name: str | None = None,
        deferral: Initially | None = None,
        include: tuple[Expression, ...] = (),
        nulls_distinct: bool = True,
        on_conflict: Resolution | None = None,
    ) -> None:
        if on_conflict is not None and on_conflict not in RESOLUTIONS:
            raise SchemaError(f"on_conflict={on_conflict!r}: SQLite knows {RESOLUTIONS}")
        self.columns = columns
        self.name = name
        self.deferral = deferral
        self.include = include
        self.nulls_distinct = nulls_distinct
        self.on_conflict = on_conflict


class Unique(Keyed):
    """No two rows agree in all of the columns."""

    __slots__ = ()


class PrimaryKey(Keyed):
    """A primary key of several columns."""

    __slots__ = ()

    @property
    def key(self) -> tuple[Expression, ...]:
        return self.columns


class Check(Constraint):
    """A condition that every row fulfils."""

    __slots__ = ("condition",)

    def __init__(self, condition: Expression, name: str | None = None) -> None:
        self.condition = condition
        self.name = name


class Exclude(Constraint):
    """No two rows of which all operators are true."""

    __slots__ = ("deferral", "definition", "elements", "method", "where")

    def __init__(
        self,
        elements: tuple[tuple[Expression, str], ...],
        method: str,
        where: Expression | None,
        deferral: Initially | None,
        name: str | None = None,
        definition: str | None = None,
    ) -> None:
        self.definition = definition
        self.elements = elements
        self.method = method
        self.where = where
        self.deferral = deferral
        self.name = name


class ForeignKey(Constraint):
    """The columns hold a key of another table."""

    __slots__ = ("columns", "reference")

    def __init__(self, columns: tuple[Expression, ...], reference: Reference, name: str | None = None) -> None:
        self.columns = columns
        self.reference = reference
        self.name = name


class Index(Constraint):
    """An index."""

    __slots__ = (
        "concurrently",
        "include",
        "keys",
        "method",
        "nulls_distinct",
        "operator_classes",
        "options",
        "unique",
        "where",
    )

    def __init__(
        self,
        keys: tuple[Node, ...],
        unique: bool,
        where: Expression | None,
        include: tuple[Expression, ...],
        name: str | None = None,
        method: str | None = None,
        operator_classes: tuple[str | None, ...] = (),
        options: Mapping[str, object] | None = None,
        nulls_distinct: bool = True,
        concurrently: bool = False,
    ) -> None:
        self.keys = keys
        self.unique = unique
        self.where = where
        self.include = include
        self.name = name
        self.method = method
        self.operator_classes = operator_classes
        self.options = dict(options or {})
        self.nulls_distinct = nulls_distinct
        self.concurrently = concurrently


def primary_key(
    *columns: Column[Any, Any, Any],
    include: tuple[Column[Any, Any, Any], ...] = (),
    deferrable: bool = False,
    initially: Initially | None = None,
    on_conflict: Resolution | None = None,
    name: str | None = None,
) -> PrimaryKey:
    """A primary key of several columns: `key = primary_key(album_id, position)`. The rest is as of `unique`."""
    nodes = _nodes("primary_key", columns)
    put_off, carried = deferral(deferrable, initially), _nodes("include", include) if include else ()
    return PrimaryKey(nodes, name, put_off, carried, on_conflict=on_conflict)


def unique(
    *columns: Column[Any, Any, Any],
    include: tuple[Column[Any, Any, Any], ...] = (),
    nulls_distinct: bool = True,
    deferrable: bool = False,
    initially: Initially | None = None,
    on_conflict: Resolution | None = None,
    name: str | None = None,
) -> Unique:
    """A unique constraint over several columns: `unique(artist_id, title)`.

    PostgreSQL can check it at the end of a transaction (`deferrable`, or `initially="deferred"`), take one NULL for
    equal to another (`nulls_distinct=False`), and keep other columns beside it (`include`, which SQLite leaves out).
    `on_conflict` is what SQLite does with a row that breaks it.
    """
    nodes = _nodes("unique", columns)
    put_off, carried = deferral(deferrable, initially), _nodes("include", include) if include else ()
    return Unique(nodes, name, put_off, carried, nulls_distinct, on_conflict)


def check(*conditions: Expr[bool | None], name: str | None = None) -> Check:
    """A condition over the row: `check(ends > starts)`."""
    condition = conjunction(None, conditions)
    if condition is None:
        raise SchemaError("check() needs a condition")
    return Check(condition, name)


def exclude(
    *elements: tuple[Expr[Any, Any], str],
    method: str = "gist",
    where: Expr[bool | None] | None = None,
    deferrable: bool = False,
    initially: Initially | None = None,
    definition: str | None = None,
    name: str | None = None,
) -> Exclude:
    """No two rows for which all of the operators are true (PostgreSQL): `exclude((room, "="), (during, "&&"))`.

    `definition` is all of it as SQL instead: `EXCLUDE USING gist (room WITH =)`.
    """
    if bool(elements) == (definition is not None):
        raise SchemaError("exclude() needs a column with an operator")
    for _, operator in elements:
        if not operator or not OPERATOR.issuperset(operator):
            raise SchemaError(f"exclude(): {operator!r} is no operator")
    return Exclude(
        tuple([(expression.node, operator) for expression, operator in elements]),
        method,
        None if where is None else where.node,
        deferral(deferrable, initially),
        name,
        definition,
    )


def foreign_key(
    *columns: Column[Any, Any, Any],
    references: Callable[[], tuple[Column[Any, Any, Any], ...]],
    on_delete: Action | None = None,
    on_update: Action | None = None,
    deferrable: bool = False,
    initially: Initially | None = None,
    match: Match | None = None,
    name: str | None = None,
) -> ForeignKey:
    """A foreign key of several columns: `foreign_key(a, b, references=lambda: (Other.a, Other.b))`."""
    reference = Reference(references, on_delete, on_update, deferral(deferrable, initially), match)
    return ForeignKey(_nodes("foreign_key", columns), reference, name)


def index(
    *keys: Expr[Any, Any] | Ordering[Any],
    unique: bool = False,
    where: Expr[bool | None] | None = None,
    include: tuple[Column[Any, Any, Any], ...] = (),
    method: str | None = None,
    operator_class: str | Sequence[str | None] | None = None,
    options: Mapping[str, object] | None = None,
    nulls_distinct: bool = True,
    concurrently: bool = False,
    name: str | None = None,
) -> Index:
    """An index over columns or expressions, in either direction.

        by_artist = index(artist_id, released.desc())
        by_title = index(fn.lower(title), unique=True, where=deleted_at.is_null())
        by_tags = index(tags, method="gin")

    What only PostgreSQL has: `include` are columns that it keeps in the index for index-only reads, `method` is the
    kind of index, `operator_class` how it compares (one for all keys, or one for each), `options` are storage
    parameters (`{"fillfactor": 70}`), and a migration builds it `concurrently`. SQLite leaves these out. With
    `nulls_distinct=False` a unique index of PostgreSQL takes one NULL for equal to another.
    """
    if not keys:
        raise SchemaError("index() needs a column or an expression")
    classes = (operator_class,) * len(keys) if isinstance(operator_class, str) else tuple(operator_class or ())
    if classes and len(classes) != len(keys):
        raise SchemaError(f"index() has {len(keys)} keys, and {len(classes)} operator classes")
    return Index(
        tuple([key.node for key in keys]),
        unique,
        None if where is None else where.node,
        _nodes("include", include) if include else (),
        name,
        method,
        classes,
        options,
        nulls_distinct,
        concurrently,
    )


def _nodes(what: str, columns: tuple[Column[Any, Any, Any], ...]) -> tuple[Expression, ...]:
    if not columns or not all(isinstance(column, Column) for column in columns):
        raise SchemaError(f"{what}() takes columns of this table")
    return tuple([column.node for column in columns])
