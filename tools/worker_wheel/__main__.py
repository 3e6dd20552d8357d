"""The command: builds the wheel into a folder, and says how large it is."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.worker_wheel.building import build


def main() -> None:
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "dist")
    wheel = build(folder)
    print(f"{wheel}: {wheel.stat().st_size / 1024:.1f} KB")


if __name__ == "__main__":
    main()
