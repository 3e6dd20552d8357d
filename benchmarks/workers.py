"""Workers: how large their wheel is."""

from __future__ import annotations

import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory

from rich.table import Table

from tools.worker_wheel.building import build

LARGEST = 12


def wheel() -> Table:
    """The wheel, and what is in it."""
    with TemporaryDirectory() as folder:
        path = build(Path(folder))
        size = path.stat().st_size
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
    shown = Table(title="The wheel for a Worker: KB, compressed", title_justify="left")
    shown.add_column("")
    shown.add_column("KB", justify="right")
    shown.add_column("files", justify="right")
    packages: dict[str, list[int]] = {}
    for info in infos:
        parts = Path(info.filename).parts
        package = "the words about it" if parts[0].endswith("dist-info") else ".".join(parts[:-1])
        packages.setdefault(package, []).append(info.compress_size)
    for package in sorted(packages, key=lambda name: -sum(packages[name]))[:LARGEST]:
        shown.add_row(package, f"{sum(packages[package]) / 1024:.1f}", str(len(packages[package])))
    compressed = sum(info.compress_size for info in infos)
    shown.add_row("the archive's own tables", f"{(size - compressed) / 1024:.1f}")
    shown.add_section()
    shown.add_row("all", f"{size / 1024:.1f}", str(len(infos)))
    return shown
