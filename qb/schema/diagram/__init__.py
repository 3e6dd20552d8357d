"""Pictures of a schema: tables with their columns, and the foreign keys between them."""

from __future__ import annotations

from qb.schema.diagram.graphviz import graphviz
from qb.schema.diagram.mermaid import mermaid
from qb.schema.diagram.svg import svg

FORMATS = {"mermaid": mermaid, "graphviz": graphviz, "svg": svg}
"""What writes a schema in each of them."""
