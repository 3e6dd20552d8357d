"""How well prepared queries work: how many calls found their SQL made already."""

from __future__ import annotations


class PreparedStatistics:
    """What the calls of one `@query` function came to."""

    __slots__ = ("bound", "misfits", "traced")

    def __init__(self) -> None:
        self.bound = 0
        """How often a compiled query was given its values."""
        self.traced = 0
        """How often one was made for that."""
        self.misfits = 0
        """How often one was made for a single call."""

    @property
    def hits(self) -> int:
        """How many calls had their SQL ready."""
        return max(0, self.bound - self.traced)

    @property
    def misses(self) -> int:
        """How many had it made: the first ones for each kind of arguments, and those with an expression or a query."""
        return self.traced + self.misfits

    @property
    def hit_rate(self) -> float | None:
        """The part of calls that had their SQL ready; None when there were none."""
        calls = self.hits + self.misses
        return self.hits / calls if calls else None

    def __repr__(self) -> str:
        return f"PreparedStatistics(hits={self.hits}, misses={self.misses})"


def prepared_statistics() -> dict[str, PreparedStatistics]:
    """The figures of all `@query` functions of the process, by their modules and names, from the first call of each:

        for name, figures in prepared_statistics().items():
            print(name, figures.hits, figures.misses)

    A low hit rate says that the SQL of a function depends on what it is called with, and is made anew each time.
    """
    return {name: found for name, found in _FOUND.items() if found.bound or found.misses}


def statistics_of(name: str) -> PreparedStatistics:
    """The figures of one function; those that are made again and again, in another function, count together."""
    return _FOUND.setdefault(name, PreparedStatistics())


_FOUND: dict[str, PreparedStatistics] = {}
