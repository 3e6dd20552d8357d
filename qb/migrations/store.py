"""The three files of a migration, written and read."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from qb.errors import SchemaError
from qb.migrations.errors import MigrationError
from qb.migrations.migration import Migration, Replaced
from qb.migrations.operations import dump_operations, load_operations
from qb.migrations.snapshot import decoded, digest, dump, load


@dataclass(frozen=True)
class Stored:
    """A migration as it was read."""

    migration: Migration
    parents: Mapping[str, str]
    """The checksums that the snapshots of its parents had when it was made."""
    digest: str
    """That of its own snapshot."""


class Store:
    """The files of migrations in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def names(self) -> list[str]:
        """Of the files that may be migrations."""
        return [path.stem for path in sorted(self.path.glob("*.sql"))]

    def up(self, name: str) -> Path:
        """What is run."""
        return self.path / f"{name}.sql"

    def down(self, name: str) -> Path:
        """What undoes it."""
        return self.path / "down" / f"{name}.sql"

    def snapshot(self, name: str) -> Path:
        """What it does and follows, and the schema afterwards."""
        return self.path / "snapshots" / f"{name}.json"

    def files(self, name: str) -> list[Path]:
        """Those that are there."""
        return [path for path in (self.up(name), self.down(name), self.snapshot(name)) if path.exists()]

    def read(self, name: str) -> Stored:
        """A migration. Raises MigrationError when its snapshot is gone or none."""
        where = f"snapshots/{name}.json"
        try:
            text = self.snapshot(name).read_text(encoding="utf-8")
            data = json.loads(text)
            parents: dict[str, str] = data.pop("parents")
            operations = load_operations(data.pop("operations", ()))
            replaces: tuple[Replaced, ...] = decoded(tuple[Replaced, ...], data.pop("replaces", ()))
            schema = load(json.dumps(data))
        except FileNotFoundError as error:
            raise MigrationError(f"{where} is gone") from error
        except (SchemaError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise MigrationError(f"{where} cannot be read: {error}") from error
        down = self.down(name)
        migration = Migration(
            name,
            self.up(name).read_text(encoding="utf-8"),
            down.read_text(encoding="utf-8") if down.exists() else None,
            schema,
            tuple(parents),
            operations,
            replaces,
        )
        return Stored(migration, parents, digest(text))

    def write(self, migration: Migration) -> None:
        """Write a migration. Its parents are there already."""
        parents = {name: self.digest(name) for name in migration.parents}
        head: dict[str, object] = {"parents": parents, "operations": dump_operations(migration.operations)}
        if migration.replaces:
            head["replaces"] = [asdict(each) for each in migration.replaces]
        data = json.dumps(head, indent=2, ensure_ascii=False)
        write(self.up(migration.name), migration.up)
        if migration.down is not None:
            write(self.down(migration.name), migration.down)
        write(self.snapshot(migration.name), f"{data[:-2]},\n{dump(migration.schema)[2:]}")

    def digest(self, name: str) -> str:
        """The checksum of a snapshot."""
        return digest(self.snapshot(name).read_text(encoding="utf-8"))

    def move(self, name: str, other: Store) -> None:
        """Move a migration elsewhere. It is there before it is gone here."""
        files = self.files(name)
        for path in files:
            write(other.path / path.relative_to(self.path), path.read_text(encoding="utf-8"))
        for path in files:
            path.unlink()


def write(path: Path, text: str) -> None:
    """Write a file, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
