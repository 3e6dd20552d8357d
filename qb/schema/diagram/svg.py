"""SVG, which a browser shows: referenced tables to the left of those that reference them."""

from __future__ import annotations

from html import escape
from typing import NamedTuple

from qb.schema.diagram.parts import edges, lines
from qb.schema.objects import Name, Schema, Table

LETTER = 7.2
"""The width of a letter of the font, in pixels, like all that follows."""
LINE = 18
GAP = 60
BETWEEN = 30

STYLE = """
  text { font: 12px ui-monospace, monospace; fill: #222 } .name { font-weight: bold } .type { fill: #777 }
  rect { fill: #fff; stroke: #999 } .head { fill: #e8e8e8 } path { fill: none; stroke: #777 }
  .optional { stroke-dasharray: 4 3 }
"""


class Box(NamedTuple):
    """Where a table is."""

    table: Table
    x: float
    y: float
    width: float
    height: float

    def line(self, column: str) -> float:
        """The height at which a column is."""
        names = [each.name for each in self.table.columns]
        return self.y + LINE * (names.index(column) + 1.5) if column in names else self.y + LINE / 2


def svg(schema: Schema) -> str:
    """The schema as a picture."""
    boxes = placed(schema)
    width = max([box.x + box.width for box in boxes.values()], default=0) + BETWEEN
    height = max([box.y + box.height for box in boxes.values()], default=0) + BETWEEN
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}">'
    drawn = [drawing(box) for box in boxes.values()]
    return "\n".join([head, f"<style>{STYLE}</style>", *arrows(schema, boxes), *drawn, "</svg>", ""])


def placed(schema: Schema) -> dict[Name, Box]:
    """Each table in the column after those that it references."""
    columns: dict[int, list[Table]] = {}
    for name, depth in depths(schema).items():
        columns.setdefault(depth, []).append(schema.table(name))
    boxes: dict[Name, Box] = {}
    x = float(BETWEEN)
    for _, tables in sorted(columns.items()):
        y, widest = float(BETWEEN), 0.0
        for table in tables:
            width, height = size(table)
            boxes[table.name] = Box(table, x, y, width, height)
            y += height + BETWEEN
            widest = max(widest, width)
        x += widest + GAP
    return boxes


def depths(schema: Schema) -> dict[Name, int]:
    """How many tables are behind each, along its foreign keys. Those that close a circle do not count."""
    behind: dict[Name, list[Name]] = {table.name: [] for table in schema.tables}
    for edge in edges(schema):
        behind[edge.child.name].append(edge.parent.name)
    found: dict[Name, int] = {}

    def depth(name: Name, path: tuple[Name, ...]) -> int:
        if name not in found:
            parents = [parent for parent in behind[name] if parent not in (*path, name)]
            found[name] = 1 + max([depth(parent, (*path, name)) for parent in parents], default=-1)
        return found[name]

    return {table.name: depth(table.name, ()) for table in schema.tables}


def size(table: Table) -> tuple[float, float]:
    """The width and the height of a table."""
    texts = [str(table.name), *[f"{line.name}  {line.type}? {' '.join(line.marks)}" for line in lines(table)]]
    return max(map(len, texts)) * LETTER + 16, LINE * (len(table.columns) + 1)


def drawing(box: Box) -> str:
    """A table."""
    x, y = box.x, box.y
    parts = [
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{box.width:.0f}" height="{box.height:.0f}"/>',
        f'<rect class="head" x="{x:.0f}" y="{y:.0f}" width="{box.width:.0f}" height="{LINE}"/>',
        f'<text class="name" x="{x + 8:.0f}" y="{y + 13:.0f}">{escape(str(box.table.name))}</text>',
    ]
    for number, line in enumerate(lines(box.table), 1):
        kind = escape(f"{line.type}{'?' if line.nullable else ''} {' '.join(line.marks)}".strip())
        place = f'x="{x + 8:.0f}" y="{y + LINE * number + 13:.0f}"'
        parts.append(f'<text {place}>{escape(line.name)} <tspan class="type">{kind}</tspan></text>')
    return "\n".join(parts)


def arrows(schema: Schema, boxes: dict[Name, Box]) -> list[str]:
    """The foreign keys, from the column to the one that it references."""
    found = []
    for edge in edges(schema):
        child, parent = boxes[edge.child.name], boxes[edge.parent.name]
        y, end_y = child.line(edge.columns[0]), parent.line(edge.references[0] if edge.references else "")
        x, end_x = child.x, parent.x + parent.width
        if child.x <= parent.x:  # the table itself, or one that closes a circle: around the right side
            x, bend = child.x + child.width, max(child.x + child.width, end_x) + GAP / 2
            curve = f"M{x:.0f},{y:.0f} C{bend:.0f},{y:.0f} {bend:.0f},{end_y:.0f} {end_x:.0f},{end_y:.0f}"
        else:
            middle = (x + end_x) / 2
            curve = f"M{x:.0f},{y:.0f} C{middle:.0f},{y:.0f} {middle:.0f},{end_y:.0f} {end_x:.0f},{end_y:.0f}"
        kind = ' class="optional"' if edge.is_optional else ""
        title = escape(f"{edge.child.name} ({', '.join(edge.columns)}) → {edge.parent.name}")
        found.append(f'<path{kind} d="{curve}"><title>{title}</title></path>')
    return found
