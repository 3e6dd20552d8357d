"""Values that are not known yet: what the arguments of a prepared query are while its function is traced."""

from __future__ import annotations

from typing import Any


class Symbol:
    """Stands where a value of `sample`'s kind will stand: in a Parameter."""

    __slots__ = ("sample",)
    sample: Any

    def decide(self) -> Any:
        """The sample, for a decision about how the query looks: it is made anew for other values."""
        raise NotImplementedError


def sample_of(value: Any) -> Any:
    """The value, or what a symbol has for one."""
    return value.sample if isinstance(value, Symbol) else value
