"""Texts in patterns: LIKE, affixes, regular expressions, full-text queries. CVE-2020-11010 (Tortoise)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qb import Database, Table, col, fn, fts, insert, literal, select, sql
from qb.errors import DatabaseError, EncodingError
from tests.injection.hostile import ANY_TEXT, MANY, TEXTS, Note

SPECIAL = "aA%_*?[]^\\-'\"é"
SHORT = [text for text in TEXTS if len(text) < 100]


@pytest.mark.parametrize("part", SHORT)
async def test_no_character_of_an_affix_is_a_wildcard(notes: Database, part: str) -> None:
    for condition, test in [
        (Note.text.startswith(part), str.startswith),
        (Note.text.endswith(part), str.endswith),
        (Note.text.contains(part), str.__contains__),
        (Note.text.startswith(fn.concat(part, "")), str.startswith),
        (Note.text.endswith(fn.concat(part, "")), str.endswith),
        (Note.text.contains(fn.concat(part, "")), str.__contains__),
    ]:
        rows = await notes.fetch_all(select(Note.id).where(condition).order_by(Note.id))
        assert [row.id for row in rows] == [number for number, text in enumerate(TEXTS, 1) if test(text, part)]


@MANY
@given(st.text(SPECIAL, max_size=4), st.lists(st.text(SPECIAL, max_size=6), min_size=1, max_size=6))
async def test_affixes_of_all_texts(database: Database, part: str, texts: list[str]) -> None:
    for text in texts:
        query = select(literal(text).startswith(part), literal(text).endswith(part), literal(text).contains(part))
        assert await database.fetch_all(query) == [(text.startswith(part), text.endswith(part), part in text)]


@pytest.mark.parametrize("part", ["\0", "a\0", "\0a", "%\0", "*\0"])
async def test_nul_ends_no_pattern(notes: Database, part: str) -> None:
    """`%` and NUL would match everything on SQLite, whose patterns end there."""
    for condition in (
        Note.text.startswith(part),
        Note.text.endswith(part),
        Note.text.contains(part),
        Note.text.like("%" + part),
        Note.text.not_ilike(part),
        Note.text.matches(part),
    ):
        try:
            rows = await notes.fetch_all(select(Note.id).where(condition))
        except (EncodingError, DatabaseError):
            continue
        assert rows == []


@pytest.mark.parametrize("pattern", SHORT)
async def test_a_pattern_is_a_value(notes: Database, pattern: str) -> None:
    for condition in (Note.text.like(pattern), Note.text.ilike(pattern), Note.text.matches(pattern)):
        query = select(Note.id).where(condition)
        assert query.compile(notes.dialect).parameters == (pattern,)
        try:
            await notes.fetch_all(query)
        except DatabaseError:
            continue  # no regular expression


@pytest.mark.parametrize(
    "words", [*SHORT, "a & b", "!x", "'a' <-> 'b'", "NEAR(a b)", "text:a", "^a", "a*", "x OR", "-"]
)
async def test_full_text_queries(notes: Database, words: str) -> None:
    if notes.dialect.name == "postgres":
        await notes.fetch_all(select(Note.id).where(fts.match(Note.text, words)))
        return

    class Words(Table, name="words"):
        text = col.text()

    await notes.execute(sql("CREATE VIRTUAL TABLE words USING fts5(text)"))
    await notes.execute(insert(Words).values(text="a b"))
    query = select(Words.text).where(fts.match(Words, words)).order_by(fts.rank(Words, words))
    assert await notes.fetch_all(query) in ([], [("a b",)])
    await notes.execute(sql("DROP TABLE words"))


@MANY
@given(ANY_TEXT)
async def test_any_words(notes: Database, words: str) -> None:
    if notes.dialect.name == "postgres":
        await notes.fetch_all(select(Note.id).where(fts.match((Note.text, Note.text), words)))
    select(Note.text).where(fts.match(Note, words)).compile("d1")
