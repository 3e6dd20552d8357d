"""Every message of the plugin: its words, under the rule that it belongs to."""

from __future__ import annotations

from qb_mypy.messages.databases import *
from qb_mypy.messages.declarations import *
from qb_mypy.messages.groups import *
from qb_mypy.messages.instances import *
from qb_mypy.messages.json import *
from qb_mypy.messages.names import *
from qb_mypy.messages.operands import *
from qb_mypy.messages.selections import *
from qb_mypy.messages.sources import *
from qb_mypy.messages.writes import *
from qb_mypy.reporting import *
from qb_mypy.rules import RULES as RULES
from qb_mypy.wording import *
