"""What can go wrong, in the words of a chat: callers know nothing of constraints."""

from uuid import UUID


class ChatError(Exception):
    """The root of these errors."""


class NotFound(ChatError):
    """It does not exist, or is somebody else's: which of them is not told."""


class SessionNotFound(NotFound):
    def __init__(self, session_id: UUID) -> None:
        super().__init__(f"there is no session {session_id}")


class ConversationNotFound(NotFound):
    def __init__(self, conversation_id: UUID) -> None:
        super().__init__(f"there is no conversation {conversation_id}")


class DuplicateMessage(ChatError):
    """A message with this key is in the conversation already: it was sent twice."""

    def __init__(self, client_key: str | None) -> None:
        super().__init__(f"the message {client_key!r} is in the conversation already")


class InvalidRequest(ChatError):
    """A title, a message or the place of a page makes no sense."""
