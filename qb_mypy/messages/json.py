"""Parts of JSON documents."""

from __future__ import annotations

from qb_mypy.rules import NAME, TYPE, Rule
from qb_mypy.wording import amount, closest, listed

UNKNOWN_KEY = Rule("unknown-key", NAME, "a key or an index that the type of a JSON document does not have")


@UNKNOWN_KEY.says
def unknown_key(document: str, name: str, known: list[str]) -> str:
    return f'{document} has no key "{name}"{closest(name, known) or listed(known)}'


@UNKNOWN_KEY.says
def no_index(operand: str, count: int, index: int) -> str:
    return f"{operand} has {amount(count, 'item')}, and no [{index}]"


JSON_PART = Rule("json-part", TYPE, "a part of what is no JSON document, or a key of the wrong kind")


@JSON_PART.says
def no_parts(operand: str, type: str) -> str:
    return f"{operand} is {type}: only a JSON document has parts"


@JSON_PART.says
def not_a_part(operand: str) -> str:
    return f"{operand} is not a part of a JSON document: write {operand}[key]"


@JSON_PART.says
def wrong_key(operand: str, type: str, keys: str, key: str) -> str:
    return f"{operand} is {type}, whose parts are found by {keys}, not by {key}"


@JSON_PART.says
def no_key(key: str) -> str:
    return f"A part of a JSON document has a text for its key or a whole number for its index, not {key}"


JSON_VALUE = Rule("json-value", TYPE, "a value that JSON does not have")


@JSON_VALUE.says
def not_in_json(operand: str, type: str) -> str:
    return f"{operand} is {type}, which JSON does not have: give it as text"
