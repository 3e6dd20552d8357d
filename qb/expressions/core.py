"""Expressions: Python operators and methods that build SQL syntax.

Every `Expr` wraps one node. Values beside an expression become parameters of that expression's SQL type.

The operands are typed `object` on purpose: the mypy plugin checks them, with SQL's rules and in SQL's words,
and other checkers must not report what SQL allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from types import GenericAlias
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, TypeVar

from qb import types
from qb.errors import CompileError
from qb.nodes import (
    Absent,
    Affix,
    Between,
    Binary,
    Collate,
    Comparison,
    Compound,
    Distinction,
    Exists,
    Expression,
    In,
    IsNull,
    Label,
    Like,
    Match,
    Null,
    Order,
    Parameter,
    Projection,
    Select,
    Subquery,
    Unary,
)
from qb.queries import Query
from qb.symbols import Symbol
from qb.types import BOOLEAN, TEXT, TEXTS, Array, SqlType
from qb.typevars import Name, Refs, Value

T = TypeVar("T")


class Expr(Generic[Value, Refs]):
    """A typed SQL expression: `Expr[int]` has an int for its value, `Expr[int | None]` may be NULL.

        (Album.plays + 1 > 100) & Album.title.startswith("A")

    `&`, `|` and `~` are AND, OR and NOT. An expression has no truth value: `and`, `or`, `not`, `in` and
    chained comparisons raise TypeError.
    """

    __slots__ = ("node",)

    def __init__(self, node: Expression) -> None:
        self.node = node

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    # Comparison

    def __eq__(self, other: object) -> Expr[bool, Refs]:  # type: ignore[override]  # builds SQL
        """`a == b` is `a = b`; with None it is `a IS NULL`."""
        if other is None:
            return Expr(IsNull(self.node, False))
        return Expr(Comparison("=", self.node, self._beside(other)))

    def __ne__(self, other: object) -> Expr[bool, Refs]:  # type: ignore[override]  # builds SQL
        """`a != b` is `a <> b`; with None it is `a IS NOT NULL`."""
        if other is None:
            return Expr(IsNull(self.node, True))
        return Expr(Comparison("<>", self.node, self._beside(other)))

    def __lt__(self, other: object) -> Expr[bool, Refs]:
        return self._compare("<", other)

    def __le__(self, other: object) -> Expr[bool, Refs]:
        return self._compare("<=", other)

    def __gt__(self, other: object) -> Expr[bool, Refs]:
        return self._compare(">", other)

    def __ge__(self, other: object) -> Expr[bool, Refs]:
        return self._compare(">=", other)

    __hash__ = object.__hash__

    def is_null(self) -> Expr[bool, Refs]:
        """`a IS NULL`."""
        return Expr(IsNull(self.node, False))

    def is_not_null(self) -> Expr[bool, Refs]:
        """`a IS NOT NULL`."""
        return Expr(IsNull(self.node, True))

    def is_distinct_from(self, other: object) -> Expr[bool, Refs]:
        """`a IS DISTINCT FROM b`: like `!=`, but NULL is a value that is equal to itself."""
        return Expr(Distinction("IS DISTINCT FROM", self.node, self._beside(other)))

    def is_not_distinct_from(self, other: object) -> Expr[bool, Refs]:
        """`a IS NOT DISTINCT FROM b`: like `==`, but NULL is a value that is equal to itself."""
        return Expr(Distinction("IS NOT DISTINCT FROM", self.node, self._beside(other)))

    def in_(self, options: Iterable[T] | Query[Any]) -> Expr[bool, Refs]:
        """`a IN (…)`: of values, expressions, or a one-column select. An empty list is false; None in it means
        `OR a IS NULL`.
        """
        return Expr(self._in(options, False))

    def not_in(self, options: Iterable[T] | Query[Any]) -> Expr[bool, Refs]:
        """`a NOT IN (…)`. An empty list is true; None in it means `AND a IS NOT NULL`."""
        return Expr(self._in(options, True))

    def between(self, low: object, high: object) -> Expr[bool, Refs]:
        """`a BETWEEN low AND high`: both ends belong to it."""
        return Expr(Between(self.node, self._beside(low), self._beside(high), False))

    def not_between(self, low: object, high: object) -> Expr[bool, Refs]:
        """`a NOT BETWEEN low AND high`."""
        return Expr(Between(self.node, self._beside(low), self._beside(high), True))

    # Text

    def like(self, pattern: object) -> Expr[bool, Refs]:
        """`a LIKE pattern`, where `%` and `_` are wildcards. SQLite ignores the case of ASCII letters."""
        return Expr(Like(self.node, operand(pattern, TEXT), False, False))

    def not_like(self, pattern: object) -> Expr[bool, Refs]:
        """`a NOT LIKE pattern`."""
        return Expr(Like(self.node, operand(pattern, TEXT), True, False))

    def ilike(self, pattern: object) -> Expr[bool, Refs]:
        """LIKE without regard to case (on SQLite: to the case of ASCII letters)."""
        return Expr(Like(self.node, operand(pattern, TEXT), False, True))

    def not_ilike(self, pattern: object) -> Expr[bool, Refs]:
        """NOT LIKE without regard to case."""
        return Expr(Like(self.node, operand(pattern, TEXT), True, True))

    def matches(self, pattern: object, *, ignore_case: bool = False) -> Expr[bool, Refs]:
        """Whether a regular expression fits somewhere in the text.

            Artist.name.matches("^J.*i$")      -- "artists"."name" ~ ?

        Each engine has its own kind of them (PostgreSQL's POSIX, on SQLite Python's `re`): what they share is
        `. * + ? | ^ $ ( ) [ ]`, counts in braces, `\\d`, `\\s` and `\\w`. D1 has none.
        """
        return Expr(Match(self._text(".matches()"), operand(pattern, TEXT), False, ignore_case))

    def not_matches(self, pattern: object, *, ignore_case: bool = False) -> Expr[bool, Refs]:
        """Whether a regular expression fits nowhere in the text."""
        return Expr(Match(self._text(".not_matches()"), operand(pattern, TEXT), True, ignore_case))

    def collate(self, name: str) -> Expr[Value, Refs]:
        """The text as it compares and sorts under a collation of the engine.

            Artist.name.collate("nocase")      -- "artists"."name" COLLATE "nocase"

        SQLite has nocase, rtrim and binary; PostgreSQL has "C" and those of `pg_collation`.
        """
        return Expr(Collate(self._text(".collate()"), name))

    def startswith(self, prefix: object) -> Expr[bool, Refs]:
        """Whether the text starts with `prefix`: case counts, and no character is a wildcard."""
        return Expr(Affix(self.node, operand(prefix, TEXT), "prefix"))

    def endswith(self, suffix: object) -> Expr[bool, Refs]:
        """Whether the text ends with `suffix`: case counts, and no character is a wildcard."""
        return Expr(Affix(self.node, operand(suffix, TEXT), "suffix"))

    def contains(self, part: object) -> Expr[bool, Refs]:
        """Whether `part` is somewhere in the text: case counts, and no character is a wildcard."""
        return Expr(Affix(self.node, operand(part, TEXT), "substring"))

    # Parts of documents

    def __getitem__(self, key: str | int) -> Expr[Any, Refs]:
        """The part of a JSON document under a key, or at an index of a list: `User.settings["colors"][0]`.

        Its type follows from the document's Python type. Negative indexes count from the end. NULL where there
        is no such part, or where it is JSON's null. Raises CompileError for a key that the document's type does
        not have, and for an expression that is no JSON document.
        """
        from qb.expressions.json_paths import part_of

        return Expr(part_of(self.node, key))

    __iter__: ClassVar[None] = None
    """Not a sequence, although it has parts."""

    def has_key(self, key: str) -> Expr[bool, Refs]:
        """Whether a JSON object has a key, be its value null or not."""
        from qb.expressions.json_paths import key_test

        return Expr(key_test(self.node, key))

    def json_contains(self, part: object) -> Expr[bool, Refs]:
        """Whether a JSON document holds another one: `User.settings.json_contains({"theme": "dark"})` (PostgreSQL)."""
        from qb.expressions.json_paths import ANYTHING, containment

        return Expr(containment(self.node, operand(part, ANYTHING)))

    # PostgreSQL's arrays

    def has(self, value: object) -> Expr[bool, Refs]:
        """Whether an array has an item: `$1 = ANY (tags)` (PostgreSQL)."""
        from qb.expressions.arrays import array_type, item_test

        return Expr(item_test(self.node, operand(value, array_type(self.node).item)))

    def contains_all(self, items: object) -> Expr[bool, Refs]:
        """Whether an array has all the items of a list or of another array: `tags @> $1` (PostgreSQL)."""
        return self._array_test("array_contains", items)

    def contained_by(self, items: object) -> Expr[bool, Refs]:
        """Whether all items of an array are in a list or in another array: `tags <@ $1` (PostgreSQL)."""
        return self._array_test("array_contained", items)

    def overlaps(self, items: object) -> Expr[bool, Refs]:
        """Whether an array has an item of a list or of another array: `tags && $1` (PostgreSQL)."""
        return self._array_test("array_overlaps", items)

    def _array_test(self, name: str, items: object) -> Expr[bool, Refs]:
        from qb.expressions.arrays import array_test, array_type

        return Expr(array_test(name, self.node, operand(items, array_type(self.node))))

    # Arithmetic

    def __add__(self, other: object) -> Expr[Value, Refs]:
        """Sum, or `||` between texts."""
        return self._arithmetic("+", self.node, other)

    def __radd__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("+", other, self.node)

    def __sub__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("-", self.node, other)

    def __rsub__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("-", other, self.node)

    def __mul__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("*", self.node, other)

    def __rmul__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("*", other, self.node)

    def __truediv__(self, other: object) -> Expr[float, Refs]:
        """True division: always a float, on every engine."""
        return self._arithmetic("/", self.node, other)

    def __rtruediv__(self, other: object) -> Expr[float, Refs]:
        return self._arithmetic("/", other, self.node)

    def __floordiv__(self, other: object) -> Expr[Value, Refs]:
        """Integer division, truncating toward zero as SQL does (Python's own rounds down)."""
        return self._arithmetic("//", self.node, other)

    def __rfloordiv__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("//", other, self.node)

    def __mod__(self, other: object) -> Expr[Value, Refs]:
        """Remainder, with the sign of the dividend as in SQL (Python's has the divisor's)."""
        return self._arithmetic("%", self.node, other)

    def __rmod__(self, other: object) -> Expr[Value, Refs]:
        return self._arithmetic("%", other, self.node)

    def __neg__(self) -> Expr[Value, Refs]:
        return Expr(Unary("-", self.node, self.node.type))

    # Logic

    def __and__(self, other: Expr[bool | None]) -> Expr[bool, Refs]:
        return Expr(joined("AND", self.node, other.node))

    def __or__(self, other: Expr[bool | None]) -> Expr[bool, Refs]:
        return Expr(joined("OR", self.node, other.node))

    def __invert__(self) -> Expr[bool, Refs]:
        if self.node.__class__ is Absent:
            return Expr(self.node)
        return Expr(Unary("NOT", self.node, BOOLEAN))

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a SQL expression has no truth value: write & | ~ for and/or/not, "
            "(a < b) & (b < c) for a chained comparison, and .in_(…) for in"
        )

    def __contains__(self, item: object) -> NoReturn:
        raise TypeError("write .contains(…) for a part of a text, or .in_(…) for one of several")

    # Projection and order

    def as_(self, name: str) -> Labeled[Value, Refs, Any]:
        """`a AS "name"`: the row has an attribute of this name."""
        if not isinstance(name, str):
            raise TypeError(f"a label is a text, not {name!r}")
        return Labeled(Label(self.node, name))

    def asc(self) -> Ordering[Refs]:
        """Sort upwards."""
        return Ordering(Order(self.node, False))

    def desc(self) -> Ordering[Refs]:
        """Sort downwards."""
        return Ordering(Order(self.node, True))

    # Inside

    def _beside(self, value: object) -> Expression:
        """What stands beside this expression in a comparison. Raises CompileError when engines differ on it."""
        own = self.node.type
        if value.__class__ is own.python:
            return Parameter(value, own)
        other = operand(value, own)
        if other.type is not own and not types.comparable(own, other.type):
            beside = value if isinstance(value, Expr) else value.__class__.__name__
            raise CompileError(f"{self} is {own!r} and cannot be compared with {beside} ({other.type!r})")
        return other

    def _text(self, method: str) -> Expression:
        """This expression, which has to be a text."""
        if self.node.type.kind not in TEXTS and self.node.type.kind != "any":
            raise CompileError(f"{self} is {self.node.type!r}, but {method} is for text")
        return self.node

    def _compare(self, operator: str, other: object) -> Expr[bool, Refs]:
        if other is None:
            raise CompileError(f"nothing is {operator} NULL: compare with == None or .is_null()")
        return Expr(Comparison(operator, self.node, self._beside(other)))

    def _in(self, options: Iterable[object] | Query[Any], negated: bool) -> Expression:
        node = self.node
        if isinstance(options, Query):
            return In(node, one_column(options), negated)
        if isinstance(options, Symbol) and isinstance(options, Iterable):
            return In(node, Parameter(options, Array(node.type)), negated)
        if isinstance(options, (str, bytes)):
            raise TypeError(f"in_ takes a list of values, not one {type(options).__name__}: in_([…])")
        options = list(options)
        found = In(node, tuple([self._beside(option) for option in options if option is not None]), negated)
        if not any(option is None for option in options):
            return found
        # NULL in the list itself would match nothing, and make NOT IN false for every row.
        return Binary("AND" if negated else "OR", found, IsNull(node, negated), BOOLEAN)

    @staticmethod
    def _arithmetic(operator: str, left: object, right: object) -> Expr[Any, Any]:
        from qb import type_rules

        if isinstance(left, Expression):
            right = operand(right, left.type)
        else:
            assert isinstance(right, Expression)
            left = operand(left, right.type)
        if operator == "+" and left.type.kind in TEXTS:
            type_rules.check_text(right.type)
            return Expr(Binary("||", left, right, TEXT))
        if operator == "+" and left.type.kind == "array":
            from qb.expressions.arrays import concatenation

            return Expr(concatenation(left, right))
        return Expr(Binary(operator, left, right, type_rules.arithmetic(operator, left.type, right.type)))

    def __repr__(self) -> str:
        try:
            text = str(self)
        except CompileError as error:  # what is shown while debugging may be no SQL
            text = f"that does not compile: {error}"
        return f"<{type(self).__name__} {text}>"

    def __str__(self) -> str:
        from qb.compiler import Compiler

        return Compiler().compile(self.node)[0]


class Labeled(Expr[Value, Refs], Generic[Value, Refs, Name]):
    """An expression with an output name."""

    __slots__ = ()


class SourceColumn(Expr[Value, Refs]):
    """A column of a sub-query, of a common table expression or of values."""

    __slots__ = ()


class Ordering(Generic[Refs]):
    """A sort key with its direction."""

    __slots__ = ("node",)

    if not TYPE_CHECKING:
        __class_getitem__ = classmethod(GenericAlias)

    def __init__(self, node: Order) -> None:
        self.node = node

    def nulls_first(self) -> Ordering[Refs]:
        """NULLs before all values, on every engine."""
        return Ordering(Order(self.node.operand, self.node.descending, "FIRST"))

    def nulls_last(self) -> Ordering[Refs]:
        """NULLs after all values, on every engine."""
        return Ordering(Order(self.node.operand, self.node.descending, "LAST"))


def literal(value: T) -> Expr[T]:
    """A value as an expression of its own: `select(literal(1).as_("one"))`. It is bound, not written."""
    return Expr(Parameter(value, types.of_value(value)))


def exists(query: Query[Any]) -> Expr[bool]:
    """Whether a query finds a row.

    exists(select(Album).where(Album.plays > 100))      -- EXISTS (SELECT 1 FROM "albums" WHERE "albums"."plays" > ?)
    """
    return Expr(Exists(select_of(query)))


def operand(value: object, beside: SqlType) -> Expression:
    """The node of an expression, or a parameter of the type of what stands beside it."""
    if isinstance(value, Expr):
        return value.node
    if value.__class__ is beside.python:
        return Parameter(value, beside)
    if value is None:
        return Null(beside)
    if isinstance(value, Query):
        raise TypeError("a select is a value only as .scalar_subquery()")
    return Parameter(value, types.of_parameter(value, beside))


def joined(operator: str, left: Expression, right: Expression) -> Expression:
    """`left AND right` or `left OR right`; the other one where one is left out."""
    if right.__class__ is Absent:
        return left
    return right if left.__class__ is Absent else Binary(operator, left, right, BOOLEAN)


def conjunction(condition: Expression | None, predicates: Iterable[Expr[bool | None]]) -> Expression | None:
    """`condition` AND each of the predicates that is not left out."""
    for predicate in predicates:
        node = expression(predicate, "condition")
        if node.__class__ is not Absent:
            condition = node if condition is None else Binary("AND", condition, node, BOOLEAN)
    return condition


def expression(value: object, what: str) -> Expression:
    """The node of an expression. Raises TypeError for anything else, whatever attributes it has."""
    if not isinstance(value, Expr):
        raise TypeError(f"a {what} is a SQL expression, not {type(value).__name__} ({value!r})")
    return value.node


def select_of(query: Query[Any]) -> Select | Compound:
    """The node of a select or a set operation; other statements are no sub-queries."""
    node = query.node
    if isinstance(node, (Select, Compound)):
        refuse_nested(node.projection)
        return node
    raise CompileError(f"a sub-query is a select, not {type(query).__name__}")


def refuse_nested(projection: Projection) -> None:
    """Raise CompileError where rows have rows inside, and SQL goes on with them."""
    for item in projection:
        if isinstance(item, Expression) and item.type.kind == "rows":
            raise CompileError("many() and one() give rows to the program: a sub-query has no use for them")


def one_column(query: Query[Any]) -> Subquery:
    """A select of one column as an operand."""
    select = select_of(query)
    column = select.projection[0]
    if len(select.projection) != 1 or not isinstance(column, Expression):
        raise TypeError("a sub-query selects one column here")
    return Subquery(select, column.type)
