"""The chat on the web.

    qb generate examples.chat.schema | sqlite3 chat.db
    pip install uvicorn
    CHAT_DATABASE=sqlite:///chat.db uvicorn examples.chat.app:app

The tables are made when the application is deployed, never while it runs. `CHAT_DATABASE` may be any URL that
`Database.connect` takes.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Cookie, Depends, FastAPI, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from examples.chat.chat import Chat
from examples.chat.errors import ChatError, DuplicateMessage, InvalidRequest, NotFound
from examples.chat.models import (
    ChatMessage,
    ClientInfo,
    ConversationMetadata,
    ConversationPage,
    ConversationWithMessages,
    MessageMetadata,
    Role,
    Session,
)
from qb import Database

DAYS = 24 * 60 * 60

router = APIRouter()


class NewConversation(BaseModel):
    title: str
    metadata: ConversationMetadata = {}


class NewMessage(BaseModel):
    content: str
    role: Role = Role.user
    metadata: MessageMetadata = {}
    client_key: str | None = None
    """Made by the client for each message, so that it can send one again when it does not know whether it arrived."""


def chat_of(request: Request) -> Chat:
    chat: Chat = request.app.state.chat
    return chat


CurrentChat = Annotated[Chat, Depends(chat_of)]


async def current_session(
    request: Request,
    response: Response,
    chat: CurrentChat,
    chat_client: Annotated[str | None, Cookie()] = None,
) -> Session:
    """The session of the browser, which keeps its key in a cookie."""
    client_key = chat_client or secrets.token_urlsafe(32)
    session = await chat.get_or_create_session(client_key, client_info(request.headers))
    response.set_cookie("chat_client", client_key, max_age=90 * DAYS, httponly=True, secure=True, samesite="lax")
    return session


CurrentSession = Annotated[Session, Depends(current_session)]


def client_info(headers: Mapping[str, str]) -> ClientInfo:
    found: ClientInfo = {}
    if "user-agent" in headers:
        found["user_agent"] = headers["user-agent"]
    if "accept-language" in headers:
        found["language"] = headers["accept-language"]
    return found


@router.get("/session")
async def get_session(session: CurrentSession) -> Session:
    return session


@router.post("/conversations", status_code=201)
async def create_conversation(
    new: NewConversation, chat: CurrentChat, session: CurrentSession
) -> ConversationWithMessages:
    return await chat.create_conversation(session.id, title=new.title, metadata=new.metadata)


@router.get("/conversations")
async def list_conversations(
    chat: CurrentChat,
    session: CurrentSession,
    model: str | None = None,
    page: str | None = None,
    size: Annotated[int, Query(ge=1, le=100)] = 20,
) -> ConversationPage:
    return await chat.list_conversations(session.id, model=model, size=size, page=page)


@router.get("/conversations/{conversation_id}")
async def get_conversation(
    conversation_id: UUID, chat: CurrentChat, session: CurrentSession
) -> ConversationWithMessages:
    return await chat.get_conversation_with_messages(session.id, conversation_id)


@router.post("/conversations/{conversation_id}/messages", status_code=201)
async def create_message(
    conversation_id: UUID, new: NewMessage, chat: CurrentChat, session: CurrentSession
) -> ChatMessage:
    return await chat.create_message(
        session.id,
        conversation_id,
        role=new.role,
        content=new.content,
        metadata=new.metadata,
        client_key=new.client_key,
    )


STATUS: dict[type[ChatError], int] = {NotFound: 404, DuplicateMessage: 409, InvalidRequest: 422}


async def explain(request: Request, error: Exception) -> Response:
    """The answer to what a chat refuses."""
    status = next(status for cls, status in STATUS.items() if isinstance(error, cls))
    return JSONResponse({"detail": str(error)}, status)


def create_app(database_url: str, **options: Any) -> FastAPI:
    """The application, which opens its database when it starts and closes it at the end. `options` are what
    `Database.connect` takes besides the URL.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with Database.connect(database_url, **options) as db:
            app.state.chat = Chat(db)
            yield

    app = FastAPI(title="Chat", lifespan=lifespan)
    app.include_router(router)
    app.add_exception_handler(ChatError, explain)
    return app


app = create_app(os.environ.get("CHAT_DATABASE", "sqlite:///chat.db"))
