"""The stripped modules in few files: as long texts, which Python need not look for one by one, and which compress
together.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tools.worker_wheel.graph import PACKAGES, ROOT
from tools.worker_wheel.ordinary import WRITE
from tools.worker_wheel.postponing import cut
from tools.worker_wheel.stripping import stripped


def packed(modules: dict[str, str]) -> dict[str, str]:
    """The files of the wheel, by their paths, out of those of the modules."""
    outside = {f"{package}/__init__.py" for package in PACKAGES}
    first = loaded_by(WRITE)
    texts = {path: cut(text) for path, text in modules.items() if path not in outside}
    at_once = {path: text for path, text in texts.items() if path in first}
    rest = {path: text for path, text in texts.items() if path not in first}
    finder = stripped(Path(__file__).with_name("unpacking.py").read_text(encoding="utf-8"), {"install"})
    return {
        **{path: f"import qb.packed\n{modules[path]}" for path in outside},
        "qb/packed.py": f"{finder}\nMODULES={literal(at_once)}\ninstall(MODULES)\n",
        "qb/packed_rest.py": f"MODULES={literal(rest)}\n",
    }


def loaded_by(program: str) -> set[str]:
    """The files of the modules that a program loads."""
    files = "[module.__file__ for module in sys.modules.values() if getattr(module, '__file__', None)]"
    script = f"import sys; sys.path.insert(0, {str(ROOT)!r})\n{program}\nprint(*{files}, sep='\\n')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script], capture_output=True, text=True, check=True)
    paths = [Path(line) for line in done.stdout.splitlines()]
    return {path.relative_to(ROOT).as_posix() for path in paths if path.is_relative_to(ROOT)}


def literal(texts: dict[str, str]) -> str:
    """A dictionary of texts as Python reads it most quickly: without escapes."""
    for path, text in texts.items():
        assert "'''" not in text, f"{path} has three quotation marks in a row"
        assert not text.endswith("\\"), f"{path} ends with a backslash"
    return "{" + ",\n".join([f"{path!r}:r'''{text}'''" for path, text in texts.items()]) + "}"
