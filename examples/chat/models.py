"""What callers give and get. Queries make rows into these classes, and mypy compares the fields with the columns."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

# qb takes the one of `typing`, too; pydantic, which makes the answers of app.py, does from Python 3.12 on.
from typing_extensions import TypedDict


class Role(Enum):
    system = "system"
    user = "user"
    assistant = "assistant"


class ClientInfo(TypedDict, total=False):
    """What is known of the program that a client uses."""

    user_agent: str
    language: str


class ConversationMetadata(TypedDict, total=False):
    model: str
    tags: list[str]


class Usage(TypedDict):
    input_tokens: int
    output_tokens: int


class MessageMetadata(TypedDict, total=False):
    model: str
    usage: Usage


@dataclass(frozen=True, slots=True)
class Session:
    id: UUID
    client: ClientInfo
    created_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ChatMessage:
    id: UUID
    position: int
    role: Role
    content: str
    metadata: MessageMetadata
    created_at: datetime


@dataclass(frozen=True, slots=True)
class LastMessage:
    role: Role
    content: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class ConversationSummary:
    id: UUID
    title: str
    metadata: ConversationMetadata
    message_count: int
    updated_at: datetime
    last_message: LastMessage | None


@dataclass(frozen=True, slots=True)
class ConversationPage:
    conversations: list[ConversationSummary]
    next_page: str | None
    """Where the next page begins; None on the last one."""


@dataclass(frozen=True, slots=True)
class ConversationWithMessages:
    id: UUID
    title: str
    metadata: ConversationMetadata
    created_at: datetime
    updated_at: datetime
    messages: list[ChatMessage]
