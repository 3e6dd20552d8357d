"""The `qb` command (extra `cli`). A file has the commands about one thing."""

from __future__ import annotations

import os
import sys

import click

from qb.cli.bundling import bundle
from qb.cli.checking import check
from qb.cli.documenting import documents
from qb.cli.drawing import diagram
from qb.cli.generating import generate
from qb.cli.making import difference
from qb.cli.migrating import migrate
from qb.cli.pulling import pull
from qb.cli.seeding import seed
from qb.cli.squashing import squash
from qb.cli.starting import init
from qb.cli.verifying import verify


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="qb")
def main() -> None:
    """From the tables that a program declares to its database, and back.

    What is not given on the command line is read from [tool.qb] in pyproject.toml: schema, dialect,
    url, migrations, seeds.
    """
    if os.environ.get("NO_COLOR"):  # rich looks by itself, click does not
        click.get_current_context().color = False
    sys.path.insert(0, "")  # the command runs from a folder of scripts, but the module of the tables is in this one


for command in (check, diagram, difference, documents, generate, init, migrate, pull, seed, verify):
    main.add_command(command)
migrate.add_command(bundle)
migrate.add_command(squash)
