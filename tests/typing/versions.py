"""The typed cases with every mypy that the plugin is for, each in an environment of its own: `make test-mypy`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import venv
from pathlib import Path

SUPPORTED = ("2.2", "2.3", "2.4")
"""The current mypy and the two before; pyproject.toml and docs/plugin.md name them, too."""
ROOT = Path(__file__).parent.parent.parent


def environment(folder: Path, version: str) -> Path:
    """The Python of a new environment with the last mypy of a version."""
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", f"mypy=={version}.*"]
    subprocess.run(install, check=True)
    return python


def main(arguments: list[str]) -> int:
    """Run the cases with each version; the number of those that failed."""
    failed = []
    for version in SUPPORTED:
        print(f"mypy {version}", flush=True)  # noqa: T201  # this is a command
        with tempfile.TemporaryDirectory() as folder:
            python = environment(Path(folder), version)
            tests = [sys.executable, "-m", "pytest", "tests/typing/test_cases.py", "--quiet", f"--mypy-python={python}"]
            if subprocess.run([*tests, *arguments], cwd=ROOT, check=False).returncode != 0:
                failed.append(version)
    if failed:
        print(f"The typed cases fail with mypy {', '.join(failed)}")  # noqa: T201  # this is a command
    return len(failed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
