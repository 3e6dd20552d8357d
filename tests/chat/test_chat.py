"""What the chat promises its callers."""

from __future__ import annotations

from asyncio import gather

import anyio
import pytest

from examples.chat.chat import Chat
from examples.chat.errors import ConversationNotFound, DuplicateMessage, InvalidRequest, SessionNotFound
from examples.chat.models import LastMessage, Role, Session
from examples.chat.schema import ClientSession, Conversation, Message
from qb import Database, delete, fn, select
from qb.uuids import uuid7

ENGINES = ("sqlite", "postgres", "d1")


async def pause() -> None:
    """Until the clock of every engine has another time; SQLite's has milliseconds."""
    await anyio.sleep(0.005)


async def count(database: Database, table: type[Message | Conversation]) -> int:
    found: int = await database.fetch_value(select(fn.count()).from_(table))
    return found


async def test_a_client_has_one_session(chat: Chat) -> None:
    first = await chat.get_or_create_session("key", {"language": "en"})
    await pause()
    again = await chat.get_or_create_session("key", {"language": "de", "user_agent": "curl"})
    other = await chat.get_or_create_session("other key", {})
    assert first.client == {"language": "en"}
    assert (again.id, again.created_at) == (first.id, first.created_at)
    assert again.client == {"language": "de", "user_agent": "curl"}
    assert again.seen_at > first.seen_at
    assert other.id != first.id


async def test_a_client_that_comes_many_times_at_once_has_one_session(chat: Chat) -> None:
    sessions = await gather(*[chat.get_or_create_session("key", {}) for _ in range(10)])
    assert len({session.id for session in sessions}) == 1


async def test_a_conversation_begins_empty(chat: Chat, session: Session) -> None:
    made = await chat.create_conversation(session.id, title="Holidays", metadata={"model": "m1", "tags": ["sea"]})
    assert (made.title, made.metadata, made.messages) == ("Holidays", {"model": "m1", "tags": ["sea"]}, [])
    assert made.created_at == made.updated_at
    assert await chat.get_conversation_with_messages(session.id, made.id) == made


async def test_messages_are_in_the_order_in_which_they_were_sent(chat: Chat, session: Session) -> None:
    conversation = await chat.create_conversation(session.id, title="Holidays")
    question = await chat.create_message(session.id, conversation.id, role=Role.user, content="Where to?")
    answer = await chat.create_message(
        session.id,
        conversation.id,
        role=Role.assistant,
        content="To Ulm.",
        metadata={"model": "m1", "usage": {"input_tokens": 3, "output_tokens": 4}},
    )
    found = await chat.get_conversation_with_messages(session.id, conversation.id)
    assert found.messages == [question, answer]
    assert [message.position for message in found.messages] == [1, 2]
    assert answer.metadata == {"model": "m1", "usage": {"input_tokens": 3, "output_tokens": 4}}
    assert found.updated_at >= question.created_at


async def test_messages_that_are_sent_at_once_have_a_position_each(chat: Chat, session: Session) -> None:
    conversation = await chat.create_conversation(session.id, title="Busy")
    contents = [f"message {number}" for number in range(20)]
    await gather(
        *[chat.create_message(session.id, conversation.id, role=Role.user, content=content) for content in contents]
    )
    found = await chat.get_conversation_with_messages(session.id, conversation.id)
    assert [message.position for message in found.messages] == list(range(1, 21))
    assert sorted(message.content for message in found.messages) == sorted(contents)
    (summary,) = (await chat.list_conversations(session.id)).conversations
    assert summary.message_count == 20


async def test_the_conversation_that_was_written_to_last_is_the_first_of_the_list(chat: Chat, session: Session) -> None:
    old = await chat.create_conversation(session.id, title="old")
    await pause()
    new = await chat.create_conversation(session.id, title="new")
    await pause()
    sent = await chat.create_message(session.id, old.id, role=Role.user, content="still there?")
    found = (await chat.list_conversations(session.id)).conversations
    assert [(summary.id, summary.message_count) for summary in found] == [(old.id, 1), (new.id, 0)]
    assert [summary.last_message for summary in found] == [
        LastMessage(Role.user, "still there?", sent.created_at),
        None,
    ]


@pytest.mark.parametrize(("size", "pages"), [(1, 5), (2, 3), (4, 2), (5, 1), (20, 1)])
async def test_pages_hold_every_conversation_once(chat: Chat, session: Session, size: int, pages: int) -> None:
    made = [(await chat.create_conversation(session.id, title=f"{number}")).id for number in range(5)]
    shown = []
    place = None
    for number in range(pages):
        page = await chat.list_conversations(session.id, size=size, page=place)
        shown += [summary.id for summary in page.conversations]
        place = page.next_page
        assert (place is None) == (number == pages - 1)
    assert shown == made[::-1]


async def test_conversations_are_found_by_what_their_metadata_says(chat: Chat, session: Session) -> None:
    await chat.create_conversation(session.id, title="none")
    await chat.create_conversation(session.id, title="one", metadata={"model": "m1"})
    await chat.create_conversation(session.id, title="two", metadata={"model": "m2"})
    found = await chat.list_conversations(session.id, model="m2")
    assert [summary.title for summary in found.conversations] == ["two"]


async def test_nobody_finds_the_conversations_of_others(chat: Chat, session: Session, database: Database) -> None:
    conversation = await chat.create_conversation(session.id, title="private")
    other = await chat.get_or_create_session("bob's key", {})
    with pytest.raises(ConversationNotFound):
        await chat.get_conversation_with_messages(other.id, conversation.id)
    with pytest.raises(ConversationNotFound):
        await chat.create_message(other.id, conversation.id, role=Role.user, content="hello")
    assert (await chat.list_conversations(other.id)).conversations == []
    assert await count(database, Message) == 0
    (mine,) = (await chat.list_conversations(session.id)).conversations
    assert (mine.message_count, mine.updated_at) == (0, conversation.updated_at)


async def test_what_does_not_exist_is_not_found(chat: Chat, session: Session, database: Database) -> None:
    nothing = uuid7()
    with pytest.raises(SessionNotFound, match=str(nothing)):
        await chat.create_conversation(nothing, title="lost")
    with pytest.raises(ConversationNotFound, match=str(nothing)):
        await chat.create_message(session.id, nothing, role=Role.user, content="lost")
    with pytest.raises(ConversationNotFound, match=str(nothing)):
        await chat.get_conversation_with_messages(session.id, nothing)
    assert await count(database, Conversation) == 0


async def test_a_message_that_is_sent_twice_is_there_once(chat: Chat, session: Session) -> None:
    conversation = await chat.create_conversation(session.id, title="flaky network")
    other = await chat.create_conversation(session.id, title="another one")
    for number in range(2):
        await chat.create_message(session.id, conversation.id, role=Role.user, content=f"without a key {number}")
    sent = await chat.create_message(session.id, conversation.id, role=Role.user, content="hello", client_key="7")
    with pytest.raises(DuplicateMessage, match="'7'"):
        await chat.create_message(session.id, conversation.id, role=Role.user, content="hello", client_key="7")
    await chat.create_message(session.id, other.id, role=Role.user, content="hello", client_key="7")
    found = await chat.get_conversation_with_messages(session.id, conversation.id)
    assert [message.position for message in found.messages] == [1, 2, 3]
    assert found.messages[-1] == sent


@pytest.mark.parametrize("title", ["", "  ", "x" * 201])
async def test_a_title_has_a_length(chat: Chat, session: Session, title: str) -> None:
    with pytest.raises(InvalidRequest, match="1 to 200 characters"):
        await chat.create_conversation(session.id, title=title)
    assert (await chat.list_conversations(session.id)).conversations == []


@pytest.mark.parametrize("content", ["", " "])
async def test_a_message_says_something(chat: Chat, session: Session, content: str) -> None:
    conversation = await chat.create_conversation(session.id, title="quiet")
    with pytest.raises(InvalidRequest, match="not empty"):
        await chat.create_message(session.id, conversation.id, role=Role.user, content=content)
    assert await chat.get_conversation_with_messages(session.id, conversation.id) == conversation


async def test_a_page_that_was_made_up_is_refused(chat: Chat, session: Session) -> None:
    with pytest.raises(InvalidRequest, match="no page 'made up'"):
        await chat.list_conversations(session.id, page="made up")


async def test_what_a_session_has_goes_with_it(chat: Chat, session: Session, database: Database) -> None:
    conversation = await chat.create_conversation(session.id, title="short")
    await chat.create_message(session.id, conversation.id, role=Role.user, content="bye")
    await database.execute(delete(ClientSession).where(ClientSession.id == session.id))
    assert await count(database, Conversation) == 0
    assert await count(database, Message) == 0
