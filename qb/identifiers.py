"""Identifiers: the one place where a name becomes SQL."""

from __future__ import annotations

from collections.abc import Iterable

from qb.errors import CompileError, SchemaError

LONGEST_NAME = 63
"""Bytes of an identifier: PostgreSQL cuts longer ones off, and two may become one."""


class Quoting(dict[str, str]):
    """Identifiers, quoted: the one place where a name becomes SQL."""

    def __missing__(self, name: str) -> str:
        name = str.__str__(name)  # of a subclass, too
        if "\0" in name or not name or not is_unicode(name):
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


def check_identifier(name: object, what: str, longest: int | None = LONGEST_NAME) -> None:
    """Raise SchemaError when a name cannot be an identifier on every engine; with `longest=None` on none."""
    if not isinstance(name, str) or not name:
        raise SchemaError(f"{what}: the name is {name!r}, but must be a text that is not empty")
    if "\0" in name:
        raise SchemaError(f"{what}: the name {name!r} holds a NUL character")
    if not is_unicode(name):
        raise SchemaError(f"{what}: the name {name!r} holds half of a character (a surrogate), which is no Unicode")
    if longest is not None and len(name.encode()) > longest:
        raise SchemaError(
            f"{what}: the name {name!r} has more than {LONGEST_NAME} bytes, and PostgreSQL would cut it off"
        )


def is_unicode(text: str) -> bool:
    """Whether a text can be sent to an engine: surrogates stand for no character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def seen(name: str) -> str:
    """A name as engines tell it from others: SQLite ignores case, PostgreSQL all but the first 63 bytes."""
    return name.lower().encode(errors="replace")[:LONGEST_NAME].decode(errors="ignore")


def twin(names: Iterable[str]) -> str | None:
    """The first name that some engine takes for one before it."""
    before: set[str] = set()
    for name in names:
        key = seen(name)
        if key in before:
            return name
        before.add(key)
    return None
