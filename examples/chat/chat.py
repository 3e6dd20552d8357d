"""The operations of a chat. Each is one statement, or one batch of statements that are known beforehand.

So each is done as a whole or not at all on every engine, also on D1, where no transaction stays open. And where clients
meet, the database decides: nothing is looked up first that could be otherwise by the time of the write.
"""

from __future__ import annotations

from uuid import UUID

from examples.chat.errors import ConversationNotFound, DuplicateMessage, InvalidRequest, SessionNotFound
from examples.chat.models import (
    ChatMessage,
    ClientInfo,
    ConversationMetadata,
    ConversationPage,
    ConversationSummary,
    ConversationWithMessages,
    MessageMetadata,
    Role,
    Session,
)
from examples.chat.queries import CONVERSATIONS, CONVERSATIONS_WITH_MESSAGES, LATEST_FIRST, MESSAGES
from examples.chat.schema import ClientSession, Conversation, Message
from qb import Executor, cursor_of, excluded, fn, insert, keyset, select, update, when
from qb.errors import CheckViolated, EncodingError, ForeignKeyViolated, InvalidCursor, UniqueViolated
from qb.uuids import uuid7


class Chat:
    """Client sessions, their conversations and the messages in these.

        chat = Chat(db)
        session = await chat.get_or_create_session("secret of this client", {"language": "en"})
        conversation = await chat.create_conversation(session.id, title="Holidays")
        await chat.create_message(session.id, conversation.id, role=Role.user, content="Where to?")

    A conversation belongs to its session, and in any other one it is not found.
    """

    def __init__(self, db: Executor) -> None:
        self._db = db

    async def get_or_create_session(self, client_key: str, client: ClientInfo) -> Session:
        """The session of the client that knows this key."""
        statement = (
            insert(ClientSession)
            .values(id=uuid7(), client_key=client_key, client=client)
            .on_conflict(ClientSession.client_key)
            .do_update(client=excluded(ClientSession.client), seen_at=fn.now())
            .returning(ClientSession.id, ClientSession.client, ClientSession.created_at, ClientSession.seen_at)
        )
        return await self._db.fetch_one(statement, into=Session)

    async def create_conversation(
        self, session_id: UUID, *, title: str, metadata: ConversationMetadata | None = None
    ) -> ConversationWithMessages:
        """A new conversation, without messages. Raises SessionNotFound or InvalidRequest."""
        conversation_id = uuid7()
        conversation: ConversationWithMessages
        try:
            _, (conversation,) = await self._db.batch(
                insert(Conversation).values(
                    id=conversation_id, session_id=session_id, title=title, metadata=metadata or {}
                ),
                CONVERSATIONS_WITH_MESSAGES.where(Conversation.id == conversation_id).into(ConversationWithMessages),
            )
        except ForeignKeyViolated as error:
            raise SessionNotFound(session_id) from error
        except (CheckViolated, EncodingError) as error:
            raise InvalidRequest("a title has 1 to 200 characters") from error
        return conversation

    async def create_message(
        self,
        session_id: UUID,
        conversation_id: UUID,
        *,
        role: Role,
        content: str,
        metadata: MessageMetadata | None = None,
        client_key: str | None = None,
    ) -> ChatMessage:
        """Add a message at the end of a conversation. What is sent with the same `client_key` again is not added again.

        Raises ConversationNotFound, DuplicateMessage or InvalidRequest.
        """
        message_id = uuid7()
        this = Conversation.id == conversation_id
        count = select(Conversation.message_count).where(this).scalar_subquery()
        message: ChatMessage
        try:
            _, _, (message,) = await self._db.batch(
                # Whoever else writes to this conversation waits here, and is given the next position.
                update(Conversation).set(message_count=Conversation.message_count + 1, updated_at=fn.now()).where(this),
                insert(Message).values(
                    id=message_id,
                    conversation_id=conversation_id,
                    session_id=session_id,
                    position=fn.coalesce(count, 0),
                    role=role,
                    content=content,
                    metadata=metadata or {},
                    client_key=client_key,
                ),
                MESSAGES.where(Message.id == message_id).into(ChatMessage),
            )
        except ForeignKeyViolated as error:
            raise ConversationNotFound(conversation_id) from error
        except UniqueViolated as error:
            if not error.concerns(Message.conversation_id, Message.client_key):
                raise
            raise DuplicateMessage(client_key) from error
        except CheckViolated as error:
            raise InvalidRequest("a message is not empty") from error
        return message

    async def list_conversations(
        self, session_id: UUID, *, model: str | None = None, size: int = 20, page: str | None = None
    ) -> ConversationPage:
        """A page of the conversations of a session, those that were written to last first: all, or those with a model.

        Raises InvalidRequest when there is no such page.
        """
        query = CONVERSATIONS.where(
            Conversation.session_id == session_id,
            when(model, lambda model: Conversation.metadata["model"] == model),
        )
        try:
            # One more than are shown, to know whether there is another page.
            query = keyset(query, by=LATEST_FIRST, size=size + 1, after=page)
        except InvalidCursor as error:
            raise InvalidRequest(f"there is no page {page!r}") from error
        found = await self._db.fetch_all(query, into=ConversationSummary)
        shown = found[:size]
        is_last = len(found) <= size
        return ConversationPage(
            shown, None if is_last else cursor_of((shown[-1].updated_at, shown[-1].id), LATEST_FIRST)
        )

    async def get_conversation_with_messages(self, session_id: UUID, conversation_id: UUID) -> ConversationWithMessages:
        """A conversation with all of its messages, the first one first. Raises ConversationNotFound."""
        query = CONVERSATIONS_WITH_MESSAGES.where(
            Conversation.id == conversation_id, Conversation.session_id == session_id
        )
        found = await self._db.fetch_one_or_none(query, into=ConversationWithMessages)
        if found is None:
            raise ConversationNotFound(conversation_id)
        return found
