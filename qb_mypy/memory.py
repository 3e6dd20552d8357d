"""What was found out is kept: mypy asks for the same types and texts many times.

Types are kept by identity. That is sound because nothing changes a type once the checker has it, and an entry keeps its
type, so that no other one gets its place in memory.
"""

from __future__ import annotations

from typing import Any, Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")
MOST = 10_000
"""More entries than a module of a few hundred queries needs; the daemon's memory must not grow for ever."""
_memories: list[dict[Any, Any]] = []  # of all kinds


def forget() -> None:
    """Begin anew: another run of mypy in this process has types of its own."""
    for memory in _memories:
        memory.clear()


class Memory(dict[K, V]):
    """What is known of values that can be compared."""

    def __init__(self) -> None:
        super().__init__()
        _memories.append(self)

    def keep(self, key: K, found: V) -> V:
        """Remember what was found of a value."""
        if len(self) >= MOST:
            self.clear()
        self[key] = found
        return found


class OfTypes(Memory[int, tuple[object, V]], Generic[V]):
    """What is known of types, by their identity."""

    def of(self, type: object, found: V) -> V:
        """Remember what was found of a type."""
        return self.keep(id(type), (type, found))[1]
