"""Statements that see a part of each table: rows that were not deleted, rows of one tenant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

import pytest

from qb import (
    Database,
    Expr,
    NewRow,
    Table,
    alias,
    col,
    delete,
    exists,
    fn,
    insert,
    literal,
    many,
    merge,
    narrowed,
    select,
    sql,
    update,
)
from qb.errors import CompileError
from qb.nodes import Node, Parameter
from qb.queries import Compilable
from tests.features import feature
from tests.sql.schema import Artist

S = TypeVar("S", bound=Compilable)


class Owner(Table, name="owners"):
    id = col.integer().primary_key(generated=False)
    name = col.text()
    deleted_at = col.date("gone").nullable()


class Pet(Table, name="pets"):
    id = col.integer().primary_key(generated=False)
    owner_id = col.integer().references(lambda: Owner.id)
    name = col.text()
    tenant_id = col.integer().default(1)
    deleted_at = col.date().nullable()


class Toy(Table, name="toys"):
    """Of which all rows may be seen."""

    id = col.integer().primary_key(generated=False)
    pet_id = col.integer()


def live(columns: Mapping[str, Expr[Any]]) -> Expr[bool] | None:
    return columns["deleted_at"].is_null() if "deleted_at" in columns else None


def of_tenant(number: int) -> Callable[[Mapping[str, Expr[Any]]], Expr[bool] | None]:
    return lambda columns: columns["tenant_id"] == number if "tenant_id" in columns else None


def visible(statement: S) -> S:
    return statement.transformed(partial(narrowed, condition=live))


OWNERS: list[NewRow[Owner]] = [{"id": 1, "name": "Ann"}, {"id": 2, "name": "Bob"}, {"id": 3, "name": "Cem"}]
PETS: list[NewRow[Pet]] = [
    {"id": 1, "owner_id": 1, "name": "Rex"},
    {"id": 2, "owner_id": 1, "name": "Tom"},
    {"id": 3, "owner_id": 2, "name": "Joe", "tenant_id": 2},
    {"id": 4, "owner_id": 3, "name": "Kit"},
]


@pytest.fixture
async def pets(database: Database) -> Database:
    """Cem is deleted, and so are Tom and Joe."""
    for table in ("toys", "pets", "owners"):
        await database.execute(sql(f"DROP TABLE IF EXISTS {table}"))
    await database.create_tables(Owner, Pet, Toy)
    await database.execute(insert(Owner).values_many(OWNERS))
    await database.execute(insert(Pet).values_many(PETS))
    await database.execute(insert(Toy).values_many([{"id": 1, "pet_id": 1}, {"id": 2, "pet_id": 2}]))
    await database.execute(update(Owner).set(deleted_at=fn.current_date()).where(Owner.id == 3))
    await database.execute(update(Pet).set(deleted_at=fn.current_date()).where(Pet.id.in_([2, 3])))
    return database


LIVE = '"pets"."deleted_at" IS NULL'


@feature("Composition", "a condition for all tables that have a column (transformed, narrowed)")
async def test_every_place_of_a_select(pets: Database) -> None:
    owned = Pet.owner_id == Owner.id
    other = alias(Pet, "other")
    both = select(Owner.name, Pet.name.as_("pet"))
    counted = select(Pet.owner_id, fn.count().as_("n")).group_by(Pet.owner_id)
    sub, cte = counted.subquery("sub"), counted.cte("cte")
    chain = select(Pet.id).where(Pet.id == 1)
    tree = chain.recursive_cte(
        "tree", lambda tree: select(Pet.id).join(tree, on=Pet.id == tree.id + 1).where(Pet.id < 9)
    )
    number = select(fn.count()).from_(Pet).where(owned).scalar_subquery()
    rows: list[tuple[Any, list[tuple[object, ...]]]] = [
        (select(Pet.name), [("Rex",), ("Kit",)]),
        (select(Pet.name).where((Pet.id == 2) | (Pet.id == 1)), [("Rex",)]),
        (both.join(Pet, on=owned), [("Ann", "Rex")]),
        (both.left_join(Pet, on=owned), [("Ann", "Rex"), ("Bob", None)]),
        (both.from_(Owner).right_join(Pet, on=owned), [("Ann", "Rex"), (None, "Kit")]),
        (select(Owner.id, other.id.as_("other")).from_(Owner).cross_join(other).where(Owner.id == 1), [(1, 1), (1, 4)]),
        (select(Toy.id).left_join(Pet, on=Toy.pet_id == Pet.id).where(Pet.id.is_null()), [(2,)]),
        (select(sub.owner_id, sub.n), [(1, 1), (3, 1)]),
        (select(cte.owner_id, cte.n), [(1, 1), (3, 1)]),
        (select(tree.id), [(1,)]),
        (select(Owner.id, number.as_("n")), [(1, 1), (2, 0)]),
        (select(number.as_("n")), [(1,), (0,)]),
        (select(Owner.id).where(exists(select(Pet.id).where(owned))), [(1,)]),
        (select(Owner.id).where(Owner.id.not_in(select(Pet.owner_id))), [(2,)]),
        (select(Owner.name).union_all(select(Pet.name)), [("Ann",), ("Bob",), ("Rex",), ("Kit",)]),
        (select(Owner.id, many(select(Pet.name)).as_("pets")), [(1, [("Rex",)]), (2, [])]),
        (select(fn.count()).from_(Pet, Toy), [(4,)]),
    ]  # fmt: skip
    for query, expected in rows:
        found = await pets.fetch_all(visible(query))
        assert sorted([repr(_plain(row)) for row in found]) == sorted([repr(row) for row in expected]), str(query)


def _plain(row: Any) -> tuple[object, ...]:
    return tuple([[tuple(part) for part in item] if isinstance(item, list) else item for item in row])


async def test_writes(pets: Database) -> None:
    count = select(fn.count()).from_(Pet)
    assert await pets.execute(visible(update(Pet).set(name="x").all_rows())) == 2
    of_cem = (Pet.owner_id == Owner.id) & (Owner.id > 1)
    assert await pets.execute(visible(update(Pet).set(name="x").from_(Owner).where(of_cem))) == 0
    assert await pets.execute(visible(delete(Pet).using(Owner).where(of_cem))) == 0
    changed = update(Pet).set(name="y").where(Pet.id < 3).returning(Pet.id)
    assert await pets.fetch_all(visible(changed)) == [(1,)]
    upsert = insert(Pet).values_many(PETS).on_conflict(Pet.id).do_update(name="z")
    assert await pets.execute(visible(upsert)) == 2
    copied = insert(Toy).from_select(select((Pet.id + 10).as_("id"), Pet.id.as_("pet_id")))
    assert await pets.execute(visible(copied)) == 2
    assert await pets.execute(visible(insert(Pet).values_many(PETS).on_conflict().do_nothing())) == 0
    assert await pets.execute(visible(delete(Pet).where(Pet.id.in_([2, 3])))) == 0
    assert await pets.fetch_value(count) == 4


def test_a_write_of_all_rows_is_still_refused() -> None:
    statements: list[Any] = [update(Pet).set(name="x"), delete(Pet)]  # which mypy refuses, too
    for statement in statements:
        with pytest.raises(CompileError, match="has no WHERE and would touch every row"):
            visible(statement).compile("sqlite")


def test_the_sql() -> None:
    query = select(Pet.name).where((Pet.id == 1) | (Pet.id == 2)).order_by(Pet.id)
    only_mine = partial(narrowed, condition=of_tenant(7))
    assert query.transformed(only_mine).compile("postgres") == (
        'SELECT "pets"."name" FROM "pets" WHERE ("pets"."id" = $1 OR "pets"."id" = $2) AND "pets"."tenant_id" = $3 '
        'ORDER BY "pets"."id"',
        (1, 2, 7),
    )
    assert str(visible(query.transformed(only_mine))).count(LIVE) == 1
    assert str(visible(select(Toy.id).left_join(Pet, on=Pet.id == 1))) == (
        f'SELECT "toys"."id" FROM "toys" LEFT JOIN "pets" ON "pets"."id" = ? AND {LIVE}'
    )
    assert str(
        visible(insert(Pet).values(id=1, owner_id=1, name="x").on_conflict(Pet.id).do_update(Pet.id > 5, name="x"))
    ).endswith(f'DO UPDATE SET "name" = ? WHERE "pets"."id" > ? AND {LIVE}')
    assert str(visible(select(Owner.name))) == (
        'SELECT "owners"."name" FROM "owners" WHERE "owners"."gone" IS NULL'
    )  # by the attribute, not by the name in the database


def test_what_has_no_such_column_is_the_same_tree() -> None:
    for statement in (
        select(Toy.id),
        update(Toy).set(pet_id=1).all_rows(),
        insert(Pet).values(id=1, owner_id=1, name="x"),
    ):
        assert visible(statement).node is statement.node
        assert type(visible(statement)) is type(statement)


def test_the_same_type_of_statement_and_nothing_changed() -> None:
    query = select(Pet.id)
    before = str(query)
    twice = query.transformed(lambda node: node)
    assert twice is not query
    assert str(visible(query)) != before == str(query)


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        (select(Toy.id).full_join(Pet, on=Pet.id == Toy.id), 'beside the FULL JOIN of "pets" nothing can be narrowed'),
        (select(Pet.id).full_join(Toy, on=Pet.id == Toy.id), 'beside the FULL JOIN of "toys" nothing can be narrowed'),
        (
            select(Pet.id).from_(Pet, Owner).right_join(Toy, on=Owner.id == Toy.id),
            'the RIGHT JOIN of "toys" cannot be narrowed',
        ),
        (
            merge(Pet).using(Toy, on=Toy.id == Pet.id).when_matched().delete(),
            'MERGE cannot be narrowed: it sees all rows of "pets"',
        ),
        (
            merge(Toy).using(Pet, on=Toy.id == Pet.id).when_matched().delete(),
            'MERGE cannot be narrowed: it sees all rows of "pets"',
        ),
        (sql("DELETE FROM {}", Pet), r'sql\(…\) cannot be narrowed: it sees all rows of "pets"'),
    ],
)
def test_what_cannot_be_narrowed(statement: Compilable, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        visible(statement)


def test_any_rewriting() -> None:
    def doubled(node: Node) -> Node:
        return Parameter(node.value * 2, node.type) if isinstance(node, Parameter) else node  # type: ignore[operator]  # numbers here

    numbers = select(literal(1).as_("n")).recursive_cte("numbers", lambda n: select(n.n + 1).where(n.n < 3))
    both = select(numbers.n).where(numbers.n > 1).union(select(Artist.id).where(Artist.id == 4)).limit(5)
    assert both.transformed(doubled).compile("sqlite").parameters == (2, 2, 6, 2, 8, 10)
