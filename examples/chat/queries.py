"""What is read. They are values: whoever runs one adds which rows."""

from examples.chat.schema import Conversation, Message
from qb import many, one, select

MESSAGES = select(
    Message.id, Message.position, Message.role, Message.content, Message.metadata, Message.created_at
).order_by(Message.position)

LAST_MESSAGE = select(Message.role, Message.content, Message.created_at).order_by(Message.position.desc()).limit(1)

CONVERSATIONS = select(
    Conversation.id,
    Conversation.title,
    Conversation.metadata,
    Conversation.message_count,
    Conversation.updated_at,
    one(LAST_MESSAGE).as_("last_message"),
)
LATEST_FIRST = (Conversation.updated_at.desc(), Conversation.id.desc())

CONVERSATIONS_WITH_MESSAGES = select(
    Conversation.id,
    Conversation.title,
    Conversation.metadata,
    Conversation.created_at,
    Conversation.updated_at,
    many(MESSAGES).as_("messages"),
)
