"""Full-text search."""

from __future__ import annotations

from typing import Any

import pytest

from qb import Database, Table, alias, col, fts, insert, literal, select, sql
from qb.errors import CompileError, UnsupportedError
from tests.features import feature
from tests.sql.schema import Album, Artist


class AlbumText(Table, name="album_text"):
    title = col.text()
    notes = col.text()


other = alias(AlbumText, "other")
HOSTILE = ["", " ", '"', '""', "'", "*", "-", "AND", "NOT x", "a OR", "(", "title:", "^", "NEAR(", "a\0b", "+", "{x}"]


@feature("Full-text search", "match(), rank() of FTS5 tables", postgres="refused")
@feature("Full-text search", "match(), rank() of columns", sqlite="refused")
def test_the_sql() -> None:
    columns = select(Album.id).where(fts.match((Album.title, Artist.country), "blue"), fts.match(Album.title, "x"))
    columns = columns.from_(Album).join(Artist, on=Artist.id == Album.artist_id)
    compiled = columns.compile("postgres")
    assert compiled.sql.partition(" WHERE ")[2] == (
        "(to_tsvector('english', coalesce(\"albums\".\"title\", '') || ' ' || coalesce(\"artists\".\"country\", '')) "
        "@@ websearch_to_tsquery('english', $1::text)) AND (to_tsvector('english', \"albums\".\"title\") @@ "
        "websearch_to_tsquery('english', $2::text))"
    )
    table = select(AlbumText.title).where(fts.match(AlbumText, "kind bl*")).order_by(fts.rank(AlbumText, "").desc())
    assert table.compile("sqlite") == (
        'SELECT "album_text"."title" FROM "album_text" WHERE ("album_text"."album_text" MATCH ?) '
        'ORDER BY (-bm25("album_text"."album_text")) DESC',
        ('"kind" "bl*"',),
    )
    with pytest.raises(UnsupportedError, match="name the columns"):
        table.compile("postgres")  # type: ignore[qb-dialect]  # the mistake
    for dialect in ("sqlite", "d1"):
        with pytest.raises(UnsupportedError, match="FTS5 tables only"):
            columns.compile(dialect)  # type: ignore[qb-dialect]  # the mistake


@feature("Full-text search", "match(), rank() of columns", sqlite="refused")
async def test_search_on_postgres(filled_postgres: Database) -> None:
    best = fts.rank(Album.title, "blue")
    query = select(Album.title).where(fts.match(Album.title, "BLUE")).order_by(best.desc(), Album.id)
    assert await filled_postgres.fetch_all(query) == [("Blue",), ("Kind of Blue",)]
    assert await filled_postgres.fetch_all(select(Album.id).where(fts.match(Album.title, "blue -kind"))) == [(1,)]
    assert await filled_postgres.fetch_all(select(Album.id).where(fts.match(Album.title, "ki:*", raw=True))) == [(3,)]
    plain = select(Album.id).where(fts.match(Album.title, "kind of", config="simple"))
    assert await filled_postgres.fetch_all(plain) == [(3,)]
    for words in HOSTILE:
        if "\0" not in words:
            await filled_postgres.fetch_all(select(Album.id).where(fts.match(Album.title, words)))


@feature("Full-text search", "match(), rank() of FTS5 tables", postgres="refused")
async def test_search_on_sqlite() -> None:
    async with Database.connect("sqlite://") as database:
        await database.execute(sql("CREATE VIRTUAL TABLE album_text USING fts5(title, notes)"))
        rows = [("Blue", "quiet"), ("Kind of Blue", "blue, blue"), ("Hejira", "a OR b")]
        for title, notes in rows:
            await database.execute(insert(AlbumText).values(title=title, notes=notes))
        best = fts.rank(AlbumText, "blue")
        query = select(AlbumText.title).where(fts.match(AlbumText, "BLUE")).order_by(best.desc())
        assert await database.fetch_all(query) == [("Kind of Blue",), ("Blue",)]
        assert await database.fetch_all(select(other.title).where(fts.match(other, "blue kind"))) == [("Kind of Blue",)]
        assert await database.fetch_all(select(AlbumText.title).where(fts.match(AlbumText, "a OR"))) == [("Hejira",)]
        raw = select(AlbumText.title).where(fts.match(AlbumText, "title:hej*", raw=True))
        assert await database.fetch_all(raw) == [("Hejira",)]
        for words in HOSTILE:
            await database.fetch_all(select(AlbumText.title).where(fts.match(AlbumText, words)))
        for nothing in ("", " ", "\0", '"'):
            assert await database.fetch_all(select(AlbumText.title).where(fts.match(AlbumText, nothing))) == []


@feature("Full-text search", "headline() of columns", sqlite="refused")
async def test_headlines_on_postgres(filled_postgres: Database) -> None:
    headline = fts.headline(Album.title, "blue", before="[", after="]")
    query = select(headline.as_("found")).where(fts.match(Album.title, "blue")).order_by(Album.id)
    assert query.compile("postgres") == (
        "SELECT ts_headline('english', \"albums\".\"title\", websearch_to_tsquery('english', $1::text), $2::text) "
        'AS "found" FROM "albums" WHERE (to_tsvector(\'english\', "albums"."title") @@ '
        'websearch_to_tsquery(\'english\', $3::text)) ORDER BY "albums"."id"',
        ("blue", 'StartSel="[", StopSel="]"', "blue"),
    )
    assert await filled_postgres.fetch_all(query) == [("[Blue]",), ("Kind of [Blue]",)]
    for before in ("<b class=x>", "a, StopSel=b", "", "%", "'"):
        found = fts.headline(Album.title, "ki:*", config="simple", raw=True, before=before, after="}")
        rows = await filled_postgres.fetch_all(select(found).where(Album.id == 3))
        assert rows == [(f"{before}Kind}} of Blue",)]
    for dialect in ("sqlite", "d1"):
        with pytest.raises(UnsupportedError, match=r"fts.snippet\(column\) or fts.highlight\(column\)"):
            query.compile(dialect)  # type: ignore[qb-dialect]  # the mistake


@feature("Full-text search", "highlight(), snippet() of FTS5 tables", postgres="refused")
async def test_snippets_on_sqlite() -> None:
    whole, part = fts.highlight(AlbumText.notes), fts.snippet(AlbumText.title, before="[", after="]", words=2)
    query = select(whole, part).where(fts.match(AlbumText, "blue"))
    assert query.compile("sqlite") == (
        'SELECT highlight("album_text"."album_text", 1, ?, ?), snippet("album_text"."album_text", 0, ?, ?, ?, ?) '
        'FROM "album_text" WHERE ("album_text"."album_text" MATCH ?)',
        ("<b>", "</b>", "[", "]", "…", 2, '"blue"'),
    )
    async with Database.connect("sqlite://") as database:
        await database.execute(sql("CREATE VIRTUAL TABLE album_text USING fts5(title, notes)"))
        await database.execute(insert(AlbumText).values(title="Kind of Blue", notes="blue, blue"))
        assert await database.fetch_all(query) == [("<b>blue</b>, <b>blue</b>", "…of [Blue]")]
        renamed = select(fts.highlight(other.title)).where(fts.match(other, "kind"))
        assert await database.fetch_all(renamed) == [("<b>Kind</b> of Blue",)]
    with pytest.raises(UnsupportedError, match=r"fts.headline\(column, query\)"):
        select(whole).compile("postgres")  # type: ignore[qb-dialect]  # the mistake


number: Any = Album.id


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: fts.match(number, "x"), "no text to search"),
        (lambda: fts.match((), "x"), "no text to search"),
        (lambda: fts.match(Album.title, 5), "is a text, not"),
        (lambda: fts.match(Album.title, "x", config="x'; --"), "cannot be the name"),
        (lambda: fts.headline(number, "x"), "no text to search"),
        (lambda: fts.headline(Album.title, 5), "is a text, not"),
        (lambda: fts.headline(Album.title, "x", before='"'), "no quotes and no backslash"),
        (lambda: fts.headline(Album.title, "x", after="\\"), "no quotes and no backslash"),
        (lambda: fts.highlight(literal("x")), "is no column of an FTS5 table"),
        (lambda: fts.snippet(AlbumText.title, words=65), "1 to 64 words"),
    ],
)
def test_mistakes(make: Any, message: str) -> None:
    with pytest.raises(CompileError, match=message):
        make()
    with pytest.raises(UnsupportedError, match="raw=True"):
        select(AlbumText.title).where(fts.match(AlbumText, literal("x") + "y")).compile("sqlite")
