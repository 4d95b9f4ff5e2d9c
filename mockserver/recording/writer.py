"""RecordingWriter: takes what a server answered into a set's folder, redacted."""

from __future__ import annotations

import getpass
import json
import socket
from typing import TYPE_CHECKING, Any

from mockserver.fixtures.fixture_set import restored
from mockserver.recording.exchange import PICTURES, Pictures
from mockserver.recording.set_folder import SetFolder
from mockserver.redaction.hosts import is_private_host
from mockserver.redaction.names import KEPT_HEADERS, KEPT_REQUEST_HEADERS, Kind, RedactionLog
from mockserver.redaction.pictures import is_picture
from mockserver.redaction.redactor import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from mockserver.recording.live_server import LiveServer, Received


if TYPE_CHECKING:
    Given = tuple[Mapping[str, str], bytes]

EXCHANGES = "exchanges"
_PAGES = ".html"
#: Pages that come with the programs: those of FastAPI, and KoboldCpp's.
_DOCUMENTATION = frozenset(("/docs", "/redoc", "/api"))


def exchange_file(name: str) -> str:
    """Where the exchange `name` lies.

    Args:
        name: of the exchange.
    """
    return f"{EXCHANGES}/{name}.json"


class RecordingWriter:
    """Writes answers into a folder; nothing passes unredacted.

    Args:
        folder: where.
        redactor: takes out what must not be written; learns from each answer.
    """

    def __init__(self, folder: SetFolder, redactor: Redactor) -> None:
        self.folder = folder
        self.redactor = redactor
        self._learned = redactor.known.literals

    def learn(self, name: str, value: Any) -> None:
        """Learn what must not be written from a list that shows it.

        Args:
            name: of the list.
            value: any JSON value.
        """
        if name == "cmd-flags":
            self.redactor.learn_flags(value)
        elif name == "openapi":
            self.redactor.known.learn_document(value)
        elif name == "options":
            self.redactor.known.learn_words(value)

    def keep_list(self, name: str, value: Any) -> Any:
        """Write a list; gives it as it was written.

        Args:
            name: of the list.
            value: any JSON value.
        """
        self.learn(name, value)
        file = f"{name}.json"
        redacted = self.redactor.json(value, file)
        self.folder.write_json(file, redacted)
        return redacted

    def keep_page(self, name: str, text: str) -> None:
        """Write an HTML page.

        Args:
            name: of the file.
            text: the page.
        """
        file = name + _PAGES
        self.folder.write(file, self.redactor.page(text, file).encode(errors="replace"))

    def keep_exchange(self, name: str, asked: tuple[str, str], given: Given, got: Received) -> None:
        """Write an exchange and its pictures.

        Args:
            name: names its files.
            asked: HTTP method, and path with query.
            given: headers and body of the request.
            got: the answer.
        """
        file = exchange_file(name)
        pictures = Pictures(name, self.folder.write)
        (method, path), (headers, sent) = asked, given
        redact = self.redactor
        request = {
            "method": method,
            "path": redact.text(path, f"{file}/request/path"),
            "headers": redact.headers(headers, f"{file}/request/headers", KEPT_REQUEST_HEADERS),
            **self._body(sent, f"{file}/request", pictures),
        }
        response = {
            "status": got.status,
            "headers": redact.headers(got.headers, f"{file}/response/headers", KEPT_HEADERS),
            **self._body(got.body, f"{file}/response", pictures, path),
        }
        self.folder.write_json(file, {"request": request, "response": response})

    def _body(self, data: bytes, place: str, pictures: Pictures, path: str = "") -> dict[str, Any]:
        """``json``, ``text``, ``file`` or ``omitted``: how a body is kept; nothing for none."""
        if not data:
            return {}
        try:
            return {"json": pictures.taken_out(self.redactor.json(json.loads(data), place))}
        except (ValueError, RecursionError):
            pass
        if is_picture(data):
            return {"file": pictures.keep(self.redactor.picture(data, place))}
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            self.redactor.ledger.note(Kind.OPAQUE, place)
            return {"omitted": len(data)}
        documents = path.partition("?")[0] in _DOCUMENTATION
        return {"text": (self.redactor.page if documents else self.redactor.text)(text, place)}

    def save(self) -> None:
        """Write the manifest with what was redacted so far.

        Where something was learned since, all that is there is redacted once more first: a
        recording that is cut off says no more than one that ended.
        """
        if self.redactor.known.literals != self._learned:
            self.sweep()
        self.folder.manifest["redacted"] = self.redactor.ledger.as_json()
        self.folder.save()

    def relearn(self) -> None:
        """Go on with what an earlier recording counted and numbered."""
        self.redactor.ledger = RedactionLog()
        self.redactor.ledger.add(self.folder.manifest.get("redacted", {}))
        texts = [
            self.folder.read(name).decode(errors="replace")
            for name in self.folder.files
            if name.startswith(EXCHANGES) and self.folder.has(name)
        ]
        self.redactor.folders.start_behind(texts)

    def sweep(self) -> None:
        """Redact everything once more: what was learned last may stand in what came first."""
        self._learned = self.redactor.known.literals
        for name in list(self.folder.files):
            if not self.folder.has(name):
                continue
            data = self.folder.read(name)
            swept = self._swept(name, data)
            if swept is None:
                continue
            if isinstance(swept, bytes):
                self.folder.write(name, swept)
            else:
                self.folder.write_json(name, swept)

    def _swept(self, name: str, data: bytes) -> Any:
        """The new content of a file, None where it stays."""
        if name.startswith(PICTURES):
            new = self.redactor.picture(data, name)
            return None if new == data else new
        if name.endswith(_PAGES):
            text = data.decode()
            page = self.redactor.page(text, name).encode()
            return None if page == data else page
        value = json.loads(data)
        redacted = self.redactor.json(value, name)
        return None if redacted == value else redacted


def read_exchange(folder: SetFolder, name: str) -> dict[str, Any]:
    """An exchange as it went over the wire, its pictures back in base64.

    Args:
        folder: of the recording.
        name: of the exchange.
    """
    kept = folder.read_json(exchange_file(name))
    for part in ("request", "response"):
        if "json" in kept[part]:
            kept[part]["json"] = restored(kept[part]["json"], folder.read)
    found: dict[str, Any] = kept
    return found


def redactor_for(server: LiveServer) -> Redactor:
    """A redactor that knows the credentials, the server's host, and who records.

    Args:
        server: the live server.
    """
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

    Args:
        server: the live server.
        folder: where the recording goes; it may exist.

    Raises:
        RecordError: the folder cannot be recorded into.
    """
    return RecordingWriter(SetFolder(folder), redactor_for(server))


def _own_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
