"""For the tests of applications: a database whose changes are undone, and a count of the statements that were run.
Nothing of it is loaded by `import qb`.

    from qb.testing import assert_queries, rolled_back
"""

from qb.testing.counting import Queries, assert_queries
from qb.testing.rollback import rolled_back

__all__ = ["Queries", "assert_queries", "rolled_back"]
