"""`qb generate`: the DDL of all tables."""

from __future__ import annotations

import click

from qb.cli.output import errors_shown, show_sql
from qb.cli.project import Project, project_options


@click.command()
@errors_shown
@project_options("schema", "dialect")
def generate(project: Project) -> None:
    """Print the DDL that creates all tables.

    MODULE declares them, for example myapp.schema.
    """
    show_sql(project.ddl().create(project.declared()))
