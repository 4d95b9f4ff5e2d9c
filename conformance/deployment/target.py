"""One target of a configuration file: the way to a server, and what is wished of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.client.address import Address
from conformance.client.credentials import Bearer, read_credentials
from conformance.client.redaction import is_secret_header
from conformance.deployment.expectations import Expectations, read_expectations
from conformance.deployment.reach import Reach
from conformance.deployment.secret import read_secret
from conformance.engine import Mode
from conformance.errors import ConformanceError
from conformance.target import ServerProfile

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conformance.client.credentials import Credentials
    from conformance.deployment.table import Table

# How the server is reached, and how the run goes; all but the address may be said for all targets.
WAY = (
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
RUN = (
    "profile",
    "mode",
    "generate",
    "budget",
    "rate",
    "patience",
    "size",
    "seed",
    "examples",
    "only",
    "skip",
    "for",
)
DEFAULTS = (*WAY, *RUN, "expect")
KEYS = ("url", *DEFAULTS)
_SIZE_STEP, _SMALLEST, _LARGEST = 64, 64, 1024
_TIMEOUT = 300.0


@dataclass(frozen=True, kw_only=True)
class TargetConfig:
    """One target of a configuration file.

    Args:
        name: as in ``[targets.NAME]``.
        table: as it stands in the file, the defaults for all targets filled in.
        folder: from which relative paths start: that of the file.
        expect: what the operator expects of it.
        run: what the file says of how the run goes: name -> value, those said alone.
    """

    name: str
    table: Table
    folder: Path
    expect: Expectations
    run: Mapping[str, Any] = field(default_factory=dict)

    def reach(self, url: str | None = None) -> Reach:
        """The way to the server; secrets are read from where they are.

        Args:
            url: another address than that of the file.

        Raises:
            ConfigurationError: something cannot be read, or be used; names the key.
        """
        table = self.table
        headers, hidden = self._headers()
        made: dict[str, Any] = {
            "url": url or self._secret("url"),
            "auth": self._credentials(),
            "second_auth": self._pair("second_auth"),
            "headers": headers,
            "secrets": hidden,
            "verify": self._verify(),
            "proxy": self._secret("proxy"),
            "timeout": table.number("timeout", "seconds", zero=False) or _TIMEOUT,
            "wait": table.number("wait", "seconds") or 0.0,
        }
        reach = Reach(**made)
        try:
            reach.insist()
        except ConformanceError as error:
            table.refuse(None if url else "url", str(error))
        return reach

    @property
    def plain_secrets(self) -> tuple[str, ...]:
        """The keys under which a secret stands in the file itself."""
        keys = [k for k in ("auth", "token", "second_auth") if self._is_plain(self.table.text(k))]
        keys += [key for key in ("url", "proxy") if self._holds_password(key)]
        values = self.table.table("headers")
        for name, value in (values.values if values is not None else {}).items():
            if is_secret_header(name) and self._is_plain(value):
                keys.append(f"headers.{name}")
        return tuple(keys)

    def _holds_password(self, key: str) -> bool:
        text = self.table.text(key)
        return self._is_plain(text) and urlsplit(text or "").password is not None

    def _is_plain(self, text: str | None) -> bool:
        return text is not None and not text.startswith(("env:", "file:"))

    def _secret(self, key: str) -> str | None:
        text = self.table.text(key)
        if text is None:
            return None
        try:
            return read_secret(text, self.folder).value
        except ConformanceError as error:
            self.table.refuse(key, str(error))

    def _credentials(self) -> Credentials | None:
        token = self._secret("token")
        if token is None:
            return self._pair("auth")
        if "auth" in self.table.values:
            self.table.refuse("token", "`auth` stands beside it, and only one can be shown")
        return Bearer(token)

    def _pair(self, key: str) -> Credentials | None:
        text = self._secret(key)
        try:
            return read_credentials(text)
        except ConformanceError as error:
            self.table.refuse(key, str(error))

    def _headers(self) -> tuple[dict[str, str], tuple[str, ...]]:
        """The headers, and those of their values that were read from a hidden place."""
        table = self.table.table("headers")
        headers, hidden = {}, []
        for name in table.values if table is not None else ():
            assert table is not None  # noqa: S101 - there is a name in it
            text = table.required(name, "the value of a header")
            try:
                secret = read_secret(text, self.folder)
            except ConformanceError as error:
                table.refuse(name, str(error))
            headers[name] = secret.value
            hidden += [secret.value] if secret.hidden else []
        return headers, tuple(hidden)

    def _verify(self) -> bool | str:
        file = self.table.text("ca_file")
        if self.table.flag("insecure"):
            if file is not None:
                self.table.refuse("insecure", "`ca_file` stands beside it; leave one out")
            return False
        if file is None:
            return True
        path = self.folder / file
        if not path.is_file():
            self.table.refuse("ca_file", f"there is no file {str(path)!r}")
        return str(path)


def read_target(name: str, table: Table, defaults: Expectations, folder: Path) -> TargetConfig:
    """Read a target whose table has the defaults filled in; no secret is read yet.

    Args:
        name: of the target.
        table: of the target.
        defaults: what is expected of all targets.
        folder: from which relative paths start.

    Raises:
        ConfigurationError: an unknown key, or a value that is none of those allowed.
    """
    table.only(KEYS)
    url = table.required("url", "the address, as in http://127.0.0.1:7860")
    target = TargetConfig(
        name=name,
        table=table,
        folder=folder,
        expect=read_expectations(table.table("expect")).over(defaults),
        run=_run(table),
    )
    if not url.startswith(("env:", "file:")):
        _address(table, url)
    _ways(table)
    return target


def check_defaults(table: Table) -> None:
    """Look at what is said for all targets, so that an error names the place where it is said.

    Args:
        table: of the whole file.

    Raises:
        ConfigurationError: a value is none of those allowed.
    """
    _ways(table)
    _run(table)


def _address(table: Table, url: str) -> None:
    try:
        Address.parse(url)
    except ConformanceError as error:
        table.refuse("url", str(error))


def _ways(table: Table) -> None:
    """Look at the kinds of the values that are read only when the way is taken."""
    for key in ("auth", "token", "second_auth", "ca_file", "proxy"):
        table.text(key)
    table.flag("insecure")
    table.table("headers")
    table.number("timeout", "seconds", zero=False)
    table.number("wait", "seconds")


def _run(table: Table) -> dict[str, Any]:
    """What is said of how the run goes; what is not said is not in it."""
    said = {
        "profile": _profile(table),
        "mode": _mode(table),
        "generate": table.flag("generate"),
        "budget": table.number("budget", "pictures"),
        "rate": table.number("rate", "requests a second", zero=False),
        "patience": table.number("patience", "seconds"),
        "size": _size(table),
        "seed": table.whole("seed", "a seed"),
        "examples": table.whole("examples", "examples"),
        "only": table.texts("only") or None,
        "skip": table.texts("skip") or None,
        "for": table.texts("for") or None,
    }
    return {key: value for key, value in said.items() if value is not None}


def _profile(table: Table) -> ServerProfile | None:
    text = table.text("profile")
    try:
        return None if text is None else ServerProfile.parse(text)
    except ConformanceError as error:
        table.refuse("profile", str(error))


def _mode(table: Table) -> Mode | None:
    text = table.text("mode")
    if text is None:
        return None
    if text not in set(Mode):
        table.refuse("mode", f"{text!r} is no mode; there are {', '.join(Mode)}")
    return Mode(text)


def _size(table: Table) -> int | None:
    size = table.whole("size", "pixels", _SMALLEST)
    if size is not None and (size > _LARGEST or size % _SIZE_STEP):
        table.refuse("size", f"a multiple of {_SIZE_STEP} up to {_LARGEST} is expected, not {size}")
    return size
