"""Bases of tables that are no tables."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Table, alias, col, columns, index, insert, select
from qb.errors import SchemaError


class Stamped:
    created = col.date().nullable()


class Entity(Stamped, Table, abstract=True):
    id = col.integer().primary_key()


class Named(Entity, abstract=True):
    name = col.text()


class City(Named, name="cities"):
    size = col.integer().default(0)

    by_name = index(Named.name)


class River(Named):
    length = col.integer()


def test_the_columns_of_abstract_bases_come_first() -> None:
    assert list(columns(City)) == ["created", "id", "name", "size"]
    assert str(select(River)) == (
        'SELECT "river"."created", "river"."id", "river"."name", "river"."length" FROM "river"'
    )
    assert City.name.node is not River.name.node


async def test_both_are_tables(database: Database) -> None:
    await database.create_tables(City, River)
    await database.execute(insert(River).values(name="Po", length=652))
    assert await database.fetch_all(select(River.name, River.length)) == [("Po", 652)]


def test_an_abstract_base_is_no_table() -> None:
    entity: Any = Named
    with pytest.raises(TypeError, match="a source is a table, an alias or a sub-query, not the abstract <class"):
        select(entity)
    with pytest.raises(TypeError, match="not the abstract <class"):
        insert(entity)
    with pytest.raises(TypeError, match="is abstract: its subclasses are tables"):
        alias(entity, "e")
    with pytest.raises(AttributeError, match="Named has no column 'nope'"):
        entity.nope  # noqa: B018  # it raises


def test_a_table_has_no_subclasses() -> None:
    with pytest.raises(SchemaError, match="Town inherits from the table City"):
        type("Town", (City,), {"x": col.text()})
