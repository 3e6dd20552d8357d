"""Identifiers: the one place where a name becomes SQL."""

from __future__ import annotations

from qb.errors import CompileError, SchemaError

LONGEST_NAME = 63
"""Bytes of an identifier: PostgreSQL cuts longer ones off, and two may become one."""


class Quoting(dict[str, str]):
    """Identifiers, quoted: the one place where a name becomes SQL."""

    def __missing__(self, name: str) -> str:
        if "\0" in name or not name:
            raise CompileError(f"{name!r} cannot be an identifier")
        if len(self) > 10_000:  # names made on the fly must not pile up
            self.clear()
        self[name] = text = '"' + name.replace('"', '""') + '"'
        return text


class Paths(dict[tuple[str, ...], str]):
    """Qualified identifiers, quoted."""

    def __missing__(self, path: tuple[str, ...]) -> str:
        if len(self) > 10_000:
            self.clear()
        self[path] = text = ".".join([QUOTED[name] for name in path])
        return text


class Names(dict[tuple[str, ...], str]):
    """Qualified identifiers, quoted without what qualifies them."""

    def __missing__(self, path: tuple[str, ...]) -> str:
        return QUOTED[path[-1]]


QUOTED = Quoting()
PATHS = Paths()


def snake_case(name: str) -> str:
    """`WholeSource` as `whole_table`."""
    text = "".join(["_" + letter.lower() if letter.isupper() else letter for letter in name])
    return text.removeprefix("_")


def check_identifier(name: object, what: str) -> None:
    """Raise SchemaError when a name cannot be an identifier on every engine."""
    if not isinstance(name, str) or not name:
        raise SchemaError(f"{what}: the name is {name!r}, but must be a text that is not empty")
    if "\0" in name:
        raise SchemaError(f"{what}: the name {name!r} holds a NUL character")
    if len(name.encode()) > LONGEST_NAME:
        raise SchemaError(
            f"{what}: the name {name!r} has more than {LONGEST_NAME} bytes, and PostgreSQL would cut it off"
        )
