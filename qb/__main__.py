"""The command `qb`, which is `python -m qb`, too."""

from __future__ import annotations

from qb.errors import MissingExtra
from qb.extras import needs


def main() -> None:
    """Run it."""
    try:
        with needs("cli", "The command `qb`"):
            from qb.cli import main as command
    except MissingExtra as error:
        raise SystemExit(str(error)) from error
    command(prog_name="qb")


if __name__ == "__main__":
    main()
