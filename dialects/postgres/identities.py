"""The options of PostgreSQL's sequences."""

from __future__ import annotations

from qb.schema.tokens import tokens

USUAL = {
    "AS": "AS bigint",
    "INCREMENT": "INCREMENT BY 1",
    "MINVALUE": "NO MINVALUE",
    "MAXVALUE": "NO MAXVALUE",
    "START": "START WITH 1",
    "CACHE": "CACHE 1",
    "CYCLE": "NO CYCLE",
    "OWNED": "OWNED BY NONE",
}
"""By the word that an option begins with: what holds without it."""


def options(text: str) -> dict[str, str]:
    """The options of a text, by the words that they begin with."""
    found: dict[str, str] = {}
    prefix, current = "", ""
    for token in tokens(text, "postgres"):
        word = token.text.upper()
        if word == "NO":
            prefix = "NO "
        elif word in USUAL:
            current = word
            found[current] = prefix + word
            prefix = ""
        elif current:
            space = "" if found[current].endswith("-") else " "
            found[current] += space + token.text
    return found


def changed_options(before: str, after: str) -> list[str]:
    """What has to be said so that a sequence has other options."""
    old, new = options(before), options(after)
    return [
        *[text for word, text in new.items() if old.get(word) != text],
        *[USUAL[word] for word in old if word not in new],
    ]
