"""Python source, written so that no text can become code."""

from __future__ import annotations

import keyword
from collections.abc import Iterable, Mapping


def comment(text: str) -> str:
    """A comment of one line."""
    return f"# {ascii(text)[1:-1]}"


def call(
    function: str,
    *arguments: object,
    bare: Iterable[str] = (),
    bare_keywords: Mapping[str, str] | None = None,
    keywords: Mapping[str, object] | None = None,
    **more: object,
) -> str:
    """A call. The arguments are written by `repr()`, the bare ones are source; a keyword that is None is left out."""
    named = {**(keywords or {}), **more}
    parts = [
        *[repr(argument) for argument in arguments],
        *bare,
        *[f"{name}={text}" for name, text in (bare_keywords or {}).items()],
        *[f"{name}={value!r}" for name, value in named.items() if value is not None],
    ]
    return f"{function}({', '.join(parts)})"


def text_of_sql(text: str, returns: str = "") -> str:
    """`sql(…)`, in whose text braces are holes."""
    type = f", returns={returns}" if returns else ""
    return f"sql({text.replace('{', '{{').replace('}', '}}')!r}{type})"


class Names:
    """Python names for the names of a database: each is given once, and none is a word of Python or taken already."""

    def __init__(self, taken: Iterable[str]) -> None:
        self.taken = set(taken)

    def of(self, name: str, camel: bool = False) -> str:
        """A Python name."""
        letters = "".join([letter if letter.isascii() and letter.isalnum() else "_" for letter in name])
        if camel:
            letters = "".join([part[:1].upper() + part[1:] for part in letters.split("_")])
        stem = letters.lstrip("_") if letters.startswith("__") or camel else letters
        if not stem.strip("_") or not stem.isidentifier():
            stem = f"{'N' if camel else 'n'}_{stem.strip('_')}".rstrip("_")
        found, number = stem, 1
        while found in self.taken or keyword.iskeyword(found) or keyword.issoftkeyword(found):
            number += 1
            found = f"{stem}_" if number == 2 else f"{stem}_{number}"
        self.taken.add(found)
        return found
