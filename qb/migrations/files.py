"""A folder of migrations:

migrations/
  0001_create_artists.sql             what is run, read and reviewed by people; wrangler takes it as it is
  down/0001_create_artists.sql        what undoes it
  snapshots/0001_create_artists.json  what it does and follows, as data, and the schema afterwards
  schema.lock.json                    checksums: what was edited after the fact shows
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

from qb.errors import SchemaError
from qb.migrations.errors import MigrationError
from qb.migrations.operations import Operation, dump_operations, load_operations
from qb.migrations.scripts import Script, parsed
from qb.migrations.snapshot import digest, dump, load
from qb.schema.canonical import canonical
from qb.schema.objects import Schema

LOCK = "schema.lock.json"
DIGITS = 4


@dataclass(frozen=True)
class Migration:
    """One step in the history of a schema."""

    name: str
    """`0001_create_artists`"""
    up: str
    """The text of the file."""
    down: str | None
    """None when there is no way back."""
    schema: Schema
    """What there is afterwards."""
    parents: tuple[str, ...]
    """The migrations that it follows: none for the first, several where branches meet."""
    operations: tuple[Operation, ...] = ()
    """What it does to the schema, of which the files were written."""

    @property
    def number(self) -> int:
        """What it is sorted by."""
        return int(self.name.partition("_")[0])

    @property
    def checksum(self) -> str:
        """Of what is run."""
        return digest(self.up)

    def script(self) -> Script:
        """What is run."""
        return parsed(self.up, self.schema.dialect)

    def down_script(self) -> Script:
        """What undoes it. Raises MigrationError when nothing does."""
        if self.down is None:
            raise MigrationError(f"{self.name} has no way back: there is no down/{self.name}.sql")
        return parsed(self.down, self.schema.dialect)


@dataclass(frozen=True)
class Problem:
    """Something that is not as it was when a migration was made."""

    migration: str
    text: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.text}"


class Folder:
    """The migrations of a folder, each after those that it follows."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []
        """What was found on reading: nothing is applied while there is any."""
        self.migrations: dict[str, Migration] = self._read()

    def __repr__(self) -> str:
        return f"Folder({str(self.path)!r})"

    def heads(self) -> list[Migration]:
        """The migrations that nothing follows: more than one where branches have not met."""
        followed = {parent for migration in self.migrations.values() for parent in migration.parents}
        return [migration for migration in self.migrations.values() if migration.name not in followed]

    def head(self) -> Migration | None:
        """The last migration; None in an empty folder. Raises MigrationError when there are several."""
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
            raise MigrationError(
                f"{'no' if not found else 'more than one'} migration {name!r} in {self.path} (there are: {known})"
            )
        return found[0]

    def before(self, migration: Migration) -> Schema:
        """The schema on which a migration that follows one other was made."""
        if not migration.parents:
            return Schema(migration.schema.dialect)
        return self.migrations[migration.parents[0]].schema

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
        for path, text in self._texts(migration).items():
            write(path, text)
        self.migrations[name] = migration
        self._write_lock()
        return migration

    def accept(self) -> None:
        """Take the files as they are now: the checksums are made anew."""
        self.problems = []
        self._write_lock()

    def _texts(self, migration: Migration) -> dict[Path, str]:
        """The files of a migration."""
        parents = {name: digest(self._snapshot(name).read_text(encoding="utf-8")) for name in migration.parents}
        done = dump_operations(migration.operations)
        data = json.dumps({"parents": parents, "operations": done}, indent=2, ensure_ascii=False)
        texts = {self.path / f"{migration.name}.sql": migration.up}
        if migration.down is not None:
            texts[self._down(migration.name)] = migration.down
        texts[self._snapshot(migration.name)] = f"{data[:-2]},\n{dump(migration.schema)[2:]}"
        return texts

    def _down(self, name: str) -> Path:
        return self.path / "down" / f"{name}.sql"

    def _snapshot(self, name: str) -> Path:
        return self.path / "snapshots" / f"{name}.json"

    def _read(self) -> dict[str, Migration]:
        """All migrations that can be read; the problems are noted."""
        locked = self._locked()
        found: dict[str, Migration] = {}
        hashes: dict[str, str] = {}
        claims: dict[str, dict[str, str]] = {}
        for path in sorted(self.path.glob("*.sql")):
            migration = self._read_one(path, claims, hashes)
            if migration is not None:
                found[migration.name] = migration
                self._compare(migration.name, locked)
        for name in locked.keys() - found.keys():
            if not (self.path / f"{name}.sql").exists():
                self._problem(name, f"{name}.sql is gone, and {LOCK} has it")
        for name, parents in claims.items():
            for parent, expected in parents.items():
                if parent not in found:
                    self._problem(name, f"it follows {parent}, which is not there")
                elif hashes[parent] != expected:
                    self._problem(name, f"it was made when snapshots/{parent}.json was another")
        return self._ordered(found)

    def _read_one(self, path: Path, claims: dict[str, dict[str, str]], hashes: dict[str, str]) -> Migration | None:
        name = path.stem
        number, _, rest = name.partition("_")
        if not number.isdecimal() or not rest:
            self._problem(name, f"{path.name} is not named like a migration: 0001_create_artists.sql")
            return None
        try:
            text = self._snapshot(name).read_text(encoding="utf-8")
            data = json.loads(text)
            claims[name] = data.pop("parents")
            operations = load_operations(data.pop("operations", ()))
            schema = load(json.dumps(data))
        except FileNotFoundError:
            self._problem(name, f"snapshots/{name}.json is gone")
            return None
        except (SchemaError, ValueError, KeyError, TypeError, AttributeError) as error:
            self._problem(name, f"snapshots/{name}.json cannot be read: {error}")
            return None
        hashes[name] = digest(text)
        down = self._down(name)
        return Migration(
            name,
            path.read_text(encoding="utf-8"),
            down.read_text(encoding="utf-8") if down.exists() else None,
            schema,
            tuple(claims[name]),
            operations,
        )

    def _ordered(self, found: Mapping[str, Migration]) -> dict[str, Migration]:
        """Each after those that it follows, and otherwise by number."""
        sorter = TopologicalSorter(
            {name: [p for p in each.parents if p in found] for name, each in sorted(found.items())}
        )
        try:
            sorter.prepare()
        except CycleError as error:
            raise MigrationError(
                f"the migrations of {self.path} follow one another in a circle: {error.args[1]}"
            ) from error
        ordered: dict[str, Migration] = {}
        waiting: list[str] = []
        while sorter.is_active():
            waiting = sorted([*waiting, *sorter.get_ready()])
            name = waiting.pop(0)
            ordered[name] = found[name]
            sorter.done(name)
        return ordered

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

    def _compare(self, name: str, locked: Mapping[str, Mapping[str, str]]) -> None:
        if name not in locked:
            self._problem(name, f"{LOCK} does not have it: was it written by hand? `qb migrate accept` takes it")
            return
        now = self._checksums(name)
        for file in sorted(now.keys() | locked[name].keys()):
            if now.get(file) != locked[name].get(file):
                what = "is gone" if file not in now else "is new" if file not in locked[name] else "was edited"
                self._problem(name, f"{file} {what} since it was made")

    def _checksums(self, name: str) -> dict[str, str]:
        """Of the files of a migration, by their place in the folder."""
        paths = [self.path / f"{name}.sql", self._down(name), self._snapshot(name)]
        return {
            path.relative_to(self.path).as_posix(): digest(path.read_text(encoding="utf-8"))
            for path in paths
            if path.exists()
        }

    def _write_lock(self) -> None:
        checksums = {name: self._checksums(name) for name in sorted(self.migrations)}
        write(self.path / LOCK, json.dumps({"format": 1, "migrations": checksums}, indent=2) + "\n")

    def _problem(self, name: str, text: str) -> None:
        self.problems.append(Problem(name, text))


def write(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
