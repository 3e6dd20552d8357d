"""What can go wrong with documents."""

from __future__ import annotations

from qb.errors import QbError


class DocumentError(QbError):
    """The root of these errors."""

    category = "document"


class InvalidDocument(DocumentError, ValueError):
    """A document is not what its class declares: one that is to be written, of which nothing is written then, or one
    that was found in the store. What the class itself raised is `__cause__`.
    """


class DocumentConflict(DocumentError):
    """The document is not there in the version that was to be replaced or deleted, or it is there and was to be new:
    somebody else was faster. Get it again, and decide.
    """


class DocumentMissing(DocumentError):
    """There is a row, but not its document: the store lost it, or does not show it yet."""

    is_retryable = True
