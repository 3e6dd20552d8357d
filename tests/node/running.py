"""A script that Node runs while the tests ask it things."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, NamedTuple

from tests.node.packages import NODE, packages


class Script(NamedTuple):
    """One that runs."""

    input: IO[str]
    output: IO[str]
    log: IO[str]
    """What it says besides, a file."""

    def said(self) -> str:
        """What is in the log."""
        self.log.seek(0)
        return self.log.read()


@contextmanager
def running(path: Path, *arguments: str) -> Iterator[Script]:
    """A script for the length of a `with`. It ends with the tests, even when they are killed: then its standard input
    ends, too.
    """
    with tempfile.TemporaryFile("w+") as log:
        process = subprocess.Popen(
            [NODE, path, packages(), *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            start_new_session=True,  # Ctrl-C is for the tests
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield Script(process.stdin, process.stdout, log)
        finally:
            process.communicate()  # closes its standard input
