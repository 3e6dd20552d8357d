"""Migrations that follow one another."""

from __future__ import annotations

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter

from qb.migrations.errors import MigrationError
from qb.migrations.migration import Migration


class Graph:
    """Migrations by name, each after those that it follows, and otherwise by number."""

    def __init__(self, found: Mapping[str, Migration], place: object) -> None:
        self.place = place
        """Where they are, as errors say it."""
        self.migrations: dict[str, Migration] = self.ordered(found)

    def heads(self) -> list[Migration]:
        """The migrations that nothing follows: more than one where branches have not met."""
        followed = {parent for migration in self.migrations.values() for parent in migration.parents}
        return [migration for migration in self.migrations.values() if migration.name not in followed]

    def head(self) -> Migration | None:
        """The last migration; None where there is none at all. Raises MigrationError when there are several."""
        heads = self.heads()
        if len(heads) > 1:
            names = " and ".join([head.name for head in heads])
            raise MigrationError(
                f"{names} follow the same migration: two branches of history, which `qb migrate merge` joins"
            )
        return heads[0] if heads else None

    def ancestors(self, name: str) -> set[str]:
        """All that a migration follows, directly or not."""
        found: set[str] = set()
        waiting = list(self.find(name).parents)
        while waiting:
            parent = waiting.pop()
            if parent not in found:
                found.add(parent)
                waiting += self.migrations[parent].parents
        return found

    def find(self, name: str) -> Migration:
        """The migration of a name, or of the number that begins it. Raises MigrationError when there is none."""
        found = [each for each in self.migrations.values() if name == each.name]
        if name.isdecimal():
            found = [each for each in self.migrations.values() if each.number == int(name)]
        if len(found) != 1:
            known = ", ".join(self.migrations) or "none at all"
            squashed = [each.name for each in self.migrations.values() if name in each.parts]
            also = f"; it is in {squashed[0]} now, by `qb migrate squash`" if squashed else ""
            many = "no" if not found else "more than one"
            raise MigrationError(f"{many} migration {name!r} in {self.place} (there are: {known}){also}")
        return found[0]

    def ordered(self, found: Mapping[str, Migration]) -> dict[str, Migration]:
        """Each after those that it follows. Raises MigrationError when they follow one another in a circle."""
        sorter = TopologicalSorter(
            {name: [p for p in each.parents if p in found] for name, each in sorted(found.items())}
        )
        try:
            sorter.prepare()
        except CycleError as error:
            raise MigrationError(
                f"the migrations of {self.place} follow one another in a circle: {error.args[1]}"
            ) from error
        ordered: dict[str, Migration] = {}
        waiting: list[str] = []
        while sorter.is_active():
            waiting = sorted([*waiting, *sorter.get_ready()])
            name = waiting.pop(0)
            ordered[name] = found[name]
            sorter.done(name)
        return ordered
