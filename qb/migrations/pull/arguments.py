"""Arguments of what declarations call."""

from __future__ import annotations


def deferral(value: str | None) -> dict[str, object]:
    """The arguments for when a constraint is checked."""
    if value is None:
        return {}
    return {"initially": "deferred"} if value == "deferred" else {"deferrable": True}


def storage(text: str) -> dict[str, str] | None:
    """Storage parameters by name."""
    return dict([part.split("=", 1) for part in text.split(", ")]) if text else None


def counting_options(text: str) -> dict[str, object]:
    """The arguments for the options of a sequence."""
    words, found = text.split(), dict[str, object]()
    keywords = {"START": "start", "INCREMENT": "increment", "MINVALUE": "minvalue", "MAXVALUE": "maxvalue"}
    for place, word in enumerate(words):
        if word in ("MINVALUE", "MAXVALUE"):
            found[keywords[word]] = int(words[place + 1])
        elif word in ("START", "INCREMENT"):
            found[keywords[word]] = int(words[place + 2])
        elif word == "CACHE":
            found["cache"] = int(words[place + 1])
        elif word == "CYCLE":
            found["cycle"] = True
    return found
