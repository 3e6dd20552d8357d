"""A table of every kind that PostgreSQL has, and what may stand beside tables."""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from qb import (
    Table,
    check,
    col,
    enum_type,
    exclude,
    fn,
    foreign_key,
    index,
    materialized_view,
    schema_named,
    sequence,
    sql,
    trigger,
    unique,
    view,
)


class Mood(Enum):
    GOOD = "it's good"
    BAD = "bad"


class Size(Enum):
    SMALL = "small"


class Unused(Enum):
    NONE = "none"


app = schema_named("app")
unused = enum_type(Unused, name="not used")
counter = sequence(
    "counter", schema="app", type="smallint", start=9, increment=-1, minvalue=-5, maxvalue=10, cycle=True
)
numbers = sequence("numbers", type="integer", owned_by=lambda: Room.number)


class Room(Table, name="rooms", comment="where\nit's", options={"fillfactor": 80, "autovacuum_enabled": False}):
    id = col.integer().primary_key(generated="always")
    code = col.bigint().identity(start=5, increment=2, cache=3, cycle=True, sequence="room_codes")
    name = col.text(collation="C").comment("it's \\ a name").check(lambda name: name != "", name="not empty")
    kind = col.varchar(30).nullable().unique()
    mood = col.enum(Mood, type_name="Mood").default(Mood.BAD)
    moods = col.array(col.enum(Mood, type_name="Mood")).default([Mood.GOOD])
    size = col.enum(Size, schema="app").nullable()
    number = col.integer().default_sql(sql("nextval('numbers')", returns=int))
    amount = col.numeric(6, 2).nullable().default(-1)
    twice = col.numeric(7, 2).nullable().generated(amount + amount)
    during = col.custom("tstzrange", object)
    net = col.custom("inet[]", object).nullable()
    short = col.custom("char(3)", str).nullable()
    moment = col.custom("timestamptz(3)", datetime).default_sql(fn.now())
    clock = col.custom("timestamp(0)", col.timestamp(zone=False)).nullable()
    tags = col.json(list[str]).default([])

    free = exclude((during, "&&"), (sql("range_merge(during, during)"), "-|-"), where=id > 5, initially="deferred")
    one = unique(code, name, initially="deferred")
    equal = unique(amount, nulls_distinct=False, include=(kind,))
    later = unique(number, deferrable=True, name="")
    positive = check(id > 0)
    by_name = index(
        name.collate("POSIX").desc(),
        fn.lower(name).asc().nulls_first(),
        operator_class=("text_pattern_ops", None),
        unique=True,
        where=id > 5,
        include=(kind,),
        nulls_distinct=False,
        options={"fillfactor": 70},
        concurrently=True,
    )
    by_tags = index(tags, method="gin", operator_class="jsonb_path_ops", options={"fastupdate": False})


class Guest(Table, name="guests", schema="app"):
    room = col.integer().nullable()
    name = col.varchar(30).nullable()
    host = (
        col.integer()
        .nullable()
        .references(lambda: Room.id, on_delete="set null", on_update="no action", initially="deferred", name="the host")
    )
    both = unique(room, name)
    in_room = foreign_key(
        name, references=lambda: (Room.kind,), match="full", on_delete="cascade", deferrable=True, name="in room"
    )


quiet = view("quiet", "SELECT id, name FROM rooms WHERE mood = 'bad'")
loud = view("loud", "CREATE VIEW loud WITH (security_barrier) AS SELECT * FROM quiet")
counts = materialized_view(
    "counts", "SELECT kind, count(*) AS n FROM rooms GROUP BY kind", index(sql("kind"), name="by kind"), schema="app"
)
touch = trigger(
    "touch",
    lambda: Room,
    "CREATE TRIGGER touch BEFORE UPDATE ON rooms FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
)
