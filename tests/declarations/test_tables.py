"""What a table class may declare, and what it has afterwards."""

from __future__ import annotations

import pytest

from qb import Row, Table, alias, check, col, columns, foreign_key, index, primary_key, select, unique
from qb.columns import Column
from qb.tables import definition_of


class Timestamps:
    created = col.timestamp("createdAt")
    by_created = index(created)


class Keyed:
    id = col.integer().primary_key()


class Node(Keyed, Timestamps, Table, name="tree nodes", schema="app", renamed_from="nodes"):
    parent_id = col.integer().nullable().references(lambda: Node.id, on_delete="set null", on_update="cascade")
    next_id = col.integer().nullable().references(lambda: Leaf.id)
    label = col.text("Label", renamed_from="title").unique()

    label_is_long = check(label != "")


class Leaf(Table):
    id = col.bigint().primary_key(generated=False)
    a = col.integer()
    b = col.text()

    key = unique(a, b, name="leaf key")


class Branch(Table):
    a = col.integer()
    b = col.text()

    pk = primary_key(b, a)
    leaf = foreign_key(a, b, references=lambda: (Leaf.a, Leaf.b), on_delete="restrict")


def test_the_name_is_the_class_in_snake_case() -> None:
    class HTMLPage(Table):
        id = col.integer()

    assert definition_of(Leaf).name == "leaf"
    assert definition_of(HTMLPage).name == "h_t_m_l_page"
    assert (definition_of(Node).name, definition_of(Node).schema, definition_of(Node).renamed_from) == (
        "tree nodes",
        "app",
        "nodes",
    )


def test_columns_are_those_of_the_mixins_and_then_its_own() -> None:
    assert list(columns(Node)) == ["created", "id", "parent_id", "next_id", "label"]
    assert all(isinstance(column, Column) for column in columns(Node).values())
    assert columns(Node)["label"] is Node.label
    assert Node.label.declaration.name == "Label"
    assert Node.label.declaration.renamed_from == "title"


def test_columns_of_a_mixin_are_new_ones_in_each_table() -> None:
    class One(Keyed, Table):
        pass

    class Two(Keyed, Table):
        pass

    assert One.id is not Two.id  # type: ignore[comparison-overlap]  # two tables
    assert str(select(One.id)) == 'SELECT "one"."id" FROM "one"'
    assert str(select(Two.id)) == 'SELECT "two"."id" FROM "two"'


def test_an_alias_has_the_columns_of_its_table() -> None:
    other = alias(Node, "n")
    assert list(columns(other)) == list(columns(Node))
    assert str(other.label) == '"n"."Label"'
    assert str(select(alias(other, "m").label)) == 'SELECT "m"."Label" AS "label" FROM "app"."tree nodes" AS "m"'  # type: ignore[call-overload]  # an alias is a table to run time


def test_a_table_has_no_other_public_attributes() -> None:
    class Every(Table):
        columns = col.integer()
        name = col.text()
        schema = col.text()
        alias = col.text()
        select = col.text()
        metadata = col.text()
        count = col.integer()
        index = col.integer()

    assert set(columns(Every)) == {name for name in dir(Every) if not name.startswith("_")}
    assert str(select(Every.count)) == 'SELECT "every"."count" FROM "every"'


def test_the_primary_key() -> None:
    assert [c.declaration.attribute for c in definition_of(Node).primary_key()] == ["id"]
    assert [c.declaration.attribute for c in definition_of(Branch).primary_key()] == ["b", "a"]
    assert Node.id.declaration.identity
    assert not Leaf.id.declaration.identity


def test_constraints_are_named_after_table_and_attribute() -> None:
    node, leaf = definition_of(Node), definition_of(Leaf)
    assert [item.name for item in node.constraints] == ["tree nodes_label_is_long"]
    assert [item.name for item in node.indexes] == ["tree nodes_by_created"]
    assert [item.name for item in leaf.constraints] == ["leaf key"]
    assert [item.name for item in definition_of(Branch).foreign_keys] == ["branch_leaf"]


def test_what_is_no_table() -> None:
    for thing in (5, object(), "albums", Keyed):
        with pytest.raises(TypeError, match="is not a table"):
            columns(thing)  # type: ignore[call-overload]  # a mistake on purpose


def test_the_type_of_a_row_can_be_written() -> None:
    assert Row[Leaf]  # type: ignore[truthy-function]  # what is tested is that it runs


def test_declaring_does_not_change_the_column_it_starts_from() -> None:
    plain = col.integer()
    plain.nullable().default(5).unique().primary_key()
    declared = plain.declaration
    assert (declared.nullable, declared.default, declared.unique, declared.primary_key) == (False, None, False, False)
