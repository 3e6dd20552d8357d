"""A wrong declaration is refused where the class is defined, in words that name table and column."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum, IntEnum
from typing import Any

import pytest

from qb import Table, alias, check, col, fn, foreign_key, index, primary_key, unique
from qb.errors import SchemaError


class Other(Table, name="others"):
    id = col.integer().primary_key()
    name = col.text()


class Number(IntEnum):
    ONE = 1


class Empty(Enum):
    pass


def declare(
    name: str = "Wrong", /, bases: tuple[type, ...] = (Table,), *, keywords: dict[str, Any] | None = None, **body: Any
) -> Any:
    return type(name, bases, body, **(keywords or {}))


def same_column_twice() -> Any:
    column = col.integer()
    return declare(a=column, b=column)


def default_of_column() -> Any:
    a = col.integer()
    return declare(a=a, b=col.integer().default_sql(a))  # type: ignore[qb-scope]  # a mistake on purpose


def over(make: Callable[..., Any], **columns: Any) -> Any:
    """A table with columns, and what is made of them."""
    return declare(**columns, made=make(*columns.values()))


def long_index() -> None:
    title = col.text()
    type("Long", (Table,), {"title": title, "x" * 64: index(title)})


MISTAKES: list[tuple[Callable[[], Any], str]] = [
    (lambda: declare(), "Wrong has no columns"),
    (lambda: declare(a=col.text("x"), b=col.text("X")), r"Wrong\.b and Wrong\.a are both named 'X'"),
    (lambda: declare(a=col.text(), b=col.text("a")), r"Wrong\.b and Wrong\.a are both named 'a'"),
    (same_column_twice, r"Wrong\.b is the same column as Wrong\.a"),
    (lambda: declare(a=col.text("x\0")), r"Wrong\.a: the name 'x\\x00' holds a NUL"),
    (lambda: declare(a=col.text("x" * 64)), r"Wrong\.a: the name .* more than 63 bytes"),
    (lambda: declare(a=col.text("é" * 32)), r"Wrong\.a: the name .* more than 63 bytes"),
    (lambda: declare(a=col.text(5)), r"Wrong\.a: the name is 5"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: declare(a=col.text(renamed_from="")), r"Wrong\.a: the name is ''"),
    (lambda: declare(a=col.text(), keywords={"name": "x\0"}), "Wrong: the name 'x.x00' holds a NUL"),
    (lambda: declare(a=col.text(), keywords={"name": "x" * 64}), "Wrong: the name .* more than 63 bytes"),
    (lambda: declare(a=col.text(), keywords={"schema": ""}), "Wrong: the name is ''"),
    (lambda: declare(a=col.text(), keywords={"renamed_from": "\0"}), "Wrong: the name .* NUL"),
    (
        lambda: declare(a=col.integer().primary_key(), b=col.text().primary_key()),
        r"Wrong has two primary keys \(a, b\).*primary_key\(a, b\)",
    ),
    (
        lambda: over(lambda a, b: primary_key(a, b), a=col.integer().primary_key(), b=col.text()),
        "Wrong has two primary keys",
    ),
    (lambda: declare(a=col.integer().primary_key().nullable()), r"Wrong\.a is the primary key and cannot be nullable"),
    (
        lambda: over(lambda a, b: primary_key(a, b), a=col.integer(), b=col.text().nullable()),
        r"Wrong\.b is in the primary key",
    ),
    (lambda: over(lambda a: a + 1, a=col.integer()), r"Wrong\.made is an expression, not a column"),
    (lambda: over(lambda a: a.desc(), a=col.integer()), r"Wrong\.made is a sort key"),
    (
        lambda: declare(a=col.integer(), made=unique(Other.id)),
        r'Wrong\.made uses "others"\."id", a column of another table',
    ),
    (lambda: declare(a=col.integer(), made=index(col.text())), r"Wrong\.made uses a column that is not in Wrong"),
    (lambda: declare(a=col.integer(), made=check(Other.id > 1)), r'Wrong\.made uses "others"'),
    (lambda: declare(a=col.integer().check(lambda a: Other.id > 1)), r'Wrong\.a uses "others"'),
    (lambda: declare(a=col.integer().generated(Other.id + 1)), r'Wrong\.a uses "others"'),
    (lambda: declare(a=col.integer().default_sql(Other.id)), r'Wrong\.a uses "others"'),  # type: ignore[qb-scope]  # a mistake on purpose
    (
        lambda: over(lambda a: check(fn.max(a) > 1), a=col.integer()),  # type: ignore[qb-group]  # a mistake on purpose
        r"Wrong\.made has an aggregate, but it is about one row",
    ),
    (lambda: over(lambda a: index(fn.rank().over(order_by=a)), a=col.integer()), "made has a function over a window"),  # type: ignore[qb-type]  # a mistake on purpose
    (lambda: declare(a=col.integer().generated(fn.count())), r"Wrong\.a has an aggregate"),  # type: ignore[qb-group]  # a mistake on purpose
    (lambda: declare(a=col.integer().check(lambda a: a > fn.count())), r"Wrong\.a has an aggregate"),  # type: ignore[qb-group]  # a mistake on purpose
    (lambda: declare(a=col.integer().default_sql(fn.count())), r"Wrong\.a has an aggregate"),  # type: ignore[qb-group]  # a mistake on purpose
    (default_of_column, r"Wrong\.b: a default reads no columns, because there is no row yet: use \.generated"),
    (
        lambda: declare(a=col.integer().generated(Other.id).default(1)),
        r"Wrong\.a is generated and cannot have a default",
    ),
    (lambda: declare(bases=(Other,), a=col.integer()), "Wrong inherits from the table Other.*mixin"),
    (
        lambda: declare(a=col.integer().references(lambda: Other.nothing)),  # type: ignore[qb-name]  # a mistake on purpose
        r"Wrong\.a references a column that does not exist.*nothing",
    ),
    (lambda: declare(a=col.integer().references(lambda: 5)), r"Wrong\.a references 5, which is not a column"),  # type: ignore[arg-type,return-value]  # a mistake on purpose
    (lambda: declare(a=col.integer().references(lambda: Other)), r"Wrong\.a references .* which is not a column"),  # type: ignore[arg-type,return-value]  # a mistake on purpose
    (
        lambda: declare(a=col.text().references(lambda: Other.id)),  # type: ignore[qb-type]  # a mistake on purpose
        r"Wrong\.a is text, but the column it references is integer",
    ),
    (lambda: declare(a=col.integer().references(lambda: alias(Other, "o").id)), r"Wrong\.a references .* alias"),
    (
        lambda: over(
            lambda a, b: foreign_key(a, b, references=lambda: (Other.id,)),  # type: ignore[qb-type]  # a mistake on purpose
            a=col.integer(),
            b=col.text(),
        ),
        r"Wrong\.a, Wrong\.b references 1 columns",
    ),
    (
        lambda: over(
            lambda a: foreign_key(a, references=lambda: (Other.id, Other.name)),  # type: ignore[qb-type]  # a mistake on purpose
            a=col.integer(),
        ),
        r"Wrong\.a references 2 columns",
    ),
    (lambda: declare(a=col.integer(), i=index(col.integer(), name="x")), "Wrong"),
    (long_index, r"Long\.x+: the name .* 63 bytes"),
    (lambda: over(lambda a: index(a, name="x\0"), a=col.integer()), r"Wrong\.made: the name .* NUL"),
    (lambda: declare(**{"a" * 40: col.integer(), "b": check(Other.id > 0)}, keywords={"name": "t" * 63}), "Wrong"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: declare(a=col.integer().default("x")), r"Wrong\.a: the default 'x' does not fit integer"),  # type: ignore[qb-type]  # a mistake on purpose
    (
        lambda: declare(a=col.numeric(5, 2).default(Decimal("0.001"))),
        r"Wrong\.a: the default .*0\.001.* does not fit numeric\(5, 2\)",
    ),
    (lambda: declare(a=col.text().default(5)), r"Wrong\.a: the default 5 does not fit text"),  # type: ignore[qb-type]  # a mistake on purpose
    (lambda: declare(a=col.boolean().default(1)), r"Wrong\.a: the default 1 does not fit boolean"),  # type: ignore[qb-type]  # a mistake on purpose
]


@pytest.mark.parametrize(("mistake", "message"), MISTAKES)
def test_a_mistake_is_told_where_it_is_made(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        mistake()


def test_two_constraints_of_one_name() -> None:
    with pytest.raises(SchemaError, match="Wrong has two constraints or indexes named 'X'"):
        a = col.integer()
        declare(a=a, one=unique(a, name="x"), two=index(a, name="X"))


EARLY: list[tuple[Callable[[], Any], str]] = [
    (lambda: col.varchar(0), "at least 1"),
    (lambda: col.numeric(2, 3), "0 <= scale <= precision"),
    (lambda: col.numeric(0, 0), "1 <= precision"),
    (lambda: col.numeric(5, -1), "0 <= scale"),
    (lambda: col.enum(Number), r"col\.enum\(Number\): the members need string values"),
    (lambda: col.enum(Empty), r"col\.enum\(Empty\)"),
    (lambda: col.integer().references(lambda: Other.id, on_delete="drop"), "'drop' is no action"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: col.integer().references(lambda: Other.id, on_update="cascade; --"), "is no action"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: check(), "needs a condition"),
    (lambda: index(), "needs a column"),
    (lambda: unique(), "takes columns"),
    (lambda: unique("a"), "takes columns"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: primary_key(Other.id + 1), "takes columns"),  # type: ignore[arg-type]  # a mistake on purpose
    (lambda: Other.id.nullable(), "'id' is declared already"),
    (lambda: alias(Other, ""), "the alias of Other: the name is ''"),
    (lambda: alias(Other, "a\0"), "the alias of Other: .* NUL"),
    (lambda: alias(Other, "a" * 64), "the alias of Other: .* 63 bytes"),
]


@pytest.mark.parametrize(("mistake", "message"), EARLY)
def test_a_mistake_that_shows_at_once(mistake: Callable[[], Any], message: str) -> None:
    with pytest.raises(SchemaError, match=message):
        mistake()


def test_a_reference_to_what_is_never_defined() -> None:
    class Lonely(Table):
        id = col.integer().primary_key()
        other_id = col.integer().references(lambda: Nowhere.id)  # type: ignore[name-defined]  # noqa: F821  # a mistake on purpose

    from qb.dialect import find_dialect

    with pytest.raises(SchemaError, match=r"Lonely\.other_id references what is not defined: .*Nowhere"):
        find_dialect("sqlite").ddl().create([Lonely])


def test_a_table_has_no_instances() -> None:
    with pytest.raises(TypeError, match="Other describes a table and has no instances"):
        Other()
