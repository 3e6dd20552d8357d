"""The rules of `qb check`, under what is dangerous: what each of them reports, and what is safer.

docs/migration-rules.md is made of them.
"""

from __future__ import annotations

from qb.migrations.checks.rules.advice import *
from qb.migrations.checks.rules.breaks import *
from qb.migrations.checks.rules.destroys import *
from qb.migrations.checks.rules.fails import *
from qb.migrations.checks.rules.locks import *
from qb.migrations.checks.rules.needs_check import *
from qb.migrations.checks.rules.rewrites import *
from qb.migrations.checks.rules.rule import *
