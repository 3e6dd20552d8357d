"""What can go wrong with documents."""

from __future__ import annotations

from qb.errors import QbError


class DocumentError(QbError):
    """The root of these errors."""


class InvalidDocument(DocumentError, ValueError):
    """A document is not what its class declares: one that is to be stored, of which nothing is stored then, or one that
    was found in the store. What a library raised is `__cause__`.
    """

    category = "data"


class DocumentConflict(DocumentError):
    """The document is not there in the version that was to be replaced or deleted, or it is there and was to be new:
    somebody else was faster. Get it again, and decide.
    """

    category = "serialization"


class DocumentMissing(DocumentError):
    """There is a row, but not its document: the store has lost it, or does not show it yet."""

    category = "result"
