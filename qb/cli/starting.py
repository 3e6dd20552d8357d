"""`qb init`: the first files of a project."""

from __future__ import annotations

from pathlib import Path

import click

from qb.cli.output import errors_shown
from qb.dialect import find_dialect
from qb.errors import QbError

SCHEMA = '''"""The tables."""

from qb import Table, col


class User(Table, name="users"):
    id = col.integer().primary_key()
    email = col.text().unique()
'''
SETTINGS = """
[tool.qb]
schema = "{schema}"
url = "{url}"
migrations = "migrations"
"""
URLS = {
    "sqlite": "sqlite:///app.db",
    "postgres": "${DATABASE_URL}",
    "d1": "d1://${CLOUDFLARE_ACCOUNT_ID}/${D1_DATABASE_ID}",
}


@click.command()
@click.argument("module", metavar="MODULE")
@click.option("--dialect", default="sqlite", show_default=True, help="sqlite, d1 or postgres.")
@errors_shown
def init(module: str, dialect: str) -> None:
    """Start a project: a first table, settings.

    Makes MODULE, for example myapp.schema, and [tool.qb] in pyproject.toml. What is there already is left alone.
    """
    if not all(part.isidentifier() for part in module.split(".")):
        raise QbError(f"{module!r} is not the name of a module: myapp.schema")
    name = find_dialect(dialect).name
    path = Path(*module.split(".")).with_suffix(".py")
    settings = Path("pyproject.toml")
    text = settings.read_text(encoding="utf-8") if settings.exists() else ""
    if "[tool.qb]" in text:
        raise QbError("pyproject.toml has a [tool.qb] already")
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(SCHEMA, encoding="utf-8")
        click.echo(f"wrote {path}")
    added = SETTINGS.format(schema=module, url=URLS[name])
    if name == "postgres":
        added += 'dialect = "postgres"\n'  # the URL is not known yet
    settings.write_text(text + added if text else added.lstrip(), encoding="utf-8")
    click.echo(f"wrote [tool.qb] in {settings}, with {URLS[name]} as the database")
    click.echo('next: qb migrate new "create tables", and then qb migrate up')
