"""A snapshot says everything, in one way, and is read back as it was."""

from __future__ import annotations

import json
from dataclasses import fields, replace
from typing import Any

import pytest

from qb.dialect import find_dialect
from qb.errors import SchemaError
from qb.migrations.snapshot import dump, load
from qb.schema.canonical import canonical
from qb.schema.objects import (
    Check,
    Column,
    Enum,
    Exclusion,
    ForeignKey,
    Generated,
    Identity,
    Index,
    IndexKey,
    Key,
    Name,
    Schema,
    Sequence,
    Table,
    Trigger,
    Unknown,
    View,
)
from tests.ddl.test_create_tables import Chicken, Defaults, Egg, Owner, Thing

PARENT = Table(Name("parents", "app"), (Column("id", "integer", nullable=False),), Key(("id",), "parents_pkey"))
EVERYTHING = Schema(
    "postgres",
    schemas=("app",),
    enums=(Enum(Name("mood"), ("good", "bad")),),
    sequences=(Sequence(Name("numbers"), "START WITH 5", PARENT.name, "id"),),
    tables=(
        PARENT,
        Table(
            Name("children"),
            (
                Column("z", "integer", identity=Identity("always", "START WITH 5")),
                Column("a", "text", default="'x'", collation="C", comment="it's"),
                Column("twice", "integer", generated=Generated('"z" * 2', stored=False)),
            ),
            uniques=(Key(("z", "a"), "u", "deferred", ("twice",), False),),
            checks=(Check('"z" > 1', "c", valid=False), Check("\"a\" > ''", column="a")),
            foreign_keys=(ForeignKey(("z",), PARENT.name, ("id",), "CASCADE", "SET NULL", "f", "immediate", "FULL"),),
            exclusions=(Exclusion("e", "EXCLUDE USING gist (z WITH =)"),),
            indexes=(
                Index(
                    "i",
                    (IndexKey("z", None, True, "LAST"), IndexKey(None, 'lower("a")', False, None, "C", "text_ops")),
                    True,
                    '"z" > 1',
                    ("twice",),
                    "gin",
                    False,
                    "fillfactor=70",
                ),
            ),
            comment="children",
        ),
    ),
    views=(View(Name("v"), "CREATE VIEW v AS SELECT 1", True, (Index("j", (IndexKey("a"),)),)),),
    triggers=(Trigger("t", PARENT.name, "CREATE TRIGGER …"),),
    unknown=(Unknown("policy", "p", PARENT.name),),
)


def test_everything_is_read_back() -> None:
    text = dump(EVERYTHING)
    again = load(text)
    assert again == canonical(EVERYTHING)
    assert again != EVERYTHING, "sorted"
    assert dump(again) == text


@pytest.mark.parametrize("dialect", ["sqlite", "d1", "postgres"])
def test_the_declared_tables_are_read_back_in_any_order(dialect: str) -> None:
    describe = find_dialect(dialect).ddl().description.describe
    one, other = describe([Owner, Thing, Defaults, Egg, Chicken]), describe([Chicken, Egg, Thing, Defaults, Owner])
    assert one != other
    assert dump(one) == dump(other)
    assert load(dump(one)) == canonical(one) == canonical(other)


def test_the_order_of_things_is_no_difference() -> None:
    """But for that of columns, in which a row has them."""

    def both(*things: Any) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        return things, things[::-1]

    id, name = Column("id", "integer"), Column("name", "text")
    indexes = both(Index("i", (IndexKey("id"),)), Index("j", (IndexKey("id"),)))
    parts: dict[str, Any] = {
        "uniques": both(Key(("id",), "u"), Key(("name",), "v")),
        "checks": both(Check("id > 1"), Check("id > 0")),
        "foreign_keys": both(ForeignKey(("id",), Name("a"), ("id",)), ForeignKey(("id",), Name("b"), ("id",))),
        "exclusions": both(Exclusion("e", "EXCLUDE (id WITH =)"), Exclusion("f", "EXCLUDE (name WITH =)")),
        "indexes": indexes,
        "options": both("STRICT", "WITHOUT ROWID"),
    }
    tables = [
        tuple([Table(Name(each), (id, name), **{part: two[number] for part, two in parts.items()}) for each in "ab"])
        for number in range(2)
    ]
    views = [
        tuple([View(Name(each), "CREATE VIEW …", True, two) for each in names])
        for names, two in zip(both("v", "w"), indexes, strict=True)
    ]
    whole: dict[str, Any] = {
        "schemas": both("app", "other"),
        "enums": both(Enum(Name("mood"), ("good", "bad")), Enum(Name("kind"), ("x",))),
        "sequences": both(Sequence(Name("m")), Sequence(Name("n"))),
        "tables": (tables[0], tables[1][::-1]),
        "views": (views[0], views[1]),
        "triggers": both(Trigger("t", Name("a"), "CREATE …"), Trigger("t", Name("b"), "CREATE …")),
        "unknown": both(Unknown("policy", "p"), Unknown("rule", "p")),
    }
    one, other = [Schema("postgres", **{part: two[number] for part, two in whole.items()}) for number in range(2)]
    for part in whole:
        assert getattr(one, part) != getattr(other, part), part
    assert {*parts, "name", "columns", "primary_key", "comment"} == {field.name for field in fields(Table)}
    assert {*whole, "dialect"} == {field.name for field in fields(Schema)}
    assert canonical(one) == canonical(other)
    assert canonical(canonical(one)) == canonical(one)
    swapped = replace(one, tables=(replace(one.tables[0], columns=(name, id)), one.tables[1]))
    assert canonical(swapped) != canonical(one)


def test_what_is_usual_is_left_out() -> None:
    schema = Schema("sqlite", tables=(Table(Name("t"), (Column("a", "TEXT"),)),))
    assert json.loads(dump(schema)) == {
        "format": 1,
        "dialect": "sqlite",
        "tables": [{"name": ["t", None], "columns": [{"name": "a", "type": "TEXT"}]}],
    }


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{}", '{"format": 2, "dialect": "sqlite"}', '{"format": 1}', '{"format": 1, "dialect": "x", "a": 1}'],
)
def test_what_is_no_snapshot(text: str) -> None:
    with pytest.raises(SchemaError, match="snapshot"):
        load(text)
