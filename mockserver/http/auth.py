"""HTTP Basic credentials as ``--api-auth`` asks for them."""

from __future__ import annotations

import base64
import binascii
import hmac
from typing import TYPE_CHECKING

from mockserver.core.errors import HTTPError, ServerError

if TYPE_CHECKING:
    from collections.abc import Iterable


_UNAUTHORIZED = 401


def check_credentials(header: str | None, users: Iterable[tuple[str, str]]) -> None:
    """Let the request pass, or refuse it.

    Args:
        header: the Authorization header.
        users: (user, password) pairs; none for an open server, which lets everything pass.

    Raises:
        HTTPError: 401, with the words of fastapi.security.HTTPBasic or of the webui.

    Recorded: group auth.
    """
    known = dict(users)
    if not known:
        return
    scheme, _, text = (header or "").partition(" ")
    if scheme.lower() != "basic":
        raise _unauthorized("Not authenticated")
    user, password = _decode(text)
    if user not in known or not _same(password, known[user]):
        raise _unauthorized("Incorrect username or password")


def _unauthorized(message: str) -> HTTPError:
    return HTTPError(_UNAUTHORIZED, message, {"WWW-Authenticate": "Basic"})


def _decode(text: str) -> tuple[str, str]:
    problem = _unauthorized("Invalid authentication credentials")
    try:
        data = base64.b64decode(text).decode("ascii")
    except (ValueError, binascii.Error):
        raise problem from None
    user, colon, password = data.partition(":")
    if not colon:
        raise problem
    return user, password


def _same(given: str, known: str) -> bool:
    try:
        return hmac.compare_digest(given, known)
    except TypeError as error:
        raise ServerError("TypeError", str(error)) from error
