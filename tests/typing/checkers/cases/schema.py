"""The tables of the cases."""

from qb import Table, col


class Artist(Table, name="artists"):
    id = col.integer().primary_key()
    name = col.text()


class Album(Table, name="albums"):
    id = col.integer().primary_key()
    artist_id = col.integer().references(lambda: Artist.id)
    title = col.text()
    released = col.date().nullable()
    plays = col.integer().default(0)
