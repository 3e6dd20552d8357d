"""Text in DDL, where nothing can be bound: defaults, conditions, labels of enums.

Comments and defaults that became code: CVE-2026-73651 (TypeORM). Backslashes in literals: standard_conforming_strings.
"""

from __future__ import annotations

from enum import Enum
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qb import Database, Table, check, col, fn, index, insert, select, sql
from qb.dialect import find_dialect
from qb.errors import CheckViolated, QbError, UnsupportedError
from qb.types import TEXT
from tests.injection.hostile import DIALECTS, NO_NAMES, SECRETS, TEXTS, Secret, unchecked

SHORT = [text for text in TEXTS if 0 < len(text.encode()) < 60]
Label = Enum("Label", {f"n{number}": text for number, text in enumerate(SHORT)})  # type: ignore[misc]  # evil members


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])))
def test_a_literal_has_no_end_but_its_own(text: str) -> None:
    for dialect in DIALECTS:
        written = find_dialect(dialect).compiler().literal(text, TEXT)
        assert written[0] == written[-1] == "'"
        assert written[1:-1].replace("''", "").count("'") == 0


@pytest.mark.parametrize("text", ["a\0b", "\ud800"])
def test_what_is_no_literal(text: str) -> None:
    bad: Any = type("Bad", (Table,), {"text": col.text().default(text)})
    for dialect in DIALECTS:
        with pytest.raises(QbError, match="NUL"):
            find_dialect(dialect).ddl().create([bad])


@pytest.mark.parametrize("text", SHORT)
async def test_a_default_a_condition_and_an_index(canary: Database, text: str) -> None:
    class Odd(Table, name="odd"):
        id = col.integer().primary_key()
        plain = col.text().default(text)
        computed = col.text().default_sql(fn.concat(text, "!"))
        both = col.text().default("x").check(lambda both: both != text)
        made = col.text().generated(plain + text)
        short = col.varchar(100).default(text)

        other = check(plain.not_in([text + "2", "'" + text]))
        found = index(fn.coalesce(plain, text), where=plain != text + "3")

    await canary.create_tables(Odd)
    row = await canary.fetch_one(insert(Odd).values().returning(Odd.plain, Odd.computed, Odd.made, Odd.short))
    assert row == (text, text + "!", text * 2, text)
    rows: list[dict[str, Any]] = [{"both": text}, {"plain": text + "2"}, {"plain": "'" + text}]
    for wrong in rows:
        with pytest.raises(CheckViolated):
            await canary.execute(insert(Odd).values(**wrong))


async def test_enums(canary: Database) -> None:
    class Odd(Table, name="odd"):
        id = col.integer().primary_key()
        label = col.enum(Label).default(Label("'"))

    await canary.create_tables(Odd)
    await canary.execute(insert(Odd).values_many([{"label": label} for label in Label]))
    assert await canary.fetch_all(select(Odd.label).order_by(Odd.label)) == [(label,) for label in Label]
    assert await canary.fetch_all(select(Odd.label).where(Odd.label > list(Label)[-2])) == [(list(Label)[-1],)]
    if canary.dialect.name == "postgres":
        await canary.execute(sql("DROP TABLE odd"))
        await canary.execute(sql("DROP TYPE label"))


@pytest.mark.parametrize("name", ["x" * 64])
def test_the_name_of_an_enum(name: str) -> None:
    with pytest.raises(QbError, match="more than 63 bytes"):
        col.enum(unchecked(Enum(name, [("a", "a")])))


async def test_backslashes_are_no_escapes(postgres_url: str) -> None:
    """Whatever the server or the role has for its default."""
    async with Database.connect(postgres_url) as db:
        role = await db.fetch_value(select(sql("current_user", returns=str)))
        await db.execute(sql(f'ALTER ROLE "{role}" SET standard_conforming_strings = off'))
    try:
        async with Database.connect(postgres_url) as db:
            shown = select(sql("current_setting('standard_conforming_strings')", returns=str))
            assert await db.fetch_value(shown) == "on"

            class Odd(Table, name="odd"):
                id = col.integer().primary_key()
                text = col.text().default("\\'; DROP TABLE secrets; --")
                data = col.blob().default(b"\\\0'")

            await db.create_tables(Secret, Odd)
            await db.execute(insert(Odd).values())
            assert await db.fetch_all(select(Odd)) == [(1, "\\'; DROP TABLE secrets; --", b"\\\0'")]
            assert await db.fetch_all(select(Secret)) == []
    finally:
        async with Database.connect(postgres_url) as db:
            await db.execute(sql(f'ALTER ROLE "{role}" RESET standard_conforming_strings'))


# Tables of a schema


class Parent(Table, name="parents", schema='the "aux"'):
    id = col.integer().primary_key()
    name = col.text()
    by_name = index(name)


class Child(Table, name="children", schema='the "aux"'):
    id = col.integer().primary_key()
    parent_id = col.integer().references(lambda: Parent.id)


class Stray(Table, name="strays"):
    id = col.integer().primary_key()
    parent_id = col.integer().references(lambda: Parent.id)


async def test_tables_of_a_schema(canary: Database) -> None:
    is_sqlite = canary.dialect.name == "sqlite"
    await canary.execute(
        sql("""ATTACH ':memory:' AS "the ""aux\""" """ if is_sqlite else 'CREATE SCHEMA "the ""aux"""')
    )
    await canary.create_tables(Child, Parent)
    await canary.execute(insert(Parent).values(id=1, name="x"))
    await canary.execute(insert(Child).values(id=1, parent_id=1))
    with pytest.raises(QbError):
        await canary.execute(insert(Child).values(id=2, parent_id=2))
    assert await canary.fetch_all(select(Child.id).join(Parent, on=Parent.id == Child.parent_id)) == [(1,)]
    assert await canary.fetch_all(select(Secret).order_by(Secret.id)) == SECRETS
    if not is_sqlite:
        await canary.execute(sql('DROP SCHEMA "the ""aux""" CASCADE'))


def test_what_sqlite_and_d1_have_no_schemas_for() -> None:
    with pytest.raises(UnsupportedError, match="stays in its schema"):
        find_dialect("sqlite").ddl().create([Parent, Stray])
    with pytest.raises(UnsupportedError, match="D1 has one schema"):
        select(Parent.id).compile("d1")
    assert str(select(Secret.id).with_schema("main")).endswith('FROM "main"."secrets"')
    for name in NO_NAMES:
        with pytest.raises(QbError):
            select(Secret.id).with_schema(name)
