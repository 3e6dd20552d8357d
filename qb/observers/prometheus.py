"""The text format of Prometheus, version 0.0.4."""

from __future__ import annotations

from collections.abc import Mapping

from qb.observers.histogram import Histogram

ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class Page:
    """Figures on their way to Prometheus."""

    def __init__(self) -> None:
        self._lines: list[str] = []

    def counter(self, name: str, words: str, label: str | None, values: Mapping[str, int]) -> None:
        """Numbers that only grow, by the value of a label if there is one."""
        name += "_total"
        self._head(name, words, "counter")
        for value, count in sorted(values.items()):
            labels = "" if label is None else f'{{{label}="{value.translate(ESCAPES)}"}}'
            self._lines.append(f"{name}{labels} {count}")

    def gauge(self, name: str, words: str, value: int) -> None:
        """A number that comes and goes."""
        self._head(name, words, "gauge")
        self._lines.append(f"{name} {value}")

    def histogram(self, name: str, words: str, histogram: Histogram) -> None:
        """Durations, in seconds."""
        self._head(name, words, "histogram")
        count = sum(histogram.counts)
        for bound, number in histogram.cumulative():
            self._lines.append(f'{name}_bucket{{le="{bound:.6g}"}} {number}')
        self._lines.append(f'{name}_bucket{{le="+Inf"}} {count}')
        self._lines += [f"{name}_sum {histogram.seconds!r}", f"{name}_count {count}"]

    def text(self) -> str:
        """The page."""
        return "\n".join([*self._lines, ""])

    def _head(self, name: str, words: str, kind: str) -> None:
        self._lines += [f"# HELP {name} {words}", f"# TYPE {name} {kind}"]
