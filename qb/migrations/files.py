"""A folder of migrations:

migrations/
  0001_create_artists.sql             what is run, read and reviewed by people; wrangler takes it as it is
  down/0001_create_artists.sql        what undoes it
  snapshots/0001_create_artists.json  what it does and follows, as data, and the schema afterwards
  schema.lock.json                    checksums: what was edited after the fact shows
  squashed/                           those in whose place a squashed one stands, in folders like these
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from qb.migrations.errors import MigrationError
from qb.migrations.graph import Graph
from qb.migrations.migration import Migration, Replaced
from qb.migrations.operations import Operation
from qb.migrations.scripts import Script
from qb.migrations.snapshot import digest
from qb.migrations.store import Store, Stored, write
from qb.schema.canonical import canonical
from qb.schema.objects import Schema

LOCK = "schema.lock.json"
SQUASHED = "squashed"
DIGITS = 4


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was when a migration was made."""

    migration: str
    text: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.text}"


class Folder(Graph):
    """The migrations of a folder, each after those that it follows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._store = Store(path)
        self._aside = Store(path / SQUASHED)
        self.problems: list[Problem] = []
        """What was found on reading: nothing is applied while there is any."""
        self.squashed: dict[str, Migration] = {}
        """Those that do not stand for themselves any more, as far as their files are kept."""
        super().__init__(self._read(), path)

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    def before(self, migration: Migration) -> Schema:
        """The schema on which a migration that follows one other was made."""
        if not migration.parents:
            return Schema(migration.schema.dialect)
        parent = migration.parents[0]
        return (self.migrations.get(parent) or self.squashed[parent]).schema

    def check(self) -> None:
        """Raise MigrationError when something is not as it was."""
        if self.problems:
            raise MigrationError("\n".join([str(problem) for problem in self.problems]))

    def add(
        self,
        title: str,
        up: Script,
        down: Script | None,
        schema: Schema,
        parents: Iterable[str] | None = None,
        operations: Iterable[Operation] = (),
    ) -> Migration:
        """Write a migration with the next number. It follows the last one, unless others are given.

        Raises MigrationError when the title is none, or when something is not as it was.
        """
        self.check()
        words = "_".join(title.lower().split())
        if not words or not words.replace("_", "").isalnum() or not words.isascii():
            raise MigrationError(f"{title!r} cannot be the name of a file: it is of letters, digits and spaces")
        if parents is None:
            head = self.head()
            parents = () if head is None else (head.name,)
        number = 1 + max([each.number for each in self.migrations.values()], default=0)
        name = f"{number:0{DIGITS}}_{words}"
        back = None if down is None else down.text()
        migration = Migration(name, up.text(), back, canonical(schema), tuple(parents), tuple(operations))
        self._store.write(migration)
        self.migrations[name] = migration
        self._write_lock()
        return migration

    def replaced(self, name: str) -> tuple[Replaced, ...]:
        """What a migration that takes the place of this one notes of it, and of those in whose place it stands."""
        migration = self.migrations[name]
        own = Replaced(name, migration.checksum, self._store.digest(name), migration.parts)
        return (*migration.replaces, own)

    def replace(self, squashed: Migration) -> None:
        """Write a migration in the place of others. Their files are moved aside, because wrangler applies all that are
        at the top. It has the name of the last of them, so that what follows that one follows it.
        """
        for name in dict.fromkeys([each.name for each in squashed.replaces]):
            if name not in self.migrations:
                continue
            if self.migrations[name].replaces:  # its parts are aside already
                for path in self._store.files(name):
                    path.unlink()
            else:
                self._store.move(name, self._aside)
        self._store.write(squashed)
        self.migrations = self.ordered(self._read())
        self.accept()

    def accept(self) -> None:
        """Take the files as they are now: the checksums are made anew."""
        self.problems = []
        self._write_lock()

    def _read(self) -> dict[str, Migration]:
        """All migrations that can be read; the problems are noted."""
        locked = self._locked()
        found: dict[str, Stored] = {}
        for name in self._store.names():
            stored = self._read_one(self._store, name)
            if stored is not None:
                found[name] = stored
        parts = {part for each in found.values() for part in each.migration.parts}
        aside = [self._read_one(self._aside, name) for name in self._aside.names() if name in parts]
        self.squashed = {each.migration.name: each.migration for each in aside if each is not None}
        for stored in found.values():
            self._compare(stored.migration, locked)
        for name in sorted(locked.keys() - found.keys()):
            if not self._store.up(name).exists():
                self._problem(name, f"{name}.sql is gone, and {LOCK} has it")
        for stored in found.values():
            self._check_parents(stored, found)
        return {name: each.migration for name, each in found.items()}

    def _read_one(self, store: Store, name: str) -> Stored | None:
        number, _, rest = name.partition("_")
        if not number.isdecimal() or not rest:
            self._problem(name, f"{name}.sql is not named like a migration: 0001_create_artists.sql")
            return None
        try:
            return store.read(name)
        except MigrationError as error:
            self._problem(name, str(error))
            return None

    def _check_parents(self, stored: Stored, found: Mapping[str, Stored]) -> None:
        """What a migration follows has to be there, and as it was."""
        name = stored.migration.name
        for parent, expected in stored.parents.items():
            squashed = [each.migration.name for each in found.values() if parent in each.migration.parts]
            if parent not in found:
                where = f"which is in {squashed[0]} now: make it anew" if squashed else "which is not there"
                self._problem(name, f"it follows {parent}, {where}")
                continue
            replaced = found[parent].migration.replaces
            known = {found[parent].digest, *[each.snapshot for each in replaced if each.name == parent]}
            if expected not in known:
                self._problem(name, f"it was made when snapshots/{parent}.json was another")

    def _locked(self) -> dict[str, dict[str, str]]:
        """What the lock file says of each migration."""
        path = self.path / LOCK
        if not path.exists():
            return {}
        try:
            locked: dict[str, dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))["migrations"]
        except (ValueError, KeyError, TypeError) as error:
            raise MigrationError(
                f"{path} cannot be read ({error}): where two branches have changed it, take either side and run "
                f"`qb migrate accept` once the migrations are as they should be"
            ) from error
        return locked

    def _compare(self, migration: Migration, locked: Mapping[str, Mapping[str, str]]) -> None:
        name = migration.name
        if name not in locked:
            self._problem(name, f"{LOCK} does not have it: was it written by hand? `qb migrate accept` takes it")
            return
        now = self._checksums(migration)
        for file in sorted(now.keys() | locked[name].keys()):
            if file not in now and file.startswith(f"{SQUASHED}/"):
                continue  # nobody has to keep these
            if now.get(file) != locked[name].get(file):
                what = "is gone" if file not in now else "is new" if file not in locked[name] else "was edited"
                self._problem(name, f"{file} {what} since it was made")

    def _checksums(self, migration: Migration) -> dict[str, str]:
        """Of the files of a migration, by their place in the folder, and of those that it was made of."""
        paths = self._store.files(migration.name)
        for part in migration.parts:
            paths += self._aside.files(part)
        return {path.relative_to(self.path).as_posix(): digest(path.read_text(encoding="utf-8")) for path in paths}

    def _write_lock(self) -> None:
        checksums = {name: self._checksums(each) for name, each in sorted(self.migrations.items())}
        write(self.path / LOCK, json.dumps({"format": 1, "migrations": checksums}, indent=2) + "\n")

    def _problem(self, name: str, text: str) -> None:
        self.problems.append(Problem(name, text))
