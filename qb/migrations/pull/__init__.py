"""From the schema of a database to a Python module that declares it.

Whatever comes out of the database stands in the module as `repr()` writes it, in comments, too: no name, default or
comment can become code. What cannot be declared is said in comments, where it belongs.
"""

from __future__ import annotations

from qb.migrations.pull.module import ModuleSource
from qb.schema.canonical import canonical
from qb.schema.objects import Schema


def pull(schema: Schema) -> str:
    """The source of a module whose declarations make this schema.

        source = pull(await introspect(db))

    What it does not declare is named in its comments.
    """
    return ModuleSource(canonical(schema)).source()
