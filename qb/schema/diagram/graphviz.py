"""Graphviz: `dot -Tpdf schema.dot`"""

from __future__ import annotations

from html import escape

from qb.schema.diagram.parts import Line, edges, lines
from qb.schema.objects import Schema, Table


def graphviz(schema: Schema) -> str:
    """The schema as a directed graph, from the children to their parents."""
    text = ["digraph schema {", "  rankdir=LR;", '  node [shape=plain, fontname="sans-serif"];']
    text += [f"  {quoted(str(table.name))} [label=<{box(table)}>];" for table in schema.tables]
    for edge in edges(schema):
        names = quoted(", ".join(edge.columns))
        style = ", style=dashed" if edge.is_optional else ""
        text.append(f"  {quoted(str(edge.child.name))} -> {quoted(str(edge.parent.name))} [label={names}{style}];")
    return "\n".join([*text, "}", ""])


def box(table: Table) -> str:
    """A table as a table."""
    head = f"<tr><td bgcolor='#dddddd'><b>{escape(str(table.name))}</b></td></tr>"
    rows = [f"<tr><td align='left'>{cell(line)}</td></tr>" for line in lines(table)]
    return f"<table border='0' cellborder='1' cellspacing='0'>{head}{''.join(rows)}</table>"


def cell(line: Line) -> str:
    """A column."""
    marks = f" <i>{', '.join(line.marks)}</i>" if line.marks else ""
    return f"{escape(line.name)}: {escape(line.type)}{'?' if line.nullable else ''}{marks}"


def quoted(text: str) -> str:
    """A name."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
