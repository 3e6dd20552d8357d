"""`qb generate`: the DDL of all tables."""

from __future__ import annotations

import click

from qb.cli.output import errors_shown
from qb.cli.project import Project, project_options


@click.command()
@errors_shown
@project_options("schema", "dialect")
def generate(project: Project) -> None:
    """Print the DDL that creates the tables of MODULE (for example myapp.schema)."""
    statements = project.ddl().create(project.tables())
    click.echo("\n\n".join([f"{statement};" for statement in statements]))
