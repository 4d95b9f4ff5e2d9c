"""Host names and network addresses in text."""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING

from mockserver.redaction.knowledge import ORDINARY
from mockserver.redaction.names import ADDRESS, HOST, USER, Kind

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.redaction.knowledge import KnownSecrets


if TYPE_CHECKING:
    Note = Callable[[Kind], None]
    Change = Callable[[str], str]

_LOOPBACK = frozenset({"localhost", "127.0.0.1", "0.0.0.0", "[::1]", "[::]"})  # noqa: S104 - compared, not bound
_URL = re.compile(
    r"(?P<scheme>\b(?:https?|wss?|ftp|ssh|git|s3|gs|smb|redis|postgres(?:ql)?|socks5h?)"
    r":(?:\\*/){2})(?P<login>[^\s/@\"'<>\\]*@)?"
    r"(?P<host>\[[0-9A-Fa-f:.%\w]+\]|[^\s/:?#\"'<>\\,;)\]}|]+)(?P<port>:\d+)?"
    r"(?P<rest>[^\s\"'<>|]*)",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_INNER = re.compile(
    r"(?<![\w.-])(?:[\w-]+\.)+(?:local|lan|internal|intranet|intra|corp|localdomain"
    r"|home\.arpa|ts\.net|ngrok\.io|ngrok-free\.app|ngrok\.app|gradio\.live"
    r"|trycloudflare\.com|proxy\.runpod\.net)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_OUTER = re.compile(
    r"(?<![\w./@-])(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+"
    r"(?:com|net|org|cloud|xyz|online|site|tech|example|test)(?![\w-]|\.\w)",
    re.IGNORECASE,
)
_WITH_PORT = re.compile(
    r"(?<![\w./@-])(?P<host>[A-Za-z][\w-]*(?:\.[A-Za-z0-9][\w-]*)*\.[A-Za-z]{2,}):\d{3,5}(?!\d)"
)
_FOUR = re.compile(r"(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?![\d]|\.\d)")
_SIX = re.compile(r"(?<![\w:.])[0-9A-Fa-f:]{5,39}(?:%\w+)?(?![\w:])")
_HARDWARE = re.compile(
    r"(?<![\w:-])(?:[0-9A-Fa-f]{2}([:-]))(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}\b"
)
_THREE = 3
#: Every URL, address and name of several parts has one of these; most texts of a set have none.
_MARKS = ".:-"


def redact_hosts(text: str, known: KnownSecrets, inner_path: Change, note: Note) -> str:
    """Take hosts, addresses and logins out of a text.

    Args:
        text: the text.
        known: host names that were learned.
        inner_path: redacts the path of an address.
        note: called with the kind of each thing taken out.
    """
    if any(mark in text for mark in _MARKS):
        text = _URL.sub(lambda found: _url(found, known, inner_path, note), text)
        text = _MAIL.sub(lambda found: _mail(found[0], note), text)
        for pattern in (_INNER, _WITH_PORT, _OUTER):
            text = pattern.sub(lambda found: _name(found[0], note), text)
        for pattern in (_FOUR, _SIX, _HARDWARE):
            text = pattern.sub(lambda found: _address(found[0], note), text)
    if known.host_pattern:
        text = known.host_pattern.sub(lambda _: _noted(note, Kind.HOST, HOST), text)
    return text


def is_private_host(host: str) -> bool:
    """Whether a host's name is that of somebody's own machine.

    Args:
        host: name or address.
    """
    plain = host.lower()
    if plain in _LOOPBACK or plain == HOST or not plain.strip("."):
        return False
    return not any(plain == name or plain.endswith(f".{name}") for name in ORDINARY.hosts)


def _noted(note: Note, kind: Kind, stand_in: str) -> str:
    note(kind)
    return stand_in


def _url(found: re.Match[str], known: KnownSecrets, inner_path: Change, note: Note) -> str:
    host, login, rest = found["host"], found["login"] or "", found["rest"]
    if login:
        note(Kind.CREDENTIAL)
        user, _, password = login[:-1].partition(":")
        known.add_login(user, password) if password else known.add_secret(user)
    if not is_private_host(host):
        own = host.lower() in _LOOPBACK or host == HOST
        return found["scheme"] + host + (found["port"] or "") + (inner_path(rest) if own else rest)
    if _plain_address(host):
        return found["scheme"] + _noted(note, Kind.ADDRESS, HOST) + inner_path(rest)
    known.add_host(host)
    return found["scheme"] + _noted(note, Kind.HOST, HOST) + inner_path(rest)


def _plain_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _mail(text: str, note: Note) -> str:
    stand_in = f"{USER}@{HOST}"
    return text if text == stand_in else _noted(note, Kind.USER, stand_in)


def _name(text: str, note: Note) -> str:
    host = text.partition(":")[0]
    return _noted(note, Kind.HOST, HOST) if is_private_host(host) else text


def _address(text: str, note: Note) -> str:
    """An address's stand-in; loopback and unset addresses, and what is no address, stay."""
    plain = text.partition("%")[0]
    if _HARDWARE.fullmatch(text):
        return _noted(note, Kind.ADDRESS, ADDRESS)
    try:
        address = ipaddress.ip_address(plain)
    except ValueError:
        return text
    few = address.version == 6 and len([p for p in plain.split(":") if p]) < _THREE  # noqa: PLR2004 - IPv6
    few = few and not address.is_private
    if address.is_loopback or address.is_unspecified or few or plain == ADDRESS:
        return text
    return _noted(note, Kind.ADDRESS, ADDRESS)
