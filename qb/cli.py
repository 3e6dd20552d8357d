"""The `qb` command (extra `cli`)."""

from __future__ import annotations

import importlib
import sys

import click

from qb.dialect import find_dialect
from qb.errors import QbError
from qb.tables import Table


@click.group()
@click.version_option(package_name="qb")
def main() -> None:
    """Work with the tables that an application declares."""


@main.command()
@click.argument("module")
@click.option("--dialect", default="sqlite", show_default=True, help="sqlite, d1 or postgres.")
def generate(module: str, dialect: str) -> None:
    """Print the DDL that creates the tables of MODULE (for example myapp.schema)."""
    sys.path.insert(0, "")  # the command runs from a script folder, but the module is in this one
    try:
        tables = tables_of(module)
        statements = find_dialect(dialect).ddl().create(tables)
    except (QbError, ImportError) as error:
        raise click.ClickException(str(error)) from error
    click.echo("\n\n".join(f"{statement};" for statement in statements))


def tables_of(module: str) -> list[type[Table]]:
    """The tables that a module declares or imports, in its order. Raises QbError when there are none."""
    found = [
        value
        for value in vars(importlib.import_module(module)).values()
        if isinstance(value, type) and issubclass(value, Table) and value is not Table
    ]
    if not found:
        raise QbError(f"{module} declares no tables")
    return list(dict.fromkeys(found))
