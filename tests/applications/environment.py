"""Real applications, whose schemas the tests read: installed once, into `.applications` at the top of the repository,
and again when requirements.txt beside this file has changed.
"""

from __future__ import annotations

import fcntl
import subprocess
import sys
import venv
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
FOLDER = HERE.parents[1] / ".applications"
REQUIREMENTS = HERE / "requirements.txt"


@cache
def python() -> Path:
    """The Python that has them, which are installed by the first call."""
    FOLDER.mkdir(exist_ok=True)
    found = FOLDER / "bin" / "python"
    with (FOLDER / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run of the tests may be installing them
        stamp, wanted = FOLDER / "installed", f"{sys.version}\n{REQUIREMENTS.read_text()}"
        if not stamp.exists() or stamp.read_text() != wanted:
            stamp.unlink(missing_ok=True)
            venv.create(FOLDER, with_pip=True, clear=False)
            run(found, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", str(REQUIREMENTS))
            stamp.write_text(wanted)
    return found


def run(program: Path, *arguments: str) -> None:
    """Run a program. Raises RuntimeError with what it says when it fails."""
    done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{' '.join(arguments)} failed:\n{done.stdout}\n{done.stderr}")


def create(application: str, *arguments: str) -> None:
    """Have an application create its tables."""
    run(python(), "-W", "ignore", str(HERE / f"{application}_tables.py"), *arguments)
