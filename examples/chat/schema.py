"""The tables."""

from examples.chat.models import ClientInfo, ConversationMetadata, MessageMetadata, Role
from qb import Table, check, col, fn, foreign_key, index, unique


class ClientSession(Table, name="client_sessions"):
    id = col.uuid().primary_key()
    client_key = col.text().unique()
    client = col.json(ClientInfo)
    created_at = col.timestamp().default_sql(fn.now())
    seen_at = col.timestamp().default_sql(fn.now())


class Conversation(Table, name="conversations"):
    id = col.uuid().primary_key()
    session_id = col.uuid().references(lambda: ClientSession.id, on_delete="cascade")
    title = col.varchar(200)
    metadata = col.json(ConversationMetadata)
    message_count = col.integer().default(0)
    created_at = col.timestamp().default_sql(fn.now())
    updated_at = col.timestamp().default_sql(fn.now())

    owned = unique(id, session_id)
    has_title = check(fn.length(fn.trim(title)) > 0)
    latest_first = index(session_id, updated_at.desc(), id.desc())


class Message(Table, name="messages"):
    """It names its session, too: so the foreign key holds that nobody writes into the conversations of others."""

    id = col.uuid().primary_key()
    conversation_id = col.uuid()
    session_id = col.uuid()
    position = col.integer()
    role = col.enum(Role)
    content = col.text()
    metadata = col.json(MessageMetadata)
    client_key = col.text().nullable()
    created_at = col.timestamp().default_sql(fn.now())

    conversation = foreign_key(
        conversation_id,
        session_id,
        references=lambda: (Conversation.id, Conversation.session_id),
        on_delete="cascade",
    )
    in_order = unique(conversation_id, position)
    sent_once = unique(conversation_id, client_key)
    has_content = check(fn.length(fn.trim(content)) > 0)


TABLES = (ClientSession, Conversation, Message)
"""Each after those that it references."""
