"""How a recording begins: credentials from where they are, and a redactor that knows them."""

from __future__ import annotations

import getpass
import socket
from typing import TYPE_CHECKING

from mockserver.core.credentials import read_secret
from mockserver.core.errors import BadInput
from mockserver.recording.set_folder import SetFolder
from mockserver.recording.writer import RecordingWriter
from mockserver.redaction.hosts import is_private_host
from mockserver.redaction.redactor import Redactor

if TYPE_CHECKING:
    from pathlib import Path

    from mockserver.recording.live_server import LiveServer


def login(text: str | None) -> tuple[str, str] | None:
    """User and password from ``user:password``, ``env:NAME`` or ``file:PATH``; None for None.

    Raises:
        BadInput: the variable is not set, the file cannot be read, or there is no colon.
    """
    if text is None:
        return None
    user, colon, password = read_secret(text).partition(":")
    if not colon or not user:
        raise BadInput("--auth: not user:password; write it so, or env:NAME, or file:PATH")
    return user, password


def redactor_for(server: LiveServer) -> Redactor:
    """A redactor that knows the credentials, the server's host, and who records."""
    redactor = Redactor()
    if server.auth:
        redactor.known.add_login(*server.auth)
    for value in server.headers.values():
        redactor.known.add_secret(value)
        redactor.known.add_secret(value.removeprefix("Bearer "))
    if is_private_host(server.host):
        redactor.known.add_machine(server.host)
    redactor.known.add_machine(socket.gethostname())
    redactor.known.add_user(_own_name())
    return redactor


def writer_for(server: LiveServer, folder: Path) -> RecordingWriter:
    """What keeps the answers of a server in a folder.

    Raises:
        RecordError: the folder cannot be recorded into.
    """
    return RecordingWriter(SetFolder(folder), redactor_for(server))


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
