"""A file that is thrown away."""

from __future__ import annotations

from tempfile import TemporaryDirectory

from qb.dialect import Scratch


class SqliteScratch(Scratch):
    """A file in a directory of its own, which the files beside it need, too."""

    async def create(self) -> None:
        self._directory = TemporaryDirectory(prefix="qb-test-")
        self.url, self.options = f"sqlite:///{self._directory.name}/test.db", {}

    async def drop(self) -> None:
        self._directory.cleanup()
