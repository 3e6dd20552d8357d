"""Documents as JSON texts, and back, checked by their class.

pydantic and msgspec do it for their own classes. For the others a class is read once, and each of its fields becomes
a shape, which checks a value while it makes JSON of it, and again on the way back.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from qb.documents.errors import InvalidDocument
from qb.identifiers import is_unicode

D = TypeVar("D")


class Codec(Generic[D]):
    """From a document to its text and back. Both raise InvalidDocument."""

    def __init__(self, cls: type[D], dump: Callable[[D], str], load: Callable[[str], D]) -> None:
        self.cls = cls
        self._dump = dump
        self._load = load

    def dump(self, document: D) -> str:
        """The text of a document."""
        try:
            text = self._dump(document)
        except InvalidDocument:
            raise
        except Exception as error:  # of a library, or of the program's own `dump`
            raise InvalidDocument(f"this is no {self.cls.__name__}: {type(error).__name__}") from error
        if not is_unicode(text):
            raise InvalidDocument(f"this {self.cls.__name__} has half of a character in it, which no text can keep")
        return text

    def load(self, text: str) -> D:
        """The document of a text."""
        try:
            return self._load(text)
        except InvalidDocument:
            raise
        except Exception as error:
            raise InvalidDocument(f"what is stored is no {self.cls.__name__}: {type(error).__name__}") from error


def codec_of(
    cls: type[D], dump: Callable[[D], object] | None = None, load: Callable[[Any], D] | None = None
) -> Codec[D]:
    """The codec of a class, or one of the program's functions to and from what JSON has.

    Raises TypeError for a class that documents cannot be of.
    """
    if dump is not None and load is not None:
        to_json, from_json = dump, load
        return Codec(cls, lambda document: text_of(to_json(document)), lambda text: from_json(value_of(text)))
    if dump is not None or load is not None:
        raise TypeError("documents with a `dump` need a `load`, and the other way round")
    if hasattr(cls, "model_validate_json"):
        return pydantic_codec(cls)
    if hasattr(cls, "__struct_fields__"):
        return msgspec_codec(cls)
    from qb.documents.shapes import record_of

    record = record_of(cls)
    return Codec(
        cls, lambda document: text_of(record.dump_whole(document)), lambda text: record.load_whole(value_of(text))
    )


def pydantic_codec(model: Any) -> Codec[Any]:  # pydantic is not imported
    """That of a model, whose fields have their own names in the text, whatever their aliases are."""

    def load(text: str) -> Any:
        return model.model_validate_json(text, by_alias=False, by_name=True)

    def dump(document: Any) -> str:
        of_class(model, document)
        text: str = document.model_dump_json(round_trip=True, by_alias=False)
        load(text)  # a model can be changed after it was checked
        return text

    return Codec(model, dump, load)


def msgspec_codec(struct: Any) -> Codec[Any]:  # nor is msgspec
    """That of a Struct, which checks nothing when it is made."""
    import sys

    json = sys.modules["msgspec"].json  # its class was made with it
    decoder = json.Decoder(struct)

    def dump(document: Any) -> str:
        of_class(struct, document)
        encoded: bytes = json.encode(document)
        decoder.decode(encoded)
        return encoded.decode()

    return Codec(struct, dump, decoder.decode)


def of_class(cls: type[Any], document: object) -> None:
    """Raise InvalidDocument for another class: of a subclass, what it adds would be lost."""
    if type(document) is not cls:
        raise InvalidDocument(f"this is {type(document).__name__}, and the documents here are {cls.__name__}")


def text_of(value: object) -> str:
    """The text of what JSON has."""
    import json

    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def value_of(text: str) -> Any:
    """What a text holds."""
    import json

    return json.loads(text)
