"""The command in a terminal: a real one, as far as the command can tell."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
SIZE = struct.pack("HHHH", 40, 120, 0, 0)
"""Rows and columns."""
PATIENCE = 60.0
STARTED = """
import fcntl, runpy, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)  # so that Ctrl-C comes from this terminal
signal.signal(signal.SIGINT, signal.default_int_handler)  # also where the tests run in the background, and ignore it
runpy.run_module("qb", run_name="__main__")
"""


class Ended(NamedTuple):
    """How a command has ended."""

    returncode: int
    output: str
    """All that stood in the terminal."""


class Terminal:
    """A command that runs in a terminal of its own, with these variables and no others of those that matter."""

    def __init__(self, cwd: Path, *arguments: str, **variables: str) -> None:
        without = {"CI", "NO_COLOR", "FORCE_COLOR"}
        environment = {name: value for name, value in os.environ.items() if name not in without}
        environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1", **variables}
        self._side, other = pty.openpty()
        fcntl.ioctl(other, termios.TIOCSWINSZ, SIZE)
        self._process = subprocess.Popen(
            [sys.executable, "-c", STARTED, *arguments],
            cwd=cwd,
            env=environment,
            stdin=other,
            stdout=other,
            stderr=other,
            start_new_session=True,
        )
        os.close(other)
        self.output = ""

    def wait_for(self, text: str) -> None:
        """Until the command has written something."""
        end = time.monotonic() + PATIENCE
        while text not in self.output:
            assert time.monotonic() < end, f"{text!r} does not come: {self.output}"
            assert self._read(), f"the command has ended without {text!r}: {self.output}"

    def type(self, text: str) -> None:
        """Press keys."""
        os.write(self._side, text.encode())

    def interrupt(self) -> None:
        """Press Ctrl-C until it is heard: at the very moment at which Python begins to read, it is not."""
        end = time.monotonic() + PATIENCE
        while self._process.poll() is None:
            assert time.monotonic() < end, f"Ctrl-C is not heard: {self.output}"
            os.write(self._side, b"\x03")
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(1)

    def end(self) -> Ended:
        """Wait for the end."""
        while self._read():
            pass
        os.close(self._side)
        return Ended(self._process.wait(PATIENCE), self.output)

    def _read(self) -> bool:
        """Read what there is. False when nothing will come any more."""
        readable, _, _ = select.select([self._side], [], [], PATIENCE)
        assert readable, f"nothing comes any more: {self.output}"
        try:
            data = os.read(self._side, 65536)
        except OSError:  # which is how the end is told
            return False
        self.output += data.decode().replace("\r\n", "\n")
        return bool(data)
