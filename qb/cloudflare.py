"""Cloudflare's REST API: where it is, and who asks."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from qb.errors import CannotOpen

if TYPE_CHECKING:
    from httpx import AsyncClient

API = "https://api.cloudflare.com/client/v4"
API_VARIABLE, TOKEN_VARIABLE = "CLOUDFLARE_API_BASE_URL", "CLOUDFLARE_API_TOKEN"
"""Wrangler reads these, too."""


def client(what: str, token: str | None, api: str | None, timeout: float) -> AsyncClient:
    """What sends requests. Raises CannotOpen when there is no token for what is to be used."""
    from httpx import AsyncClient

    token = token or os.environ.get(TOKEN_VARIABLE)
    if not token:
        raise CannotOpen(f"{what} needs a token: put it into the variable {TOKEN_VARIABLE}, or say token=…")
    base = api or os.environ.get(API_VARIABLE, API)
    return AsyncClient(
        base_url=base,
        verify=not base.startswith("http://"),  # of this machine: to read all certificates takes longer than the rest
        headers={"Authorization": f"Bearer {token}"},
        timeout=timeout,
    )


def identifiers(url: str) -> tuple[str, str] | None:
    """The two identifiers of a URL, those of an account and of something in it; None when they are not."""
    account, _, thing = url.partition("://")[2].partition("/")
    return (account, thing) if account.isalnum() and thing.replace("-", "").isalnum() else None
