"""What a URL and the options say of a database, and opening connections to it."""

from __future__ import annotations

import re
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, quote, urlencode

from dialects.sqlite.errors import translate
from dialects.sqlite.regexp import register
from dialects.sqlite.thread import SLICE, is_busy
from qb.errors import CannotOpen, DatabaseError, QbError, closest

MEMORY = ":memory:"
OLDEST = (3, 37)
STATEMENTS = 256
"""How many prepared statements a connection keeps."""

PARAMETERS = ("cache", "immutable", "mode", "nolock", "psow", "vfs")
"""What SQLite knows in the URI of a file."""

Value = str | int | float | bool
NAME = re.compile(r"(?:\w+\.)?[a-z_]+", re.IGNORECASE)
WORD = re.compile(r"-?\w+", re.ASCII)


class Location:
    """Which file, and how it is opened."""

    def __init__(
        self,
        url: str,
        *,
        timeout: float = 5.0,
        read_only: bool = False,
        immutable: bool = False,
        pragmas: Mapping[str, Value] | None = None,
    ) -> None:
        path, _, query = url.partition("://")[2].partition("?")
        if path and not path.startswith("/"):
            raise QbError(f'a file is named after three slashes, and "{path}" after two: sqlite:///{path}')
        self.path = path[1:] or MEMORY
        self.parameters = dict(parse_qsl(query, keep_blank_values=True))
        for name in self.parameters:
            if name not in PARAMETERS:
                raise QbError(
                    f'SQLite has no parameter "{name}" in its URLs{closest(name, PARAMETERS)}: after ? stands what its '
                    f"URIs know ({', '.join(PARAMETERS)}), and all else is an option of Database.connect()"
                )
        if read_only or immutable:
            self.parameters.setdefault("mode", "ro")
        if immutable:
            self.parameters["immutable"] = "1"
        self.is_memory = self.path == MEMORY or self.parameters.get("mode") == "memory"
        self.is_read_only = self.parameters.get("mode") == "ro" or self.parameters.get("immutable") == "1"
        if self.is_memory and self.is_read_only:
            raise QbError("a database in memory is empty, and read_only would keep it so")
        self.timeout = timeout
        defaults: dict[str, Value] = {"foreign_keys": True}
        if not self.is_memory and not self.is_read_only:
            defaults |= {"journal_mode": "wal", "synchronous": "normal"}
        given = {name.lower(): value for name, value in (pragmas or {}).items()}
        self.pragmas = {name: pragma(name, value) for name, value in {**defaults, **given}.items()}

    def connect(self, is_reader: bool) -> sqlite3.Connection:
        """A connection to it, in the thread that runs this."""
        raw = sqlite3.connect(
            self.uri() if self.parameters else self.path,
            timeout=min(SLICE, self.timeout),  # the rest is waited in `Thread.patiently`
            isolation_level=None,  # transactions begin where they are asked for
            check_same_thread=False,  # interrupt() comes from the event loop's thread
            cached_statements=STATEMENTS,
            uri=bool(self.parameters),
        )
        try:
            register(raw)
            for name, text in self.pragmas.items():
                if name == "journal_mode":
                    if not is_reader:
                        self._set_journal(raw, text)
                else:
                    raw.execute(text)
            if is_reader:
                raw.execute("PRAGMA query_only = ON")
        except BaseException:
            raw.close()
            raise
        return raw

    def uri(self) -> str:
        """The file with its parameters, as SQLite takes it."""
        return f"file:{quote(self.path)}?{urlencode(self.parameters)}"

    def explained(self, error: Exception) -> DatabaseError:
        """The error for an exception that opening it raised, with what can be found out about the file."""
        code: str = getattr(error, "sqlite_errorname", "")
        path = Path(self.path)
        if not self.is_memory and code.startswith(("SQLITE_CANTOPEN", "SQLITE_NOTADB")):
            if code == "SQLITE_NOTADB":
                return CannotOpen(f"{path} is not an SQLite database, or is encrypted")
            if not path.parent.exists():
                return CannotOpen(f"{path} cannot be opened: there is no folder {path.parent}")
            if path.is_dir():
                return CannotOpen(f"{path} cannot be opened: it is a folder")
            if not path.exists():
                why = "it does not exist" if "mode" in self.parameters else "it cannot be created"
                return CannotOpen(f"{path} cannot be opened: {why}")
            return CannotOpen(f"{path} cannot be opened")
        return translate(error, None)

    def _set_journal(self, raw: sqlite3.Connection, text: str) -> None:
        end = time.monotonic() + self.timeout
        while True:
            try:
                raw.execute(text)
                return
            except sqlite3.OperationalError as error:
                if not is_busy(error):
                    return  # a file that cannot be written is read as it is
                if time.monotonic() > end:
                    raise


def pragma(name: str, value: Value) -> str:
    """The statement that sets a pragma. Raises QbError for what cannot be one."""
    if not NAME.fullmatch(name):
        raise QbError(f"{name!r} is no name of a pragma")
    if isinstance(value, bool):
        return f"PRAGMA {name} = {'ON' if value else 'OFF'}"
    if not isinstance(value, (int, float)) and not WORD.fullmatch(value):
        raise QbError(f"{value!r} is no value of a pragma: {name} takes a word or a number")
    return f"PRAGMA {name} = {value}"


def journal_mode(raw: sqlite3.Connection) -> str:
    """How the file is written. Raises when it is no database."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise CannotOpen(
            f"this Python has SQLite {sqlite3.sqlite_version}, and qb needs {'.'.join(map(str, OLDEST))} or later"
        )
    raw.execute("SELECT count(*) FROM sqlite_master").fetchone()
    mode: str = raw.execute("PRAGMA journal_mode").fetchone()[0]
    return mode
