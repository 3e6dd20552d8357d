"""`python -m qb.cli` is `qb`."""

from __future__ import annotations

from qb.cli import main

main(prog_name="qb")
