"""A name from outside is one identifier, wherever a name may stand.

Quotes that were not doubled: CVE-2026-39356 (Drizzle), CVE-2019-10757 (knex). Aliases and keys that became SQL:
CVE-2022-28346, CVE-2025-57833, CVE-2025-13372, CVE-2026-1287, CVE-2026-1312 (Django).
"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from qb import (
    Database,
    Table,
    alias,
    check,
    col,
    delete,
    fn,
    foreign_key,
    function,
    index,
    insert,
    many,
    select,
    sql,
    unique,
    update,
    values,
    window,
)
from qb.dialect import find_dialect
from qb.errors import CompileError, DatabaseError, QbError, SchemaError
from tests.injection.hostile import ANY_NAME, DIALECTS, MANY, NAMES, NO_NAMES, SECRETS, TEXTS, Note, Secret, unchecked

FIRST = TEXTS[0]


@pytest.mark.parametrize("name", [*NAMES, "x" * 500, "é" * 200])
async def test_a_label(notes: Database, name: str) -> None:
    label = Note.text.as_(name)
    row = await notes.fetch_one(select(label).where(Note.id == 1).group_by(label).order_by(label))
    assert row._asdict() == {name: FIRST}
    both = select(label).where(Note.id == 1).union_all(select(Note.text).where(Note.id == 1)).order_by(label.desc())
    assert await notes.fetch_all(both) == [(FIRST,), (FIRST,)]
    inner = many(select(label), on=Note.id == Secret.id).as_(name)
    nested = await notes.fetch_one(select(Secret.id, inner).where(Secret.id == 1))
    assert [row._asdict() for row in nested[1]] == [{name: FIRST}]


@pytest.mark.parametrize("name", NAMES)
async def test_an_alias(notes: Database, name: str) -> None:
    other = alias(Note, name)
    assert await notes.fetch_all(select(other.id).where(other.id == 1)) == [(1,)]
    rows = await notes.fetch_all(
        select(Note, other).from_(Note).join(other, on=other.id == Note.id).where(other.id == 1)
    )
    assert list(rows[0]._asdict()) == ["note", name]


@pytest.mark.parametrize("name", NAMES)
async def test_a_sub_query_and_its_columns(notes: Database, name: str) -> None:
    named = unchecked(select(Note.text.as_(name)).where(Note.id == 1))
    for source in (
        named.subquery(name),
        named.cte(name),
        named.cte(name, materialized=True, columns=(name,)),
        alias(named.cte("with"), name),
    ):
        query = select(getattr(source, name)).from_(source).order_by(getattr(source, name))
        assert await notes.fetch_all(query) == [(FIRST,)]
        both = select(Secret.id, getattr(source, name)).from_(Secret).cross_join(source).order_by(Secret.id)
        assert await notes.fetch_all(both) == [(1, FIRST), (2, FIRST)]
        query.compile("d1")


@pytest.mark.parametrize("name", NAMES)
async def test_values(notes: Database, name: str) -> None:
    columns: dict[str, Any] = {name: col.text()}
    given_rows = values(name, [(name,), (FIRST,)], **columns)
    assert sorted(await notes.fetch_all(select(getattr(given_rows, name)))) == sorted([(name,), (FIRST,)])


@pytest.mark.parametrize("name", NAMES)
async def test_a_window(notes: Database, name: str) -> None:
    named = window(name, order_by=Secret.id)
    narrower = window(name + "2" if len(name) < 10 else "two", base=named, rows=(-1, 0))
    query = select(Secret.id, fn.count().over(named).as_("n"), fn.sum(Secret.id).over(narrower).as_("sum"))
    assert await notes.fetch_all(query.order_by(Secret.id)) == [(1, 1, 1), (2, 2, 3)]


@pytest.mark.parametrize("name", NAMES)
async def test_everything_that_is_declared(canary: Database, name: str) -> None:
    class Other(Table, name=f"{name[:5]}2"):
        id = col.integer(name).primary_key()

    class Odd(Table, name=name):
        id = col.integer().primary_key()
        value = col.text(name).default(name)
        other_id = col.integer().nullable()

        one = unique(value, name="u" + name[:10])
        other = foreign_key(other_id, references=lambda: (Other.id,), name="f" + name[:10])
        no_text = check(value != "never", name="c" + name[:10])
        by_value = index(value.desc(), name="i" + name[:10], where=value != name + "'")

    await canary.create_tables(Odd, Other)
    await canary.execute(insert(Other).values(id=7))
    await canary.execute(insert(Odd).values())
    upsert = insert(Odd).values(value=name, other_id=7).on_conflict(constraint=Odd.one)
    assert await canary.execute(upsert.do_update_all()) == 1
    assert await canary.fetch_all(select(Odd)) == [(1, name, 7)]
    await canary.execute(update(Odd).set(value=Odd.value + "y").where(Odd.value == name))
    assert await canary.fetch_all(select(Odd.value).join(Other, on=Other.id == Odd.other_id)) == [(name + "y",)]
    for wrong in ({"value": "never"}, {"other_id": 8}):
        with pytest.raises(DatabaseError):
            await canary.execute(insert(Odd).values(**wrong))
    assert await canary.fetch_all(delete(Odd).where(Odd.value == name + "y").returning(Odd.value)) == [(name + "y",)]


@pytest.mark.parametrize("name", NAMES)
async def test_a_schema(canary: Database, name: str) -> None:
    """There is none of that name, and nothing else is read."""
    for statement in (select(Secret.word), delete(Secret).all_rows(), insert(Secret).values(word="x")):
        with pytest.raises(DatabaseError):
            await canary.execute(statement.with_schema(name))


@pytest.mark.parametrize("name", [name for name in NAMES if "." not in name])
async def test_a_function_and_a_collation(canary: Database, name: str) -> None:
    """There are none of that name."""
    for expression in (
        function(name, col.text(), returns=col.text())(Secret.word),
        function(name, col.text(), returns=col.text(), aggregate=True)(Secret.word),
        Secret.word.collate(name),
    ):
        with pytest.raises(DatabaseError):
            await canary.fetch_all(select(expression.as_("x")).order_by(expression))


@pytest.mark.parametrize("name", NO_NAMES)
def test_what_is_no_name(name: str) -> None:
    makers: list[Any] = [
        lambda: select(Note.id.as_(name)),
        lambda: select(alias(Note, name).id),
        lambda: select(getattr(select(Note.id).subquery(name), "id")),  # noqa: B009  # a name from outside
        lambda: select(getattr(unchecked(select(Note.id.as_(name))).subquery("s"), name)),
        lambda: select(getattr(unchecked(select(Note.id)).cte("c", columns=(name,)), name)),
        lambda: select(getattr(values("v", [(1,)], **{name: col.integer()}), name)),
        lambda: select(fn.count().over(window(name, order_by=Note.id))),
        lambda: select(Note.id).with_schema(name),
        lambda: select(function(name, col.text(), returns=col.text())(Note.text)),
        lambda: select(Note.text.collate(name)),
        lambda: type("Odd", (Table,), {"id": col.integer()}, name=name or "\0"),
        lambda: select(type("Odd", (Table,), {"id": col.integer(name or "\0")}).id),  # type: ignore[attr-defined]  # a column
        lambda: type("Odd", (Table,), {"a": (a := col.integer()), "i": index(a, name=name or "\0")}),
    ]
    for make in makers:
        for dialect in DIALECTS:
            with pytest.raises((SchemaError, CompileError)):
                make().compile(dialect)


@pytest.mark.parametrize("name", [5, None, object(), b"x", ["x"]])
def test_a_name_is_a_text(name: Any) -> None:
    with pytest.raises(TypeError, match="a label is a text"):
        Note.id.as_(name)
    for make in (
        lambda: alias(Note, name),
        lambda: select(Note.id).subquery(name),
        lambda: select(Note.id).cte(name),
        lambda: window(name),
        lambda: select(Note.id).with_schema(name),
    ):
        with pytest.raises((TypeError, QbError)):
            make()


def test_a_text_that_is_more_than_a_text() -> None:
    class Evil(str):
        def replace(self, *_: Any) -> Evil:
            return self

        def __str__(self) -> str:
            return self

    name = Evil('x" FROM secrets; --')
    assert select(Note.id.as_(name)).compile("sqlite").sql == (
        'SELECT "notes"."id" AS "x"" FROM secrets; --" FROM "notes"'
    )

    class Number(int):
        def __repr__(self) -> str:
            return "1); DROP TABLE secrets; --"

        __str__ = __repr__

        def __format__(self, _: str) -> str:
            return repr(self)

    evil: Any = Evil("x'; DROP TABLE secrets; --")

    class Odd(Table):
        id = col.integer().primary_key()
        size = col.varchar(Number(5))
        price = col.numeric(Number(5), Number(2))
        count = col.integer().default(Number(3))
        text = col.text().default(evil)

    for dialect in DIALECTS:
        (text,) = find_dialect(dialect).ddl().create([Odd])
        assert "DROP" not in text.replace("'x''; DROP TABLE secrets; --'", "")


# Names that differ to qb, and not to an engine: SQLite ignores case, PostgreSQL what comes after 63 bytes


def test_columns_that_sqlite_does_not_tell_apart() -> None:
    for make in (
        lambda: select(Note.id.as_("a"), Note.text.as_("A")).subquery("s"),
        lambda: select(Note.id, Note.text).cte("c", columns=("a", "A")),
        lambda: values("v", [(1, 2)], a=col.integer(), A=col.integer()),
    ):
        with pytest.raises(CompileError, match='"A" differs from another of its columns only in case'):
            make()


@pytest.mark.parametrize("name", ["true", "FALSE"])
def test_columns_that_sqlite_does_not_find(name: str) -> None:
    for make in (
        lambda: unchecked(select(Note.id.as_(name))).subquery("s"),
        lambda: unchecked(select(Note.id)).cte("c", columns=(name,)),
        lambda: values("v", [(1,)], **{name: col.integer()}),
    ):
        with pytest.raises(CompileError, match=f'SQLite does not find a column that is named "{name}"'):
            make()


@pytest.mark.parametrize("name", ["__dict__", "__class__", "__qb_source__"])
def test_columns_that_python_does_not_find(name: str) -> None:
    for make in (
        lambda: unchecked(select(Note.id.as_(name))).subquery("s"),
        lambda: unchecked(select(Note.id)).cte("c", columns=(name,)),
        lambda: values("v", [(1,)], **{name: col.integer()}),
    ):
        with pytest.raises(CompileError, match=f'Python keeps names like "{name}" for itself'):
            make()


def test_windows_that_sqlite_does_not_tell_apart() -> None:
    up, down = window("w", order_by=Note.id), window("W", order_by=Note.id.desc())
    with pytest.raises(CompileError, match='"W" differs from another window only in case'):
        select(fn.rank().over(up), fn.rank().over(down)).compile("sqlite")


def test_a_cte_that_sqlite_takes_for_a_table() -> None:
    own = alias(select(Note.id).cte("SECRETS"), "own")
    with pytest.raises(CompileError, match="rename the latter"):
        select(Secret.word, own.id).from_(Secret).cross_join(own).compile("sqlite")


@pytest.mark.parametrize("name", ["s", "S"])
def test_an_outer_source_that_is_hidden(name: str) -> None:
    outer, inner = alias(Secret, "s"), alias(Secret, name)
    query = select(outer.word).where(outer.id.in_(select(inner.id).where(inner.id == outer.id + 1)))
    for dialect in DIALECTS:
        with pytest.raises(CompileError, match='"s" is not in this query, but another source of that name is'):
            query.compile(dialect)


def test_names_that_postgres_would_cut_off() -> None:
    long = "x" * 64
    for make in (
        lambda: unchecked(select(Note.id.as_(long))).subquery("s"),
        lambda: unchecked(select(Note.id)).cte("c", columns=(long,)),
        lambda: window(long),
        lambda: alias(Note, long),
    ):
        with pytest.raises(SchemaError, match="more than 63 bytes"):
            make()
    with pytest.raises(CompileError, match="more than 63 bytes"):
        function(long, returns=col.integer())


# Any name


@MANY
@given(ANY_NAME.filter(lambda name: name.lower() not in ("secrets", "true", "false") and not name.endswith("__")))
async def test_any_name(canary: Database, name: str) -> None:
    source = alias(Secret, name)
    inner = unchecked(select(source.word.as_(name)).from_(source)).cte(name)
    outer = select(getattr(inner, name).as_(name)).subquery(name)
    query = select(getattr(outer, name).as_(name)).order_by(getattr(outer, name))
    rows = await canary.fetch_all(query)
    assert [row._asdict() for row in rows] == [{name: word} for _, word in SECRETS]
    query.compile("d1")


@MANY
@given(ANY_NAME.filter(lambda name: not name.lower().startswith(("sqlite_", "secrets"))))
async def test_any_table_and_column(canary: Database, name: str) -> None:
    class Odd(Table, name=name):
        value = col.text(name)

    async with canary.transaction() as tx:
        await tx.create_tables(Odd)
        await tx.execute(insert(Odd).values(value=name))
        await tx.execute(update(Odd).set(value=Odd.value + "!").where(Odd.value == name))
        assert await tx.fetch_all(select(Odd)) == [(name + "!",)]
        await tx.execute(sql("DROP TABLE {}", Odd))


@MANY
@given(ANY_NAME)
def test_a_quoted_name_has_no_end_but_its_own(name: str) -> None:
    text, _ = select(Note.id.as_(name)).compile("sqlite")
    start, end = 'SELECT "notes"."id" AS "', '" FROM "notes"'
    assert text.startswith(start)
    assert text.endswith(end)
    assert text[len(start) : -len(end)].replace('""', "").count('"') == 0
    assert text[len(start) : -len(end)].replace('""', '"') == name
