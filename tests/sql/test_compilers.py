"""The parts of a compiler are classes side by side, and none of them may hide what another one has."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from qb.dialect import find_dialect


@pytest.mark.parametrize("dialect", ["sqlite", "d1", "postgres"])
def test_a_part_overrides_what_it_inherits_or_passes_on(dialect: str) -> None:
    parts = find_dialect(dialect).compiler.__mro__[:-1]
    names = {name for part in parts for name in vars(part) if not name.startswith("__") and name != "dispatch"}
    hidden = []
    for name in sorted(names):
        for part, other in pairwise([part for part in parts if name in vars(part)]):
            if not issubclass(part, other) and not calls_super(vars(part)[name]):
                hidden.append(f"{part.__module__}.{part.__name__}.{name} hides that of {other.__module__}")
    assert not hidden, "\n".join(hidden)


def calls_super(method: Any) -> bool:
    """Whether a method passes on what it is not for."""
    return "super" in getattr(getattr(method, "__code__", None), "co_names", ())
