"""Whether flags and options keep secrets to themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.client.redaction import is_secret_name
from conformance.signals import Failed, NotSupported

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_ROUTES = ("cmd-flags", "options")
_ABSENT = {401, 403, 404}
# Shorter ones stand in ordinary words by chance.
_LEAST = 4


def hidden(lab: Lab) -> None:
    """No secret in cmd-flags or options: by its name, or one that let this run in.

    A route that is absent, or closed even to those who are let in, tells nothing.
    """
    told: list[str] = []
    shows: list[Exchange] = []
    for route in _ROUTES:
        try:
            exchange = lab.read(route)
        except NotSupported:
            continue
        if exchange.status in _ABSENT:
            continue
        found = [f"{route} tells {name}" for name in _secrets(exchange)]
        shows += [exchange] if found else []
        told += found
    if told:
        raise Failed("no password or token in flags and options", "; ".join(told), shows[0])


def _secrets(exchange: Exchange) -> Iterator[str]:
    """The names under which secrets are told, never their values."""
    value = expect.json_object(expect.ok(exchange))
    named = list(_named(value))
    yield from named
    known = [s for s in exchange.secrets if len(s) >= _LEAST]
    if not named and any(secret in exchange.text for secret in known):
        yield "the credentials of this run"


def _named(value: Any, under: str = "") -> Iterator[str]:
    if isinstance(value, dict):
        for name, item in value.items():
            path = f"{under}.{name}" if under else str(name)
            if is_secret_name(str(name)) and isinstance(item, str) and _tells(item):
                yield path
            else:
                yield from _named(item, path)
    elif isinstance(value, list):
        for item in value:
            yield from _named(item, under)


def _tells(value: str) -> bool:
    """Whether a text is a value, not stars or the word for none."""
    return bool(value.strip("*• ")) and value not in {"None", "null"}
