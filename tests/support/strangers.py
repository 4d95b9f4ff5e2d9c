"""Servers that are weak or hard towards strangers, and what is found out about each."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from doubles import URL, Ask, Reply, Server, broken, edited, mock, reply, served, text

from conformance.deployment.connection import Connection
from conformance.detection.profile import ServerProfile
from conformance.detection.target import Target
from conformance.runner.budget import Clock
from conformance.runner.check_context import CheckContext, ContextSettings, open_context
from conformance.security.look import Wish, look

if TYPE_CHECKING:
    from conformance.client.address import Credentials
    from conformance.security.finding import Finding

_PUBLIC = "https://pictures.test"
_HARD = {
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
Change = Callable[[Server], Server]


def findings(
    server: Server,
    *,
    url: str = URL,
    auth: Credentials | None = None,
    wish: Wish | None = None,
    **more: Any,
) -> dict[str, Finding]:
    """What is found out about one server, by the id of its topic."""
    with served(server, url):
        clock, profile = more.pop("clock", Clock()), more.pop("profile", "a1111-1.10.1")
        connection = Connection(url=url, auth=auth, **more)
        settings = ContextSettings(auth=auth, clock=clock)
        # To recognise a server takes longer than to look at most topics.
        context = (
            open_context(connection.client(), settings)
            if profile is None
            else CheckContext(Target(connection.client(), ServerProfile.parse(profile)), settings)
        )
        return {each.id: each for each in look(connection, context, wish or Wish())}


def found(server: Server, name: str, **more: Any) -> Finding:
    """What is found out about one topic of one server."""
    return findings(server, wish=Wish(only=(name,)), **more)[name]


def _headers(ask: Ask) -> dict[str, str]:
    return {name.lower(): value for name, value in ask.headers.items()}


def behind_a_lock(server: Server, value: str | None) -> Server:
    """A proxy that lets in whoever shows this Authorization; None for whoever shows any."""

    def lock(ask: Ask) -> Reply:
        given = _headers(ask).get("authorization")
        opens = given is not None if value is None else given == value
        return server(ask) if opens else reply({"message": "who are you?"}, 401)

    return lock


def of_own_names(server: Server) -> Server:
    """A proxy that answers to its own host names alone."""

    def named(ask: Ask) -> Reply:
        own = _headers(ask).get("host", "pictures.test").endswith(".test")
        return server(ask) if own else text("Misdirected", 421)

    return named


def with_headers(server: Server) -> Server:
    """A proxy that adds the protective headers."""

    def add(ask: Ask) -> Reply:
        given = server(ask)
        return replace(given, headers={**given.headers, **_HARD})

    return add


def letting_read(server: Server, allow: Callable[[str], str | None], *, cookies: bool) -> Server:
    """A server that allows origins, as ``allow`` says, with cookies or without."""

    def answer(ask: Ask) -> Reply:
        origin = _headers(ask).get("origin")
        given = reply("", 200) if ask.method == "OPTIONS" else server(ask)
        allowed = None if origin is None else allow(origin)
        return given.with_headers(
            access_control_allow_origin=allowed,
            access_control_allow_credentials="true" if cookies else None,
        )

    return answer


def showing(server: Server, route: str, **values: Any) -> Server:
    """A server that shows these values too in an object."""
    return broken(server, edited(lambda found: {**found, **values}), route=route, method="GET")


def serving(server: Server, start: str, body: str) -> Server:
    """A server that answers every read of paths with this start."""

    def answer(ask: Ask) -> Reply:
        mine = ask.method == "GET" and ask.path.lower().startswith(start)
        return text(body, 200, "text/plain") if mine else server(ask)

    return answer


def without(server: Server, *endings: str) -> Server:
    """A server that neither lists nor has the paths with these ends."""

    def listed(document: dict[str, Any]) -> dict[str, Any]:
        paths = {p: m for p, m in document["paths"].items() if not p.endswith(endings)}
        return document | {"paths": paths}

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith(endings):
            return reply({"detail": "Not Found"}, 404)
        return server(ask)

    return broken(answer, edited(listed), route="openapi.json", method="GET", status=200)


def as_json(value: Any) -> str:
    """Text of JSON."""
    return json.dumps(value)


def hard() -> tuple[Server, dict[str, Any]]:
    """A webui behind a proxy that asks, names itself and adds headers; and how to reach it."""
    from conformance.client.address import Basic  # noqa: PLC0415 - one of many users of this file

    user = Basic("user", "planted")
    server = with_headers(of_own_names(behind_a_lock(mock(api_server_stop=False), user.header)))
    return server, {"url": _PUBLIC, "auth": user}
