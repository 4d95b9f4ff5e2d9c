"""The keys of sdapi.toml that say how a server is reached; secrets come from where they lie."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from conformance.client.address import Bearer, read_credentials
from conformance.client.redaction import is_secret_header
from conformance.deployment.connection import Connection, read_secret
from conformance.errors import ConformanceError

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.client.address import Credentials
    from conformance.deployment.table import Table


# The keys that say how a server is reached, besides its address.
CONNECTION_KEYS = (
    "auth",
    "token",
    "second_auth",
    "headers",
    "ca_file",
    "insecure",
    "proxy",
    "timeout",
    "wait",
)
_TIMEOUT = 300.0
_HIDDEN = ("env:", "file:")


def check_connection_keys(table: Table) -> None:
    """Look at the kinds of the values that are read only when the connection is made.

    Args:
        table: of a target, or of the whole file.

    Raises:
        ConfigurationError: one is of another kind; names the key.
    """
    for key in ("auth", "token", "second_auth", "ca_file", "proxy"):
        table.text(key)
    table.flag("insecure")
    table.table("headers")
    table.number("timeout", "seconds", zero=False)
    table.number("wait", "seconds")


def read_connection(table: Table, folder: Path, url: str | None = None) -> Connection:
    """How to reach the server of a target.

    Args:
        table: of the target.
        folder: from which relative paths start.
        url: another address than that of the file.

    Raises:
        ConfigurationError: something cannot be read, or be used; names the key.
    """
    headers, hidden = _headers(table, folder)
    connection = Connection(
        url=url or _secret(table, folder, "url") or "",
        auth=_credentials(table, folder),
        second_auth=_pair(table, folder, "second_auth"),
        headers=headers,
        secrets=hidden,
        verify=_verify(table, folder),
        proxy=_secret(table, folder, "proxy"),
        timeout=table.number("timeout", "seconds", zero=False) or _TIMEOUT,
        wait=table.number("wait", "seconds") or 0.0,
    )
    _insist(table, connection, None if url else "url")
    return connection


def _insist(table: Table, connection: Connection, url_key: str | None) -> None:
    """Refuse what cannot be used by its key."""
    key = url_key
    try:
        _ = connection.base
        key = "proxy"
        connection.insist()
    except ConformanceError as error:
        table.refuse(key, str(error))


def plain_secrets(table: Table) -> tuple[str, ...]:
    """The keys of a target whose secret is in the file itself.

    Args:
        table: of a target.
    """
    keys = [key for key in ("auth", "token", "second_auth") if is_plain(table.text(key))]
    keys += [key for key in ("url", "proxy") if _holds_password(table.text(key))]
    headers = table.table("headers")
    for name, value in (headers.values if headers is not None else {}).items():
        if is_secret_header(name) and is_plain(value):
            keys.append(f"headers.{name}")
    return tuple(keys)


def is_plain(text: str | None) -> bool:
    """Whether a value is in the file itself, and not in a hidden place.

    Args:
        text: the value; None for none.
    """
    return text is not None and not text.startswith(_HIDDEN)


def _holds_password(text: str | None) -> bool:
    try:
        return is_plain(text) and urlsplit(text or "").password is not None
    except ValueError:
        # No address at all, which is reported when the connection is made.
        return False


def _secret(table: Table, folder: Path, key: str) -> str | None:
    text = table.text(key)
    if text is None:
        return None
    try:
        return read_secret(text, folder).value
    except ConformanceError as error:
        table.refuse(key, str(error))


def _credentials(table: Table, folder: Path) -> Credentials | None:
    token = _secret(table, folder, "token")
    if token is None:
        return _pair(table, folder, "auth")
    if "auth" in table.values:
        table.refuse("token", "`auth` is there too, and only one can be sent")
    return Bearer(token)


def _pair(table: Table, folder: Path, key: str) -> Credentials | None:
    text = _secret(table, folder, key)
    try:
        return read_credentials(text)
    except ConformanceError as error:
        table.refuse(key, str(error))


def _headers(table: Table, folder: Path) -> tuple[dict[str, str], tuple[str, ...]]:
    """The headers, and those of their values that were read from a hidden place."""
    own = table.table("headers")
    if own is None:
        return {}, ()
    headers, hidden = {}, []
    for name in own.values:
        text = own.required(name, "the value of a header")
        try:
            secret = read_secret(text, folder)
        except ConformanceError as error:
            own.refuse(name, str(error))
        headers[name] = secret.value
        hidden += [secret.value] if secret.hidden else []
    return headers, tuple(hidden)


def _verify(table: Table, folder: Path) -> bool | str:
    file = table.text("ca_file")
    if table.flag("insecure"):
        if file is not None:
            table.refuse("insecure", "`ca_file` is there too; leave one out")
        return False
    if file is None:
        return True
    path = folder / file
    if not path.is_file():
        table.refuse("ca_file", f"there is no file {str(path)!r}")
    return str(path)
