"""`qb migrate bundle`: the migrations as a Python module, for a Worker that migrates its own database."""

from __future__ import annotations

from pathlib import Path

import click

from qb.cli.output import errors_shown
from qb.cli.project import Project, project_options
from qb.migrations.bundle import bundled
from qb.migrations.errors import MigrationError
from qb.migrations.files import Folder


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 when FILE is not as it would be written.")
@errors_shown
@project_options("migrations")
def bundle(project: Project, file: Path, check: bool) -> None:
    """Write the migrations as a Python module.

    From FILE `dialects.d1.endpoint` applies them in a Worker.
    """
    text = bundled(Folder(project.migrations))
    if not check:
        file.write_text(text, encoding="utf-8")
        click.echo(f"wrote {file}")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        raise MigrationError(f"{file} is not as the migrations are: run `qb migrate bundle {file}`")
