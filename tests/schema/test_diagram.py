"""Pictures of a schema, whose texts are what their formats take, whatever names there are."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from qb import Table, col, primary_key, unique
from qb.dialect import find_dialect
from qb.schema.diagram import FORMATS
from qb.schema.diagram.svg import depths
from qb.schema.objects import Name, Schema


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text().unique()
    mentor_id = col.integer().nullable().references(lambda: Artist.id)


class Album(Table, name='the "albums" <b>'):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    price = col.numeric(6, 2)
    one = unique(artist_id, price)


class Cover(Table, name="covers"):
    album_id = col.integer().references(lambda: Album.id)
    kind = col.text()
    key = primary_key(album_id)


MERMAID = """\
erDiagram
  "artists" {
    integer id PK
    text name UK
    integer mentor_id FK "nullable"
  }
  "the 'albums' <b>" {
    integer id PK
    integer artist_id FK
    numeric(6_2) price
  }
  "covers" {
    integer album_id PK, FK
    text kind
  }
  "artists" }o--o| "artists" : "mentor_id"
  "the 'albums' <b>" }o--|| "artists" : "artist_id"
  "covers" |o--|| "the 'albums' <b>" : "album_id"
"""


def schema(dialect: str = "postgres") -> Schema:
    return find_dialect(dialect).ddl().description.describe([Artist, Album, Cover])


def test_mermaid() -> None:
    assert FORMATS["mermaid"](schema()) == MERMAID


def test_graphviz() -> None:
    lines = FORMATS["graphviz"](schema()).splitlines()
    assert lines[0] == "digraph schema {"
    assert lines[-1] == "}"
    assert '  "artists" -> "artists" [label="mentor_id", style=dashed];' in lines
    assert r'  "covers" -> "the \"albums\" <b>" [label="album_id"];' in lines
    (albums,) = [line for line in lines if line.startswith(r'  "the \"albums\" <b>" [')]
    label = albums.partition("[label=<")[2].removesuffix(">];")
    cells = ["".join(cell.itertext()) for cell in ET.fromstring(label).iter("td")]
    assert cells == ['the "albums" <b>', "id: integer PK", "artist_id: integer FK", "price: numeric(6, 2)"]


@pytest.mark.parametrize("dialect", ["sqlite", "d1", "postgres"])
def test_svg(dialect: str) -> None:
    root = ET.fromstring(FORMATS["svg"](schema(dialect)))
    texts = ["".join(each.itertext()) for each in root.iter("{http://www.w3.org/2000/svg}text")]
    assert len(texts) == 3 + 8
    assert 'the "albums" <b>' in texts
    arrows = list(root.iter("{http://www.w3.org/2000/svg}path"))
    assert [each[0].text for each in arrows] == [
        "artists (mentor_id) → artists",
        'the "albums" <b> (artist_id) → artists',
        'covers (album_id) → the "albums" <b>',
    ]
    assert [each.get("class") for each in arrows] == ["optional", None, None]


def test_a_table_is_to_the_right_of_those_that_it_references() -> None:
    assert depths(schema()) == {Name("artists"): 0, Name('the "albums" <b>'): 1, Name("covers"): 2}


def test_a_circle_and_nothing_at_all() -> None:
    class Hen(Table, name="hens"):
        id = col.integer().primary_key()
        egg_id = col.integer().references(lambda: Egg.id)

    class Egg(Table, name="eggs"):
        id = col.integer().primary_key()
        hen_id = col.integer().references(lambda: Hen.id)

    circle = find_dialect("sqlite").ddl().description.describe([Hen, Egg])
    for write in FORMATS.values():
        assert write(circle).count("hens") >= 3
        assert write(Schema("sqlite"))
    ET.fromstring(FORMATS["svg"](circle))
