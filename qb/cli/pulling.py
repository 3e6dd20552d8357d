"""`qb pull`: the declarations of a database that is there already."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import click

from qb.cli.output import errors_shown
from qb.cli.project import Project, project_options
from qb.migrations.history import NAME as HISTORY
from qb.migrations.pull import pull as source_of
from qb.schema.introspect import introspect


@click.command()
@errors_shown
@project_options("url")
def pull(project: Project) -> None:
    """Print declarations of what is in a database.

    A Python module: `qb pull --url sqlite:///app.db > schema.py`. What cannot be declared is named in its comments.
    """

    async def run() -> str:
        async with project.database() as db:
            schema = await introspect(db)
        tables = tuple([table for table in schema.tables if table.name.name != HISTORY])
        return source_of(replace(schema, tables=tables))

    click.echo(asyncio.run(run()), nl=False)
