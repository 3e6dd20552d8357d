"""Triggers that keep a new column in step with what it takes the place of, while programs that do not know it write."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from zlib import crc32

from dialects.postgres.migrations.privileges import copied
from dialects.postgres.schema.ddl import PostgresDdl
from qb.identifiers import LONGEST_NAME, QUOTED
from qb.migrations.expressions import mentions
from qb.schema.objects import Name, Trigger
from qb.types import TEXT

PREFIXES = SYNC, TAKE, FILL = "zz_sync_", "zz_take_", "zzz_fill_"
"""How their names begin. Triggers are run by their names: these have to see what the others make of the row, and each
kind what the one before it does.
"""


def filled(table: Name, column: str, value: str) -> Trigger:
    """A column that nobody gives a value gets one, over the others of its row."""
    lines = [f"IF NEW.{QUOTED[column]} IS NULL THEN", f"  {assigned(table, column, value)}", "END IF;"]
    return trigger(table, f"{FILL}{column}", lines)


def derived(table: Name, column: str, new: str, value: str) -> Trigger:
    """`new` always is what comes of `column`."""
    return for_all_who_may(trigger(table, f"{TAKE}{column}", [assigned(table, new, value)]), column, new)


def both(table: Name, old: str, new: str) -> Trigger:
    """Whichever of two columns is written, the other has the same value."""
    one, other = f"NEW.{QUOTED[old]}", f"NEW.{QUOTED[new]}"
    lines = [
        f"IF TG_OP = 'INSERT' AND {other} IS NOT NULL",
        f"  OR TG_OP = 'UPDATE' AND {other} IS DISTINCT FROM OLD.{QUOTED[new]} THEN",
        f"  {one} := {other};",
        "ELSE",
        f"  {other} := {one};",
        "END IF;",
    ]
    return for_all_who_may(trigger(table, f"{SYNC}{old}", lines), old, new)


def for_all_who_may(made: Trigger, old: str, new: str) -> Trigger:
    """With the privileges of one column given to the other."""
    ddl = PostgresDdl()
    literal = ddl.description.expressions().literal
    names = [literal(each, TEXT) for each in (ddl.name(made.table), old, new)]
    return replace(made, sql=f"{made.sql};\n\n{copied(*names)}")


def assigned(table: Name, column: str, value: str) -> str:
    """A column of the row gets a value, in which the columns are called as ever."""
    return f"NEW.{QUOTED[column]} := (SELECT {value} FROM (SELECT NEW.*) AS {QUOTED[table.name]});"


def trigger(table: Name, name: str, lines: Iterable[str]) -> Trigger:
    """A trigger with its function."""
    ddl, name = PostgresDdl(), shortened(name)
    function = ddl.name(Name(shortened(f"{name}_of_{table.name}"), table.schema))
    body = "\n".join(["BEGIN", *[f"  {line}" for line in lines], "  RETURN NEW;", "END"])
    create = f"CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $qb$\n{body} $qb$"
    events = f"BEFORE INSERT OR UPDATE ON {ddl.name(table)} FOR EACH ROW"
    attach = f"CREATE TRIGGER {QUOTED[name]} {events} EXECUTE FUNCTION {function}()"
    return Trigger(name, table, f"{create};\n\n{attach}")


def is_sync(trigger: Trigger) -> bool:
    """Whether a trigger is one of these."""
    return trigger.name.startswith(PREFIXES) and "$qb$" in trigger.sql


def twin_of(trigger: Trigger) -> str | None:
    """The column, as it is written, that has the same values as another; None for other triggers."""
    if not is_sync(trigger) or "TG_OP" not in trigger.sql:
        return None
    return trigger.sql.partition("NEW.")[2].partition(" IS NOT NULL")[0]


def reads(trigger: Trigger, column: str) -> bool:
    """Whether a trigger names a column, be it in the body of its function."""
    return mentions(body_of(trigger) or trigger.sql, column, "postgres")


def body_of(trigger: Trigger) -> str:
    """The body of the function that goes with a trigger; empty for those of people."""
    return trigger.sql.split("$qb$")[1] if is_sync(trigger) else ""


def function_of(trigger: Trigger) -> str | None:
    """The function, as it is written, that goes with a trigger; None for those of people."""
    if not is_sync(trigger):
        return None
    return trigger.sql.removeprefix("CREATE FUNCTION ").partition("()")[0]


def shortened(name: str) -> str:
    """A name that PostgreSQL does not cut off, and another one for each."""
    if len(name.encode()) <= LONGEST_NAME:
        return name
    digest = f"_{crc32(name.encode()):08x}"
    return name.encode()[: LONGEST_NAME - len(digest)].decode(errors="ignore") + digest
