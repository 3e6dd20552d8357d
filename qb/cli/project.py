"""What the command works on: the settings in pyproject.toml, the tables, the database."""

from __future__ import annotations

import functools
import importlib
import os
import tomllib
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from string import Template
from types import ModuleType
from typing import Any, TypeVar

import click

from qb.dialect import find_dialect
from qb.errors import QbError
from qb.migrations.checks.allowing import Allowance, in_settings
from qb.running.database import Database
from qb.schema.ddl import Ddl
from qb.schema.declared import Declared, declared_in

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Project:
    """The settings of [tool.qb], and what they lead to."""

    schema: str | None = None
    """The module that declares the tables: `myapp.schema`."""
    dialect: str | None = None
    url: str | None = None
    """Of the database; `${NAME}` in it is a variable of the environment."""
    migrations: Path = Path("migrations")
    seeds: str | None = None
    """The module that declares the seeds, if it is not that of the tables."""
    allow: tuple[Allowance, ...] = ()
    """What `qb check` may find."""

    def with_options(self, **options: str | None) -> Project:
        """The settings, but for what the command line says."""
        given: dict[str, Any] = {name: value for name, value in options.items() if value is not None}
        if "migrations" in given:
            given["migrations"] = Path(given["migrations"])
        return replace(self, **given)

    def dialect_name(self) -> str:
        """The dialect, given or as the URL says. Raises a usage error when neither is known."""
        if self.dialect is not None:
            return find_dialect(self.dialect).name
        if self.url is not None:
            return find_dialect(self.url.partition(":")[0]).name
        raise click.UsageError("which dialect? Give --dialect, or set `dialect` in [tool.qb] of pyproject.toml")

    def ddl(self) -> Ddl:
        """What writes the DDL of the dialect."""
        return find_dialect(self.dialect_name()).ddl()

    def declared(self) -> list[Declared]:
        """The tables and all else that is declared. Raises QbError when there are none, and when the module cannot be
        imported.
        """
        if self.schema is None:
            raise click.UsageError(
                "which tables? Give the module that declares them (myapp.schema), or set `schema` in [tool.qb] of "
                "pyproject.toml"
            )
        return declared_in(imported(self.schema))

    def database(self, *, may_be_new: bool = False) -> Database[Any]:
        """The database, not yet connected. Unless it may be new, a file of SQLite has to be there: a name that is
        misspelt would make an empty one.
        """
        if self.url is None:
            raise click.UsageError("which database? Give --url, or set `url` in [tool.qb] of pyproject.toml")
        try:
            url = Template(self.url).substitute(os.environ)
        except KeyError as error:
            raise QbError(
                f"{self.url} needs the variable {error.args[0]} of the environment, which is not set"
            ) from error
        if url.startswith("sqlite:///") and "mode=" not in url and not may_be_new:
            url += "&mode=rw" if "?" in url else "?mode=rw"
        return Database.connect(url)


def load_project() -> Project:
    """The settings of the nearest pyproject.toml from the current folder upwards, if it has any."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        path = folder / "pyproject.toml"
        if path.is_file():
            return read_project(path)
    return Project()


def read_project(path: Path) -> Project:
    """The settings of a pyproject.toml. Raises QbError for one that qb does not know."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8")).get("tool", {}).get("qb", {})
    except ValueError as error:
        raise QbError(f"{path} is no TOML: {error}") from error
    allow = in_settings(found.pop("allow", []), str(path))
    known = Project.__dataclass_fields__.keys() - {"allow"}
    for name, value in found.items():
        if name not in known or not isinstance(value, str):
            raise QbError(f"{path}: [tool.qb] has {name} = {value!r}; it takes texts for {', '.join(sorted(known))}")
    project = Project().with_options(**found)
    return replace(project, migrations=path.parent / project.migrations, allow=allow)


def project_options(*names: str) -> Callable[[F], F]:
    """Options that override settings; the command takes the `project` that comes of both."""

    def decorate(command: F) -> F:
        @functools.wraps(command)
        def run(**given: Any) -> Any:  # what click gives
            options = {name: given.pop(name) for name in names}
            return command(load_project().with_options(**options), **given)

        for name in reversed(names):
            run = OPTIONS[name](run)
        return run  # type: ignore[return-value]  # click calls it, and nobody else

    return decorate


def imported(name: str) -> ModuleType:
    """The module of a name. Raises QbError when there is none."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise QbError(f"{name} cannot be imported: {error}") from error


OPTIONS: dict[str, Callable[[Any], Any]] = {
    "schema": click.argument("schema", required=False, metavar="[MODULE]"),
    "seeds": click.argument("seeds", required=False, metavar="[MODULE]"),
    "dialect": click.option("--dialect", help="sqlite, d1 or postgres."),
    "url": click.option("--url", help="The database: sqlite:///app.db, postgresql://…, d1://…"),
    "migrations": click.option("--migrations", metavar="FOLDER", help="The folder of the migrations."),
}
