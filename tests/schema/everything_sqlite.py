"""A table of every kind that SQLite has, and what may stand beside tables."""

from __future__ import annotations

from enum import Enum

from qb import Table, check, col, fn, foreign_key, index, primary_key, sql, trigger, unique, view


class Mood(Enum):
    GOOD = "it's good"
    BAD = "bad"


class Person(Table, name="People"):
    id = col.integer().primary_key(autoincrement=True)
    name = col.text(collation="NOCASE").unique().check(lambda name: name != "", name="not empty")
    nick = col.varchar(30).nullable().default("it's")
    mood = col.enum(Mood).default(Mood.BAD)
    born = col.date().nullable()
    score = col.numeric(6, 2).default(-1)
    seen = col.timestamp().default_sql(sql("strftime('%Y', 'now')"))
    shout = col.text().generated(fn.upper(name))
    whisper = col.text().nullable().generated(fn.lower(name), stored=False)

    by_name = index(name.collate("RTRIM").desc(), born, unique=True, where=born.is_not_null())
    by_shape = index(fn.lower(name).collate("NOCASE"), sql("id % 10"), name="by shape")
    born_late = check(born > sql("'1800-01-01'"), name="")
    same = unique(name, nick, on_conflict="ignore")
    other = unique(nick, born, name="")


class Page(Table, name="pages", strict=False, without_rowid=True):
    path = col.custom("VARCHAR (40)", str, collation="RTRIM")
    part = col.custom("decimal(5, 2)", float)
    owner = (
        col.integer()
        .nullable()
        .references(lambda: Person.id, on_delete="set null", deferrable=True, initially="deferred", name="the owner")
    )
    former = col.integer("former owner").nullable().references(lambda: Person.id, match="full", on_update="cascade")
    above = col.custom("VARCHAR (40)", str).nullable()
    level = col.custom("decimal(5, 2)", float).nullable()
    anything = col.custom("", object).nullable()

    key = primary_key(path, part, on_conflict="replace", name="the key")
    up = foreign_key(above, level, references=lambda: (Page.path, Page.part), on_delete="cascade", deferrable=True)


young = view("young", "SELECT name FROM People WHERE born > '2000-01-01'")
renamed = view("renamed", 'CREATE VIEW "renamed" (who) AS SELECT name FROM young;')
touch = trigger(
    "touch", Page, "CREATE TRIGGER touch AFTER DELETE ON pages BEGIN UPDATE People SET nick = ';' WHERE id = 1; END"
)
instead = trigger("instead", "young", "CREATE TRIGGER instead INSTEAD OF DELETE ON young BEGIN SELECT 1; END")
