"""How a recording begins: credentials from where they are, and a redactor that knows them."""

from __future__ import annotations

import getpass
import os
import socket
from typing import TYPE_CHECKING

from mockserver.errors import RecordError
from mockserver.recording.keeper import Keeper
from mockserver.recording.redaction import Redactor
from mockserver.recording.redaction.hosts import is_private_host
from mockserver.recording.set_folder import SetFolder

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.recording.server import LiveServer

_ENVIRONMENT = "env:"


def login(text: str | None) -> tuple[str, str] | None:
    """User and password from ``env:NAME`` or ``user:password``; None for None.

    Raises:
        RecordError: the variable is not set, or there is no colon.
    """
    if text is None:
        return None
    name = text.removeprefix(_ENVIRONMENT)
    told = os.environ.get(name) if text.startswith(_ENVIRONMENT) else text
    if told is None:
        raise RecordError(f"--auth {text}: the environment has no {name}; set it to user:password")
    user, colon, password = told.partition(":")
    if not colon or not user:
        raise RecordError("--auth: not user:password; write it so, or env:NAME")
    return user, password


def redactor_for(server: LiveServer) -> Redactor:
    """A redactor that knows the credentials, the server's host, and who records."""
    redactor = Redactor()
    if server.auth:
        redactor.known.add_login(*server.auth)
    if is_private_host(server.host):
        redactor.known.add_machine(server.host)
    redactor.known.add_machine(socket.gethostname())
    redactor.known.add_user(_own_name())
    return redactor


def keeper_for(server: LiveServer, folder: Path) -> Keeper:
    """What keeps the answers of a server in a folder.

    Raises:
        RecordError: the folder cannot be recorded into.
    """
    return Keeper(SetFolder(folder), redactor_for(server))


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
