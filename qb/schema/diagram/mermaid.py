"""Mermaid, which GitHub and many editors show: https://mermaid.js.org/syntax/entityRelationshipDiagram.html"""

from __future__ import annotations

from qb.schema.diagram.parts import Line, edges, lines
from qb.schema.objects import Schema


def mermaid(schema: Schema) -> str:
    """The schema as an `erDiagram`.

    albums }o--|| artists : artist_id
    """
    text = ["erDiagram"]
    for table in schema.tables:
        text.append(f"  {quoted(str(table.name))} {{")
        text += [f"    {attribute(line)}" for line in lines(table)]
        text.append("  }")
    for edge in edges(schema):
        child, parent = ("|o" if edge.is_single else "}o"), ("o|" if edge.is_optional else "||")
        names = quoted(", ".join(edge.columns))
        text.append(f"  {quoted(str(edge.child.name))} {child}--{parent} {quoted(str(edge.parent.name))} : {names}")
    return "\n".join(text) + "\n"


def attribute(line: Line) -> str:
    """A column: words without spaces, and what it is as a comment."""
    keys = f" {', '.join(line.marks)}" if line.marks else ""
    return f"{word(line.type)} {word(line.name)}{keys}" + (' "nullable"' if line.nullable else "")


def word(text: str) -> str:
    """A text as Mermaid takes it where no quotes may be."""
    return "".join([letter if letter.isalnum() or letter in "_-()[]" else "_" for letter in text.replace(", ", "_")])


def quoted(text: str) -> str:
    """A name. Mermaid has no way to write a double quote."""
    return '"' + text.replace('"', "'").replace("\n", " ") + '"'
