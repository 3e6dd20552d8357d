"""A value from outside is a parameter, or is refused before anything is sent.

Lists as literals: CVE-2025-61385 (pg8000). Placeholders in finished SQL: CVE-2023-25813 (Sequelize). Objects taken for
SQL: CVE-2016-20018 (knex), CVE-2022-33171 (TypeORM).
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given

from qb import Database, alias, case, col, fn, insert, literal, select, sql, update, values
from qb.errors import CompileError, DatabaseError, EncodingError, QbError
from tests.injection.hostile import ANY_TEXT, DIALECTS, MANY, TEXTS, Note, Secret


@pytest.mark.parametrize("text", TEXTS)
async def test_a_value_is_a_parameter(notes: Database, text: str) -> None:
    query = select(Note.text).where(Note.text == text, Note.text.in_([text]), Note.text.between(text, text))
    compiled = query.compile(notes.dialect)
    assert compiled.parameters == (text,) * 4
    assert await notes.fetch_all(query) == [(text,)]
    assert await notes.fetch_value(select(literal(text).as_("x"))) == text
    assert await notes.fetch_value(select(sql("{}", text, returns=str).as_("x"))) == text


NO_VALUES: list[Any] = [
    {"a": 1},
    {"node": "1"},
    ["x"],
    ("x",),
    {"x"},
    SimpleNamespace(node="1 = 1"),
    object(),
    Note,
    select,
]


@pytest.mark.parametrize("value", NO_VALUES)
def test_an_object_is_no_sql(value: Any) -> None:
    """Neither is one that looks like an expression from outside."""
    with pytest.raises((TypeError, QbError)):
        (Note.text == value).node and select(Note.id).where(Note.text == value).compile("sqlite")
    with pytest.raises((TypeError, QbError)):
        select(Note.id).where(Note.id == 1, value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).order_by(value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).group_by(value)
    with pytest.raises((TypeError, QbError)):
        literal(value)
    with pytest.raises((TypeError, QbError)):
        select(Note.id).limit(value).compile("sqlite")
    for dialect in ("sqlite", "postgres"):
        with pytest.raises((TypeError, QbError)):
            insert(Note).values(text=value).compile(dialect)
        with pytest.raises((TypeError, QbError)):
            insert(Note).values_many([{"text": value}]).compile(dialect)
        with pytest.raises((TypeError, QbError)):
            update(Note).set(text=value).all_rows().compile(dialect)


async def test_braces_and_marks_in_values_are_values(notes: Database) -> None:
    query = select(sql("{} || {}", "{} $1 ?", "%s", returns=str).as_("x"))
    assert await notes.fetch_value(query) == "{} $1 ?%s"


MARKS = ["?", "$1", "$2", ":a", ":text", "%s", "%(a)s", "{}", "{0}", "@a", "?1", "$$", "$a$", "\\?", "--?", "/*$1*/"]


@pytest.mark.parametrize("mark", MARKS)
async def test_marks_in_names_and_texts_bind_nothing(notes: Database, mark: str) -> None:
    """Where the engine's own placeholders are, nothing else is one."""
    query = select(literal(mark).as_(mark), sql("{} || '!'", mark, returns=str).as_("x"), Secret.word).where(
        Secret.id == 2, Secret.word != mark
    )
    (row,) = await notes.fetch_all(query)
    assert row == (mark, f"{mark}!", "sesame")
    assert query.compile("postgres").parameters == (mark, mark, 2, mark)


async def test_the_text_of_sql_has_holes_alone(notes: Database) -> None:
    for text, written in [("'{{}}'", "{}"), ("'{{{{'", "{{"), ("'}}'", "}"), ("'{0}'", "{0}"), ("'{a}'", "{a}")]:
        assert await notes.fetch_value(select(sql(text, returns=str))) == written
    for text in ("'\0'", "'\1'"):
        with pytest.raises(CompileError, match="control character"):
            sql(text)
    for count in (0, 2):
        with pytest.raises(CompileError, match="holes"):
            sql("{}", *["x"] * count)
    for hole in TEXTS:
        assert await notes.fetch_value(select(sql("{}", hole, returns=str))) == hole


@pytest.mark.parametrize("text", ["SELECT 1; DROP TABLE secrets", "DELETE FROM notes; DELETE FROM secrets"])
async def test_one_statement_at_a_time(notes: Database, text: str) -> None:
    for statement in (sql(text), sql(text + " WHERE 5 = {}", 5)):
        with pytest.raises(DatabaseError):
            await notes.execute(statement)
    assert await notes.execute(sql("DELETE FROM secrets WHERE word = ';'; ")) == 0
    assert await notes.fetch_value(select(fn.count()).from_(Note)) == len(TEXTS)


@pytest.mark.parametrize("text", ["", ";", " ; ", "-- nothing", "/* ; */"])
async def test_no_statement_at_all(notes: Database, text: str) -> None:
    assert await notes.execute(sql(text)) == 0


NUMBERS: list[Any] = [math.inf, -math.inf, 5e-324, -0.0, 2**63 - 1, -(2**63), 0]


@pytest.mark.parametrize("number", NUMBERS)
async def test_numbers(notes: Database, number: Any) -> None:
    assert await notes.fetch_value(select(literal(number).as_("x"))) == number
    one = values("one", [(number,)], n=col.real() if isinstance(number, float) else col.bigint())
    assert await notes.fetch_value(select(one.n)) == number


@pytest.mark.parametrize("number", [2**63, -(2**63) - 1, 10**5000], ids=["2**63", "-2**63 - 1", "long"])
def test_numbers_that_no_engine_has(number: int) -> None:
    for dialect in DIALECTS:
        for query in (select(Note.id).where(Note.id == number), select(Note.id).limit(abs(number))):
            with pytest.raises(EncodingError):
                query.compile(dialect)


async def test_nan(notes: Database) -> None:
    query = select(literal(math.nan).as_("x"))
    if notes.dialect.name == "sqlite":
        with pytest.raises(EncodingError, match="NaN"):
            await notes.fetch_value(query)
    else:
        assert math.isnan(await notes.fetch_value(query))


@pytest.mark.parametrize("data", [b"", b"\0", b"'; DROP TABLE secrets; --", bytes(range(256)), b"\\x41", b"x" * 10**6])
async def test_bytes(notes: Database, data: bytes) -> None:
    assert await notes.fetch_value(select(literal(data).as_("x"))) == data


async def test_nul_in_a_text(notes: Database) -> None:
    """SQLite keeps it as it is, and PostgreSQL has no such texts."""
    query = select(literal("a\0'; --").as_("x"))
    if notes.dialect.name == "sqlite":
        assert await notes.fetch_value(query) == "a\0'; --"
        return
    with pytest.raises(QbError):
        await notes.fetch_value(query)
    with pytest.raises(EncodingError, match="holds NUL"):
        insert(Note).values(text="\0").compile("postgres")


@MANY
@given(ANY_TEXT)
async def test_any_text(canary: Database, text: str) -> None:
    """It comes back, whichever way it goes."""
    inner = select(literal(text).as_("t"), Secret.word).cte("c")
    outer = select(inner.t.as_("u"), inner.word).subquery("s")
    row = values("v", [(text,)], t=col.text())
    choice = case((outer.u == text, text), else_="x")
    query = (
        select(outer.u, fn.coalesce(outer.u, text), choice, fn.concat(text, ""), row.t)
        .from_(outer)
        .join(row, on=row.t == outer.u)
    )
    assert await canary.fetch_all(query.where(outer.word == "open", outer.u.in_([text, "x"]))) == [(text,) * 5]
    query.compile("d1")


@MANY
@given(ANY_TEXT)
async def test_any_text_that_is_kept(notes: Database, text: str) -> None:
    new = insert(Note).values(text=text, data={text: text}).returning(Note.id)
    key = await notes.fetch_value(new)
    other = alias(Note, "other")
    assert await notes.fetch_all(select(other.text, other.data).where(other.id == key)) == [(text, {text: text})]
    assert await notes.execute(update(Note).set(text=Note.text + text).where(Note.id == key)) == 1
    assert await notes.fetch_value(select(Note.text).where(Note.id == key)) == text * 2
