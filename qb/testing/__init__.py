"""For the tests of applications: a database whose changes are undone, a count of the statements that were run, rows of
which only what matters is said, and strategies for hypothesis. Nothing of it is loaded by `import qb`.

    from qb.testing import assert_queries, make, make_many, rolled_back, strategies
"""

from typing import TYPE_CHECKING

from qb.lazy import lazily

if TYPE_CHECKING:
    from qb.testing import strategies
    from qb.testing.counting import Queries, assert_queries
    from qb.testing.factories import make, make_many
    from qb.testing.rollback import rolled_back
else:
    __getattr__ = lazily(
        __name__,
        {
            **dict.fromkeys(("Queries", "assert_queries"), "qb.testing.counting"),
            **dict.fromkeys(("make", "make_many"), "qb.testing.factories"),
            "rolled_back": "qb.testing.rollback",
            "strategies": "qb.testing.strategies",
        },
    )

__all__ = ["Queries", "assert_queries", "make", "make_many", "rolled_back", "strategies"]
