"""A server that follows another one, made by the programs that come with that."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgres_server import PostgresServer


class StandbyServer(PostgresServer):
    """A running server that replays what its primary writes."""

    def __init__(self, directory: Path, primary: PostgresServer) -> None:
        super().__init__(directory)
        self._primary = primary

    def create(self, path: Path) -> None:
        self.run(
            path / "pg_basebackup",
            *("--pgdata", self.data, "--dbname", self._primary.url, "--checkpoint", "fast"),
            *("--write-recovery-conf", "--wal-method", "stream", "--no-sync"),
        )


@contextmanager
def running_standby(primary: PostgresServer) -> Iterator[StandbyServer]:
    """One for the length of a `with`."""
    with tempfile.TemporaryDirectory(prefix="qb-standby-") as directory:
        server = StandbyServer(Path(directory), primary)
        try:
            server.start()
            yield server
        finally:
            server.stop()
