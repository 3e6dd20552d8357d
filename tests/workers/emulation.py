"""Workers that run in this machine's Node: each Python of Pyodide with a D1 database of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import distribution
from pathlib import Path
from typing import Any

from tests.node.running import Script, running

TOKEN = "the token of the tests"
"""What inside.py has as the Worker's MIGRATION_TOKEN."""
SCRIPT = Path(__file__).with_name("runtime.mjs")
INSIDE = Path(__file__).with_name("inside.py")
PYTHONS = ("3.12", "3.13", "3.14")


class Runtime:
    """A running Node with Pyodide."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def call(self, call: str, **options: object) -> Any:
        """Have something done. Raises RuntimeError with what went wrong there."""
        self.script.input.write(json.dumps({"call": call, **options}) + "\n")
        self.script.input.flush()
        line = self.script.output.readline()
        if not line:
            raise RuntimeError(f"Node has ended:\n{self.script.said()[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return answer.get("value")


class Python:
    """One Python of a runtime, with what is in its path."""

    def __init__(self, runtime: Runtime, version: str, folders: Mapping[str, Path]) -> None:
        self.runtime = runtime
        self.version = version
        runtime.call("start", python=version, folders={inside: str(path) for inside, path in folders.items()})
        self.run(INSIDE.read_text(encoding="utf-8"))

    def run(self, code: str) -> Any:
        """Run code, which may await; what its last expression gives, a text or a number."""
        return self.runtime.call("run", python=self.version, code=code)

    def sql(self, *statements: str) -> None:
        """Run SQL on its database."""
        for statement in statements:
            self.run(f"await js.DB.prepare({statement!r}).run(); None")

    def request(
        self, method: str, path: str, body: object = None, *, raw: bool = False, token: str | None = None
    ) -> tuple[int, Any]:
        """What the Worker in `/src/entry.py` answers: the status, and what its JSON says. With a `raw` binding, it gets
        JavaScript's objects as older SDKs hand them over.
        """
        answer = self.run(f"await respond({method!r}, {path!r}, {json.dumps(body)!r}, {raw}, {token!r})")
        status, text = json.loads(answer)
        return status, json.loads(text)


@contextmanager
def emulation() -> Iterator[Runtime]:
    """A runtime for the length of a `with`."""
    with running(SCRIPT) as script:
        yield Runtime(script)


def sdk() -> Path:
    """The package of Cloudflare's SDK for Python Workers."""
    return Path(str(distribution("workers-runtime-sdk").locate_file("workers")))
