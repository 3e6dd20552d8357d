"""The declarations for the types of a database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from qb.schema.objects import Column, Name, Schema
from qb.schema.source import call


class TypeNames:
    """What differs between the dialects in declaring columns."""

    def __init__(self, enums: Mapping[Name, str]) -> None:
        self.enums = enums
        self.used = set[str]()
        """Names that are to be imported."""
        self._mixed: dict[Name, list[tuple[str, ...]]] | None = None

    def column(self, column: Column, name: str | None, is_free: bool) -> str:
        """The call that makes a column."""
        if is_free:
            return self.custom(column, "object", name)
        made = self.plain(column.type, name, column.collation)
        return self.custom(column, self.like(column.type), name) if made is None else made

    def custom(self, column: Column, like: str, name: str | None) -> str:
        """A column of a type that qb has no word for."""
        self.used.add(like)
        given = [like, *([] if name is None else [repr(name)])]
        keywords = {"collation": column.collation}
        return f"col.{call('custom', column.type, bare=given, keywords=keywords)}"

    def plain(self, type: str, name: str | None, collation: str | None) -> str | None:
        """The call for a type of qb's own; None for another one."""
        raise NotImplementedError

    def like(self, type: str) -> str:
        """The Python class of the values of another type."""
        raise NotImplementedError

    def primary_key(self, column: Column) -> str:
        """`.primary_key(…)`."""
        raise NotImplementedError

    def plain_default(self, column: Column) -> str | None:
        """The value of a default that is written as a value; None for another one."""
        raise NotImplementedError

    def implied_name(self, table: str, columns: Sequence[str], suffix: str) -> str | None:
        """The name that the engine gives to a constraint without one."""
        return None

    def mixed(self, schema: Schema, table: Name) -> list[tuple[str, ...]]:
        """The columns of a table that are in foreign keys between different types."""
        if self._mixed is None:
            self._mixed = {}
            tables = {each.name: each for each in schema.tables}
            for each in schema.tables:
                for key in each.foreign_keys:
                    other = tables.get(key.table)
                    names = set() if other is None else {column.name for column in other.columns}
                    if other is None or not names.issuperset(key.references):
                        continue
                    pairs = list(zip(key.columns, key.references, strict=False))
                    if any(self.family(each.column(a)) != self.family(other.column(b)) for a, b in pairs):
                        self._mixed.setdefault(each.name, []).append(key.columns)
        return self._mixed.get(table, [])

    def family(self, column: Column) -> str:
        """What two types have in common that may reference each other."""
        made = self.plain(column.type, None, None)
        kind = self.like(column.type) if made is None else made.removeprefix("col.").partition("(")[0]
        families = {"bigint": "int", "integer": "int", "smallint": "int", "text": "str", "varchar": "str"}
        return families.get(kind, kind)
