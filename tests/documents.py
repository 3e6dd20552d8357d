"""Runs the Python in Markdown documents, and has mypy read it.

The blocks of one document run in order in one namespace, where `await` may stand anywhere. Comments are checked:

    print(sql)
    # SELECT 1                       full lines after a print(): what was printed, line breaks apart
    reveal_type(row.name)  # str     what mypy reveals, without the names of modules
    Album.id == "x"  # error: …      what mypy says holds this text; a block with an error is not run
"""

from __future__ import annotations

import ast
import io
import re
import subprocess
import sys
from collections.abc import Sequence
from contextlib import redirect_stdout
from pathlib import Path
from types import CodeType
from typing import Any, NamedTuple

PRINTING = ("print(", "await both(")
"""How calls begin that print; `both` is a function that a document defines."""
BLOCK = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
EXPECTED = re.compile(r"#\s(.*)")
REVEAL = re.compile(r"\s*reveal_type\(.*\)\s+# (?P<type>.+)")
REFUSED = re.compile(r".*# error: (?P<text>.+)")
SAID = re.compile(r"(?P<file>[^:]+):(?P<line>\d+): (?P<kind>error|note): (?P<text>.*)")
REVEALED = re.compile(r'Revealed type is "(.*)"')
MODULES = re.compile(r"\b(?:[a-z_]\w*\.)+(?=\w)")

OUTSIDE = "outside async function  [syntax]"
"""What mypy says of `async with` where a document has no function around it."""

CONFIGURATION = """
[mypy]
strict = True
plugins = qb_mypy.plugin
# A document has no functions around its examples.
disable_error_code = top-level-await
"""


class Block(NamedTuple):
    """A block of code; `line` is the number of its first line in the document."""

    line: int
    code: str

    @property
    def is_run(self) -> bool:
        return "# error: " not in self.code

    def expected_output(self) -> str:
        """What its print() calls show, by the comments under them."""
        expected: list[str] = []
        is_after_print = False
        for line in self.code.splitlines():
            comment = EXPECTED.fullmatch(line.strip())
            if comment is not None and is_after_print:
                expected.append(comment[1])
            else:
                is_after_print = line.strip().startswith(PRINTING)
        return plain("\n".join(expected))


class Document:
    """A Markdown file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.name = path.name
        self.text = path.read_text(encoding="utf-8")
        self.blocks = [
            Block(self.text.count("\n", 0, match.start(1)) + 1, match[1]) for match in BLOCK.finditer(self.text)
        ]

    async def run(self) -> None:
        """Run the blocks, and compare what they print."""
        namespace: dict[str, Any] = {"reveal_type": lambda value: value}
        for block in self.blocks:
            if not block.is_run:
                continue
            printed = io.StringIO()
            with redirect_stdout(printed):
                result = eval(self._compiled(block), namespace)
                if result is not None:
                    await result
            expected = block.expected_output()
            if expected:
                assert plain(printed.getvalue()) == expected, f"{self.name}:{block.line}"

    def _compiled(self, block: Block) -> CodeType:
        code = "\n" * (block.line - 1) + block.code
        # Not with the __future__ of this module: annotations are looked at.
        compiled: CodeType = compile(code, self.name, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        return compiled

    def module(self) -> str:
        """The blocks as one module, each on the lines that it has in the document."""
        lines = [""] * (self.text.count("\n") + 1)
        for block in self.blocks:
            code = block.code.splitlines()
            lines[block.line - 1 : block.line - 1 + len(code)] = code
        return "\n".join(lines)


def check(documents: Sequence[Document], folder: Path) -> list[str]:
    """Where mypy says anything else about documents than their comments do."""
    modules = {f"document_{number}.py": document for number, document in enumerate(documents)}
    for file, document in modules.items():
        folder.joinpath(file).write_text(document.module(), encoding="utf-8")
    folder.joinpath("mypy.ini").write_text(CONFIGURATION)
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *modules], cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    said: dict[tuple[str, int], list[tuple[str, str]]] = {}
    for match in filter(None, map(SAID.fullmatch, done.stdout.splitlines())):
        revealed = REVEALED.match(match["text"])
        kind, text = ("revealed", MODULES.sub("", revealed[1])) if revealed else (match["kind"], match["text"])
        if kind != "note" and not text.endswith(OUTSIDE):
            said.setdefault((match["file"], int(match["line"])), []).append((kind, text))
    wrong = [done.stderr] if done.stderr else []
    for file, document in modules.items():
        for number, line in enumerate(document.module().splitlines(), 1):
            wrong += [f"{document.name}:{number}: {text}" for text in surprises(line, said.get((file, number), []))]
    return wrong


def surprises(line: str, said: Sequence[tuple[str, str]]) -> list[str]:
    """What mypy says of a line and its comment does not, or the other way round."""
    reveal, refused = REVEAL.fullmatch(line), REFUSED.fullmatch(line)
    if reveal is not None:
        return [] if list(said) == [("revealed", MODULES.sub("", reveal["type"]))] else [f"mypy reveals {said}"]
    if refused is not None:
        is_said = len(said) == 1 and said[0][0] == "error" and refused["text"] in said[0][1]
        return [] if is_said else [f"mypy says {said}"]
    return [text for _, text in said]


def plain(text: str) -> str:
    """A text without the places where its lines are broken."""
    return " ".join(text.split())
