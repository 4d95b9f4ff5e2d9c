"""What flags, options and lists show, and which flags loosen the server; names, never values."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.client.redaction import shown_secrets
from conformance.detection.probe import API
from conformance.security.asker import lets_in
from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


_FLAGS, _OPTIONS = f"{API}/cmd-flags", f"{API}/options"
_SETTINGS = (_FLAGS, _OPTIONS)
# Shorter ones occur in ordinary sentence by chance.
_LEAST = 4


def secrets(asker: Asker) -> Iterator[Finding]:
    """Whether flags and options show secrets, by the names that they have.

    Args:
        asker: asks the server.
    """
    name = "SEC-SECRETS"
    answers = [(path, e) for path in _SETTINGS if (e := asker.operator(path)) is not None and e.ok]
    shown = {path: list(_secrets(exchange)) for path, exchange in answers}
    details = [f"{_called(path)}: {each}" for path, names in shown.items() for each in names]
    if not answers:
        yield finding(name, Level.UNKNOWN, "neither cmd-flags nor options can be read.")
    elif details:
        public = any(names and _is_open(asker, path) for path, names in shown.items())
        level = Level.HIGH if public and asker.is_exposed else Level.MEDIUM
        whom = "strangers" if public else "everybody who is let in"
        yield finding(name, level, f"{_count(details, 'secret')} shown to {whom}.", details)
    else:
        yield finding(name, Level.FINE, "flags and options show no password and no token.")


def _count(things: list[str], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"


def _secrets(exchange: Exchange) -> Iterator[str]:
    named = list(shown_secrets(_json(exchange)))
    yield from named
    known = (s for s in exchange.secrets if len(s) >= _LEAST)
    if not named and any(secret in exchange.text for secret in known):
        yield "the credentials of this run"


def _json(exchange: Exchange) -> Any:
    try:
        return exchange.json
    except ValueError:
        return None


def _is_open(asker: Asker, path: str) -> bool:
    answer = asker.stranger("GET", path)
    return answer is not None and answer.ok and lets_in(answer)


def _called(path: str) -> str:
    return path.removeprefix(f"{API}/")


_HOME = re.compile(
    r"(?:(?<![\w.-])/(?:home|Users)/|[a-z]:[\\/]+Users[\\/]+)(?!Public\b|Shared\b|Default\b)[^/\\\"]+"
    r"|^/root(?:/|$)",
    re.IGNORECASE,
)
_LISTED = (_FLAGS, _OPTIONS, f"{API}/sd-models", f"{API}/loras", f"{API}/upscalers")


def home_folders(asker: Asker) -> Iterator[Finding]:
    """Whether paths show the name of a user of the machine.

    Args:
        asker: asks the server.
    """
    name = "SEC-HOME"
    read = {path: value for path in _LISTED if (value := asker.json(path)) is not None}
    found = {f"{_called(path)}: {each}" for path, value in read.items() for each in _homes(value)}
    if not read:
        yield finding(name, Level.UNKNOWN, "neither flags nor lists can be read.")
    elif found:
        sentence = f"home folders are shown by {_count(sorted(found), 'value')}"
        yield finding(name, Level.LOW, f"{sentence}.", sorted(found))
    else:
        yield finding(name, Level.FINE, "no path in flags and lists lies in a home folder.")


def _homes(value: Any, under: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _homes(item, f"{under}.{name}" if under else str(name))
    elif isinstance(value, list):
        for item in value:
            yield from _homes(item, under)
    elif isinstance(value, str) and _HOME.search(value):
        yield under


@dataclass(frozen=True, kw_only=True)
class LooseFlag:
    """A flag of the start that takes a guard away.

    Args:
        name: as cmd-flags has it.
        level: how bad it is on a server that strangers may use.
        guarded: how bad it is where the API asks for credentials.
        effect: what it does.
        values: those that loosen; empty for any that is set.
    """

    name: str
    level: Level
    guarded: Level
    effect: str
    values: tuple[str, ...] = ()

    def is_set(self, flags: dict[str, Any]) -> bool:
        """Whether the server was started with it.

        Args:
            flags: its cmd-flags.
        """
        value = flags.get(self.name)
        parts = value if isinstance(value, list) else str(value or "").split(",")
        if self.values:
            return any(str(part).strip() in self.values for part in parts)
        return bool(value)


@cache
def loose_flags() -> tuple[LooseFlag, ...]:
    """The flags that are known to loosen a server."""
    text = (files("conformance.security") / "data" / "flags.toml").read_text(encoding="utf-8")
    return tuple(
        LooseFlag(
            name=entry["name"],
            level=Level(entry["level"]),
            guarded=Level(entry["guarded"]),
            effect=entry["effect"],
            values=tuple(entry.get("values", ())),
        )
        for entry in tomllib.loads(text)["flag"]
    )


def flags(asker: Asker) -> Iterator[Finding]:
    """Which flags of the start loosen the server.

    Args:
        asker: asks the server.
    """
    given = asker.json(_FLAGS)
    if not isinstance(given, dict):
        yield finding("SEC-FLAGS", Level.UNKNOWN, "cmd-flags cannot be read.")
        return
    loose = [flag for flag in loose_flags() if flag.is_set(given)]
    if not loose:
        yield finding("SEC-FLAGS", Level.FINE, "no flag that loosens it is set.")
        return
    order = list(Level)
    level = min((f.guarded if asker.asks else f.level for f in loose), key=order.index)
    details = [f"{flag.name}: {flag.effect}" for flag in loose]
    yield finding("SEC-FLAGS", level, f"it is loosened by {_count(details, 'flag')}.", details)


def extensions(asker: Asker) -> Iterator[Finding]:
    """How many extensions run; the count alone is kept.

    Args:
        asker: asks the server.
    """
    listed = asker.json(f"{API}/extensions")
    if not isinstance(listed, list):
        yield finding("SEC-EXTENSIONS", Level.UNKNOWN, "it has no list of extensions.")
        return
    enabled = sum(isinstance(each, dict) and each.get("enabled") is True for each in listed)
    if enabled:
        sentence = f"{enabled} of {len(listed)} installed extensions run in it"
        yield finding("SEC-EXTENSIONS", Level.LOW, f"{sentence}.")
    else:
        yield finding("SEC-EXTENSIONS", Level.FINE, "no extension from elsewhere runs in it.")
